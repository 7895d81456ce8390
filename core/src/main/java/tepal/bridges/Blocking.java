// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import tepal.Action;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.EventLoop;

/// How a thread that is not of a loop waits for it and reaches it.
final class Blocking {
  private Blocking() {}

  /// Blocks the current thread until `future` is done, and returns its value or throws its
  /// exception. An interrupt runs `onInterrupt` and does not end the wait; it is there again
  /// afterwards.
  @SuppressWarnings("unchecked")
  static <T extends @Nullable Object, X extends Throwable> T get(
      CompletableFuture<T> future, Runnable onInterrupt) throws X {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
          onInterrupt.run();
        }
      }
    } catch (CancellationException e) {
      throw new CancelledError();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw (X) (cause == null ? e : cause);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Does what [#get] does; a checked exception comes in a [CompletionException].
  static <T extends @Nullable Object> T getUnchecked(
      CompletableFuture<T> future, Runnable onInterrupt) {
    try {
      return Blocking.<T, Throwable>get(future, onInterrupt);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new CompletionException(e);
    }
  }

  /// Returns whether the current thread runs a task or a callback of `loop`.
  static boolean isOn(EventLoop loop) {
    try {
      return Asyncio.getRunningLoop() == loop;
    } catch (IllegalStateException e) {
      return false; // of no loop at all
    }
  }

  /// Calls `callback` on a loop, unless it is closed, which has ended what the callback is
  /// about.
  static void callIfOpen(EventLoop loop, Runnable callback) {
    try {
      var _ = loop.callSoonThreadsafe(callback);
    } catch (IllegalStateException closed) {
      return;
    }
  }

  /// Runs `body` as a task of a loop, unless it is closed.
  static CompletableFuture<@Nullable Void> runIfOpen(EventLoop loop, Action<?> body) {
    try {
      return Asyncio.runCoroutineThreadsafe(body, loop);
    } catch (IllegalStateException closed) {
      return CompletableFuture.completedFuture(null);
    }
  }
}
