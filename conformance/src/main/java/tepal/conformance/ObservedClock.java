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
  private final Runnable whenIdle;
  private final VirtualClock clock = new VirtualClock();
  private final List<Duration> stops = new ArrayList<>();

  /// Creates a clock.
  ///
  /// @param whenIdle called by the loop each time that it has nothing to run
  ObservedClock(Runnable whenIdle) {
    this.whenIdle = whenIdle;
  }

  @Override
  public long nanoTime() {
    return clock.nanoTime();
  }

  @Override
  public long idle(long deadlineNanos, Outstanding outstanding) {
    whenIdle.run();
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
