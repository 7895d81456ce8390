// SPDX-License-Identifier: Apache-2.0
package tepal.testing;

import java.time.Duration;
import tepal.LoopClock;

/// A clock that stands still while anything is ready, and jumps to the next timer when nothing
/// is.
///
/// A program that sleeps for a week is done at once, with the same order of events:
///
/// ```java
/// try (var runner = new Runner(EventLoop.builder().clock(new VirtualClock()))) {
///   runner.run(() -> sleep(Duration.ofDays(7)));
/// }
/// ```
///
/// The clock does not jump while calls in executors or I/O are outstanding: those take real
/// time, and the loop waits for them. A task that JDK code suspended (a lock, a blocking
/// queue, `Thread.sleep`), or a future of the JDK, may be about to go on, or may wait for a
/// task whose timer is the next one; nobody can know. When only such are left, the loop waits
/// for a short real time, the grace, and then the clock jumps. A [Thread#sleep(Duration)] in a
/// task takes real time.
///
/// Belongs to one loop. Mirrors Trio's
/// [`MockClock`](https://trio.readthedocs.io/en/stable/reference-testing.html#trio.testing.MockClock)
/// with `autojump_threshold`.
public final class VirtualClock implements LoopClock {
  private static final Duration DEFAULT_GRACE = Duration.ofMillis(50);

  private final long graceNanos;

  // written by the loop; readable from any thread
  private volatile long nowNanos;

  /// Creates a clock at time zero with a grace of 50 ms.
  public VirtualClock() {
    this(DEFAULT_GRACE);
  }

  /// Creates a clock at time zero.
  ///
  /// @param grace how long, in real time, to wait for tasks that JDK code suspended before the
  ///     clock jumps
  /// @throws IllegalArgumentException if the grace is negative
  public VirtualClock(Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("Expected a grace of zero or more, got " + grace);
    }
    this.graceNanos = grace.toNanos();
  }

  @Override
  public long nanoTime() {
    return nowNanos;
  }

  @Override
  public long idle(long deadlineNanos, Outstanding outstanding) {
    if (deadlineNanos <= nowNanos) {
      return 0;
    }
    if (deadlineNanos == Long.MAX_VALUE || outstanding.work()) {
      return Long.MAX_VALUE;
    }
    if (outstanding.maybe()) {
      long left = graceNanos - outstanding.idleNanos();
      if (left > 0) {
        return left;
      }
    }
    nowNanos = deadlineNanos;
    return 0;
  }

  @Override
  public String toString() {
    return "VirtualClock[" + Duration.ofNanos(nowNanos) + "]";
  }
}
