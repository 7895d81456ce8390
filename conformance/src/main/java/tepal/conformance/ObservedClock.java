// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tepal.LoopClock;
import tepal.testing.VirtualClock;

/// A virtual clock that remembers where it stopped, so that a timer that nobody needs any more
/// shows.
///
/// Confined to the loop while it runs.
final class ObservedClock implements LoopClock {
  private final VirtualClock clock = new VirtualClock();
  private final List<Duration> stops = new ArrayList<>();

  @Override
  public long nanoTime() {
    return clock.nanoTime();
  }

  @Override
  public long idle(long deadlineNanos, Outstanding outstanding) {
    long before = clock.nanoTime();
    long sleepNanos = clock.idle(deadlineNanos, outstanding);
    if (clock.nanoTime() != before) {
      stops.add(Duration.ofNanos(clock.nanoTime()));
    }
    return sleepNanos;
  }

  /// Forgets the stops so far.
  void forgetStops() {
    stops.clear();
  }

  /// Returns the times to which the clock has jumped since they were last forgotten.
  List<Duration> stops() {
    return List.copyOf(stops);
  }
}
