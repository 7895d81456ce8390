// SPDX-License-Identifier: Apache-2.0
package tepal.loops;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.Awaitable;
import tepal.Body;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.Task;

/// A body that a loop runs as a task for a caller elsewhere.
final class RemoteCall<T extends @Nullable Object> implements Awaitable<T> {
  /*
   * The loop completes a JDK future when the task has ended; the caller waits for that, and then reads
   * what the fields say of it. Cancelling the caller asks the loop to cancel the task, and the caller
   * goes on waiting, so that no body outlives its call (ADR 19).
   *
   * A request that comes when the body has ended with a value or an exception finds nobody to cancel.
   * The caller then throws the cancellation nevertheless: were the value returned, a task that calls
   * in a circle could miss each of its cancellations. A body that was asked in time and ended with a value has
   * decided so, and the caller gets it.
   */
  private final EventLoop loop;
  private final Body<T, ?> body;

  // confined to the loop until the task has ended, then the caller's
  private @Nullable Task<?> task;
  private boolean cancelled;
  private boolean reached;
  private @Nullable Throwable thrown;

  RemoteCall(EventLoop loop, Body<T, ?> body) {
    this.loop = Objects.requireNonNull(loop, "loop");
    this.body = Objects.requireNonNull(body, "body");
  }

  /// How a call ended.
  record End<T extends @Nullable Object>(
      @Nullable T value, @Nullable Throwable failure) {}

  // ---- On the loop

  @Override
  public T await() {
    try {
      GroupLoop.requireOpen(loop);
      if (cancelled) {
        throw new CancelledError();
      }
      task = Asyncio.currentTask();
      return body.call();
    } catch (Throwable e) {
      thrown = e;
      throw RemoteCall.<RuntimeException>sneak(e);
    }
  }

  private void cancelTask() {
    cancelled = true;
    Task<?> begun = task;
    if (begun != null) {
      reached |= begun.cancel();
    }
  }

  // ---- The caller's side

  /// Lets the loop run the body. Never throws: a refusal is an end too.
  CompletableFuture<End<T>> start() {
    CompletableFuture<T> ended;
    try {
      ended = Asyncio.runCoroutineThreadsafe(this, loop);
    } catch (IllegalStateException closed) {
      thrown = closed;
      ended = CompletableFuture.failedFuture(closed);
    }
    return ended.handle((value, failure) -> new End<>(value, failure));
  }

  /// Asks for the end of the task; may be called from any thread.
  void cancel() {
    try {
      var _ = loop.callSoonThreadsafe(this::cancelTask);
    } catch (IllegalStateException closed) {
      return; // which has ended the task itself
    }
  }

  /// Returns what the call failed with, as the caller is to see it, or null if it has a value.
  ///
  /// @param cancellation the caller's own; null if there was none
  @Nullable Throwable failure(End<T> end, @Nullable CancelledError cancellation) {
    Throwable failure = end.failure();
    if (failure instanceof CancellationException && failure != thrown) {
      return cancellation != null ? cancellation : ended();
    }
    if (cancellation != null && !reached) {
      if (failure != null) {
        cancellation.addSuppressed(failure);
      }
      return cancellation;
    }
    return failure;
  }

  /// Says why a task has no outcome although its caller has not cancelled it.
  private Throwable ended() {
    return task == null && (loop.isClosed() || GroupLoop.isStopping(loop))
        ? new IllegalStateException(
            "Expected a loop to run the body, but it was closed before that: " + loop)
        : new CancelledError("The task on %s was cancelled".formatted(loop));
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <X extends Throwable> X sneak(Throwable e) throws X {
    throw (X) e;
  }

  /// Says what a task waits for.
  @Override
  public String toString() {
    return "call on " + loop;
  }
}
