// SPDX-License-Identifier: Apache-2.0
package tepal.loops;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.TimeoutException;

/// How whoever calls waits for other loops: a task suspends, a thread of no loop blocks.
final class Waits {
  private Waits() {}

  /// Returns the loop that runs the current task or callback, or null.
  static @Nullable EventLoop loopHere() {
    if (!Thread.currentThread().isVirtual()) {
      return null; // loops run code on virtual threads only
    }
    try {
      return Asyncio.getRunningLoop();
    } catch (IllegalStateException e) {
      return null;
    }
  }

  /// Refuses to wait in a callback, which cannot.
  static void requireMayWait(String what) {
    if (Asyncio.currentTask() == null && loopHere() != null) {
      throw new IllegalStateException(
          "%s must be called in a task or on a thread of no loop, but was called in a callback"
              .formatted(what));
    }
  }

  /// Waits until `end` is done, also if it is cancelled or interrupted meanwhile, which calls
  /// `onCancel` each time.
  ///
  /// @param end never fails
  /// @param timeout how long to wait at most; null for no limit
  /// @return the last cancellation; null if there was none
  static @Nullable CancelledError untilDone(
      CompletableFuture<?> end, Runnable onCancel, @Nullable Duration timeout) {
    if (end.isDone()) {
      return null;
    }
    return Asyncio.currentTask() == null
        ? block(end, onCancel, timeout)
        : suspend(end, onCancel, timeout);
  }

  private static @Nullable CancelledError suspend(
      CompletableFuture<?> end, Runnable onCancel, @Nullable Duration timeout) {
    EventLoop loop = Asyncio.getRunningLoop();
    Duration when = timeout == null ? null : loop.time().plus(timeout);
    CancelledError cancellation = null;
    while (!end.isDone()) {
      try {
        // a copy: cancelling the wait leaves the end alone
        Asyncio.timeoutAt(when, () -> {
          Object _ = Asyncio.await(end.copy());
        });
      } catch (TimeoutException e) {
        return cancellation;
      } catch (CancelledError e) {
        onCancel.run();
        if (loop.isClosed()) {
          throw e; // nothing wakes this task any more
        }
        cancellation = e;
      } catch (RuntimeException e) {
        onCancel.run(); // the wait was refused
        throw e;
      }
    }
    return cancellation;
  }

  private static @Nullable CancelledError block(
      CompletableFuture<?> end, Runnable onCancel, @Nullable Duration timeout) {
    long limit = timeout == null ? 0 : System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
    CancelledError cancellation = null;
    try {
      while (!end.isDone()) {
        try {
          Object _ = timeout == null
              ? end.get()
              : end.get(limit - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          cancellation = new CancelledError("The thread was interrupted");
          onCancel.run();
        } catch (java.util.concurrent.TimeoutException e) {
          return cancellation;
        } catch (ExecutionException e) {
          throw new AssertionError(e);
        }
      }
    } finally {
      if (cancellation != null) {
        Thread.currentThread().interrupt();
      }
    }
    return cancellation;
  }
}
