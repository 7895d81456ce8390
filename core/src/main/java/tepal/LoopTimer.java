// SPDX-License-Identifier: Apache-2.0
package tepal;

import org.jspecify.annotations.Nullable;

/// A timer of the loop's own, which runs no user code.
abstract class LoopTimer extends Ready {
  private boolean cancelled;
  private boolean inHeap;

  abstract Scheduler scheduler();

  /// Does what is due.
  abstract void fire();

  /// Starts the timer; a delay of zero, too, goes through the heap.
  final void startIn(long delayNanos) {
    startAt(Nanos.after(scheduler().clock.nanoTime(), Math.max(0, delayNanos)));
  }

  final void startAt(long deadlineNanos) {
    inHeap = true;
    scheduler().timers.add(deadlineNanos, this);
  }

  /// Lets it fire in the next iteration.
  final void startSoon() {
    scheduler().add(this);
  }

  final void cancel() {
    if (!cancelled) {
      cancelled = true;
      if (inHeap) {
        scheduler().timers.countCancelled();
      }
    }
  }

  @Override
  final @Nullable Strand dispatch(Scheduler on) {
    if (!cancelled) {
      fire();
    }
    return null;
  }

  @Override
  final boolean isCancelledTimer() {
    return cancelled;
  }

  @Override
  final void leftHeap() {
    inHeap = false;
  }

  /// A timer that completes a future with null, unless it is done.
  static final class Completing extends LoopTimer {
    private final Future<?> future;

    Completing(Future<?> future) {
      this.future = future;
    }

    @Override
    Scheduler scheduler() {
      return future.scheduler;
    }

    @Override
    void fire() {
      if (!future.done()) {
        future.complete(null);
      }
    }
  }
}
