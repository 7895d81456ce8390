// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One call of `wait`, and the waits that are built like it.
final class Waiting extends Observer {
  private final ReturnWhen returnWhen;
  private final Future<@Nullable Void> waiter;
  private final @Nullable LoopTimer timer;
  private int left;

  private Waiting(
      Scheduler scheduler, int count, @Nullable Duration timeout, ReturnWhen returnWhen) {
    this.left = count;
    this.returnWhen = returnWhen;
    this.waiter = new Future<>(scheduler, this);
    this.timer = timeout == null ? null : new LoopTimer.Completing(waiter);
    if (timer != null && timeout != null) {
      timer.startIn(Nanos.of(timeout));
    }
  }

  /// Suspends the current task until `returnWhen` holds for `futures` or the time is up.
  static <T extends @Nullable Object> DoneAndPending<T> waitFor(
      Set<Future<T>> futures, @Nullable Duration timeout, ReturnWhen returnWhen) {
    Task<?> task = Task.requireCurrent("wait()");
    Waiting waiting = new Waiting(task.scheduler, futures.size(), timeout, returnWhen);
    futures.forEach(future -> future.addCompletion(waiting));
    try {
      waiting.waiter.await();
    } finally {
      waiting.cancelTimer();
      futures.forEach(future -> future.removeCompletion(waiting));
    }
    Set<Future<T>> done = new LinkedHashSet<>();
    Set<Future<T>> pending = new LinkedHashSet<>();
    futures.forEach(future -> {
      boolean _ = (future.done() ? done : pending).add(future);
    });
    return new DoneAndPending<>(done, pending);
  }

  /// Cancels `future` and suspends the current task until it is done.
  static void cancelAndWait(Future<?> future) {
    Task<?> task = Task.requireCurrent("waitFor()");
    Waiting waiting = new Waiting(task.scheduler, 1, null, ReturnWhen.ALL_COMPLETED);
    future.addCompletion(waiting);
    try {
      boolean _ = future.requestCancel(null);
      waiting.waiter.await();
    } finally {
      future.removeCompletion(waiting);
    }
  }

  @Override
  public void awaiters(Consumer<? super Future<?>> found) {
    waiter.awaiters(found);
  }

  @Override
  void done(Future<?> future) {
    left--;
    if (left <= 0 || returnWhen == ReturnWhen.FIRST_COMPLETED || endsEarly(future)) {
      cancelTimer();
      if (!waiter.done()) {
        waiter.complete(null);
      }
    }
  }

  private boolean endsEarly(Future<?> future) {
    return returnWhen == ReturnWhen.FIRST_EXCEPTION
        && !future.cancelled()
        && future.exception() != null;
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
    }
  }

  @Override
  public String toString() {
    return "Waiting[" + left + " pending]";
  }
}
