// SPDX-License-Identifier: Apache-2.0
package tepal.loops;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tepal.Action;
import tepal.Body;
import tepal.CancelledError;
import tepal.EventLoop;

/// Calls into other loops.
///
/// For a JDK future instead of a wait there is [tepal.Asyncio#runCoroutineThreadsafe].
///
/// Takes the place of `await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(body, loop))`.
public final class Loops {
  private Loops() {}

  /// Runs `body` as a task of `loop`, and returns its value or throws what it throws, the same
  /// instance.
  ///
  /// Suspends the current task, which may be one of any loop, also of this one, until the body
  /// has ended; blocks a thread that is of no loop. As a task only suspends, tasks of two loops
  /// may call each other in a circle. The body runs in a copy of the caller's context: it sees
  /// the values of its context variables, and what it sets there nobody else sees.
  ///
  /// If the current task is cancelled, or the thread interrupted, the body's task is cancelled,
  /// and this still waits for its end: a body never outlives its call. Then it throws the
  /// cancellation, also if the request came too late for the body; only a body that was asked in
  /// time and ended with a value or another exception in spite of it gets its way. A thread's
  /// interrupt status is set again.
  ///
  /// @param loop the loop, which has to run, now or later, or to be closed: until then this
  ///     waits
  /// @param body what to run
  /// @param <T> the type of the value
  /// @param <X> what the body may throw
  /// @return the body's value
  /// @throws X if the body does
  /// @throws CancelledError if the current task is cancelled, or the body's is, as it is when
  ///     its loop is stopped
  /// @throws IllegalStateException if the loop is closed, or its group is stopped, before the
  ///     body begins; or if called in a callback
  public static <T extends @Nullable Object, X extends Throwable> T call(
      EventLoop loop, Body<T, X> body) throws X {
    RemoteCall<T> call = new RemoteCall<>(loop, body);
    Waits.requireMayWait("call()");
    CompletableFuture<RemoteCall.End<T>> end = call.start();
    CancelledError cancellation = Waits.untilDone(end, call::cancel, null);
    return Loops.<T, X>outcome(call, end.join(), cancellation);
  }

  @SuppressWarnings("NullAway") // null only if T allows it
  private static <T extends @Nullable Object, X extends Throwable> T outcome(
      RemoteCall<T> call, RemoteCall.End<T> end, @Nullable CancelledError cancellation) throws X {
    Throwable failure = call.failure(end, cancellation);
    if (failure != null) {
      throw RemoteCall.<X>sneak(failure);
    }
    return end.value();
  }

  /// Runs `action` as a task of `loop` and waits for its end; see [#call(EventLoop, Body)].
  ///
  /// @param loop the loop
  /// @param action what to run
  /// @param <X> what the action may throw
  /// @throws X if the action does
  /// @throws CancelledError if the current task or the action's is cancelled
  /// @throws IllegalStateException if the loop is closed before the action begins, or if called
  ///     in a callback
  public static <X extends Throwable> void call(EventLoop loop, Action<X> action) throws X {
    Object _ = Loops.<@Nullable Void, X>call(loop, () -> {
      action.run();
      return null;
    });
  }
}
