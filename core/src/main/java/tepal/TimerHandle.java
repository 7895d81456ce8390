// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.time.Duration;

/// A callback that a loop will run at a given time.
///
/// Mirrors `asyncio.TimerHandle`. Confined to the loop.
public final class TimerHandle extends Handle {
  private final long deadlineNanos;
  private boolean inHeap = true;

  TimerHandle(Scheduler scheduler, long deadlineNanos, Runnable callback, Context context) {
    super(scheduler, callback, context);
    this.deadlineNanos = deadlineNanos;
  }

  /// Returns when the callback is due, by [EventLoop#time()].
  ///
  /// @return the time
  public Duration when() {
    return Duration.ofNanos(deadlineNanos);
  }

  @Override
  public void cancel() {
    if (!cancelled()) {
      super.cancel();
      if (inHeap) {
        scheduler.timers.countCancelled();
      }
    }
  }

  @Override
  boolean isCancelledTimer() {
    return cancelled();
  }

  @Override
  void leftHeap() {
    inHeap = false;
  }

  @Override
  public String toString() {
    return "Timer" + super.toString();
  }
}
