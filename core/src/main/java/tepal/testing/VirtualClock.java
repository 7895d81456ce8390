// SPDX-License-Identifier: Apache-2.0
package tepal.testing;

import java.time.Duration;
import tepal.Asyncio;
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
/// The clock does not jump while calls in executors are outstanding or a child process runs:
/// those take real time, and the loop waits for them; nor while a task is in
/// [Testing#waitAllTasksBlocked()]. A task that JDK code suspended (a lock, a blocking queue,
/// `Thread.sleep`), a future of the JDK, an open socket or a pipe may be about to go on, or may
/// wait for a task whose timer is the next one; nobody can know. When only such are left, the
/// loop waits for a short real time, the grace, and then the clock jumps: where a peer takes
/// longer to answer, the grace must be longer too. A [Thread#sleep(Duration)] in a task takes
/// real time.
///
/// A clock made by [#manual()] does not jump by itself: it moves when a test calls [#advance].
///
/// Belongs to one loop. Mirrors Trio's
/// [`MockClock`](https://trio.readthedocs.io/en/stable/reference-testing.html#trio.testing.MockClock),
/// with `autojump_threshold=0` or, made by [#manual()], without.
public final class VirtualClock implements LoopClock {
  private static final long NEVER = Long.MAX_VALUE;
  private static final Duration DEFAULT_GRACE = Duration.ofMillis(50);

  private final long graceNanos;
  private final boolean manual;

  // how long to wait in real time until a loop on which nothing can happen is deadlocked; set
  // before the loop runs
  private long deadlockNanos = NEVER;

  // written by the loop; readable from any thread
  private volatile long nowNanos;

  // how far the clock may jump; confined to the loop
  private long limitNanos;

  // whether a task is in advance(); confined to the loop
  private boolean advancing;

  /// Creates a clock at time zero with a grace of 50 ms.
  public VirtualClock() {
    this(DEFAULT_GRACE);
  }

  /// Creates a clock at time zero.
  ///
  /// @param grace how long, in real time, to wait for tasks that JDK code suspended and for open
  ///     sockets before the clock jumps
  /// @throws IllegalArgumentException if the grace is negative
  public VirtualClock(Duration grace) {
    this(requireNotNegative("a grace", grace).toNanos(), /* manual= */ false);
  }

  private VirtualClock(long graceNanos, boolean manual) {
    this.graceNanos = graceNanos;
    this.manual = manual;
    this.limitNanos = manual ? 0 : NEVER;
  }

  /// Creates a clock at time zero that moves only while a task is in [#advance].
  ///
  /// For tests that want to look at the moments between two timers: nothing that waits for time
  /// goes on unless the test says so.
  ///
  /// @return the clock
  public static VirtualClock manual() {
    return new VirtualClock(DEFAULT_GRACE.toNanos(), /* manual= */ true);
  }

  /// Lets a loop on which nothing can happen any more end its run with a [DeadlockException],
  /// instead of waiting for ever.
  ///
  /// That is so when nothing is ready, the clock has no timer that it could move to, and neither
  /// calls in executors nor I/O, futures of the JDK or tasks suspended by JDK code are
  /// outstanding. Threads that the loop knows nothing of could still call in (with
  /// [tepal.EventLoop#callSoonThreadsafe] or [Asyncio#runCoroutineThreadsafe]); the loop waits
  /// for them as long as `after` says. Without this method it waits for ever. The tasks are left
  /// as they are, so that they can be looked at before whoever closes the loop cancels them.
  ///
  /// Must be called before the loop runs.
  ///
  /// @param after how long to wait, in real time; zero if no thread calls in from outside
  /// @return this clock
  /// @throws IllegalArgumentException if the time is negative
  public VirtualClock failOnDeadlock(Duration after) {
    deadlockNanos = requireNotNegative("a time", after).toNanos();
    return this;
  }

  private static Duration requireNotNegative(String what, Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(
          "Expected %s of zero or more, got %s".formatted(what, duration));
    }
    return duration;
  }

  /// Lets time pass: suspends the current task until the clock has moved on by `by`, and all
  /// other tasks are blocked again.
  ///
  /// The clock goes from timer to timer, as it does by itself if it is not [#manual()]: what is
  /// due in between runs at its own time and in its order, also what that starts anew. Timers
  /// for the very end have fired too when this returns, and what they woke has run until it
  /// waits again, as [Testing#waitAllTasksBlocked()] defines it. Zero only does the latter.
  ///
  /// Must be called in a task of the clock's loop, one at a time; other threads reach it with
  /// [Asyncio#runCoroutineThreadsafe]. If cancelled while waiting, the clock stays where it is.
  ///
  /// @param by how far to move
  /// @throws IllegalArgumentException if it is negative, or leads to where the clock ends, after
  ///     292 years
  /// @throws IllegalStateException if the current thread runs no task, or one of a loop with
  ///     another clock, or if another task is in this method
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public void advance(Duration by) {
    Duration left = Duration.ofNanos(NEVER - 1 - nowNanos);
    if (requireNotNegative("a time", by).compareTo(left) > 0) {
      throw new IllegalArgumentException(
          "Expected %s at most, which is where the clock ends, got %s".formatted(left, by));
    }
    requireAlone();
    advancing = true;
    if (manual) {
      limitNanos = nowNanos + by.toNanos();
    }
    try {
      if (!by.isZero()) {
        Asyncio.sleep(by);
      }
      Testing.waitAllTasksBlocked();
    } finally {
      advancing = false;
      if (manual) {
        limitNanos = nowNanos;
      }
    }
  }

  private void requireAlone() {
    Duration running = Asyncio.getRunningLoop().time();
    if (!running.equals(Duration.ofNanos(nowNanos))) {
      throw new IllegalStateException(
          "Expected a call on the loop whose clock this is, but it is %s here, and the clock is %s"
              .formatted(running, this));
    }
    if (advancing) {
      throw new IllegalStateException(
          "Expected one task at a time to advance the clock, but another one does: " + this);
    }
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
    if (outstanding.work()) {
      return NEVER;
    }
    if (deadlineNanos == NEVER || deadlineNanos > limitNanos) {
      return outstanding.maybe() ? NEVER : untilDeadlock(deadlineNanos, outstanding.idleNanos());
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

  private long untilDeadlock(long deadlineNanos, long idleNanos) {
    if (deadlockNanos == NEVER) {
      return NEVER;
    }
    long left = deadlockNanos - idleNanos;
    if (left > 0) {
      return left;
    }
    String time = deadlineNanos == NEVER
        ? "no timer is left"
        : "the next timer is for %s, where a clock moved by hand does not get by itself"
            .formatted(Duration.ofNanos(deadlineNanos));
    throw new DeadlockException(
        "Deadlock at %s: no task is ready, %s, no call in an executor is outstanding, and no other thread called in for %s"
            .formatted(Duration.ofNanos(nowNanos), time, Duration.ofNanos(deadlockNanos)));
  }

  @Override
  public String toString() {
    return "VirtualClock[" + Duration.ofNanos(nowNanos) + (manual ? ", manual]" : "]");
  }
}
