// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.time.Duration;
import java.util.Locale;

/// Durations as the loop counts them: in nanoseconds that saturate instead of overflowing.
final class Nanos {
  /// Later than any other time; what is beyond 292 years counts as this.
  static final long FOREVER = Long.MAX_VALUE;

  private static final Duration LONGEST = Duration.ofNanos(FOREVER);
  private static final Duration SHORTEST = Duration.ofNanos(Long.MIN_VALUE);

  private Nanos() {}

  static long of(Duration duration) {
    if (duration.compareTo(LONGEST) >= 0) {
      return FOREVER;
    }
    return duration.compareTo(SHORTEST) <= 0 ? Long.MIN_VALUE : duration.toNanos();
  }

  /// Returns `now + delay`, or [#FOREVER] if that is beyond what a long holds.
  static long after(long nowNanos, long delayNanos) {
    long sum = nowNanos + delayNanos;
    return delayNanos > 0 && sum < nowNanos ? FOREVER : sum;
  }

  static String seconds(long nanos) {
    return nanos == FOREVER ? "for ever" : String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
  }
}
