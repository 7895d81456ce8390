// SPDX-License-Identifier: Apache-2.0
package tepal.testing;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tepal.Action;
import tepal.Asyncio;
import tepal.Body;
import tepal.Future;
import tepal.Handle;
import tepal.Task;

/// What the task of a test can say about the other tasks and about itself. Meant to be imported
/// statically.
///
/// Mirrors functions of
/// [`trio.testing`](https://trio.readthedocs.io/en/stable/reference-testing.html).
public final class Testing {
  private Testing() {}

  /// Suspends the current task until all other tasks are blocked, and no callback is ready; see
  /// [#waitAllTasksBlocked(Duration)].
  ///
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if the current thread runs no task
  public static void waitAllTasksBlocked() {
    waitAllTasksBlocked(Duration.ZERO);
  }

  /// Suspends the current task until all other tasks have been blocked for `cushion`.
  ///
  /// Blocked is what is not ready: what waits for a future, for a timer, for I/O, for a call in
  /// another thread, or in JDK code that suspended it. Callbacks count as tasks do. So a test
  /// that starts a task, and calls this, finds it where it waits. What waits for another thread
  /// may be about to go on; a cushion gives it the time to arrive.
  ///
  /// A virtual clock does not jump while a task waits here: time stands still until it goes on.
  /// Of several tasks that wait here those with the shortest cushion go on first, and the
  /// cushions of the others begin anew. A loop that is always busy lets none of them go on. If
  /// cancelled while waiting, nothing is left behind.
  ///
  /// Mirrors `trio.testing.wait_all_tasks_blocked`. It stands on [tepal.EventLoop#whenIdle].
  ///
  /// @param cushion for how long, in real time; zero or less for the first moment in which
  ///     nothing is ready
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if the current thread runs no task
  public static void waitAllTasksBlocked(Duration cushion) {
    Task<?> task = requireTask("waitAllTasksBlocked()");
    Future<@Nullable Void> idle = task.getLoop().whenIdle(cushion);
    try {
      idle.await();
    } finally {
      idle.cancel(); // if it could not be awaited, a virtual clock would stand still
    }
  }

  /// Runs `body` in the current task, fails if it does not suspend it, and returns its value.
  ///
  /// To suspend is to let other tasks and callbacks run: by a wait that has to wait, by
  /// `sleep(Duration.ZERO)`, and, in opened mode, by JDK code that blocks. A wait that finds what
  /// it waits for does not suspend; nor does a task that is started eagerly. An exception of the
  /// body, a cancellation too, is thrown on, and nothing is asserted then.
  ///
  /// Mirrors `trio.testing.assert_checkpoints`, for a call that must give others a turn.
  ///
  /// @param body what must suspend
  /// @param <T> the type of its value
  /// @param <X> what it may throw
  /// @return its value
  /// @throws X if the body does
  /// @throws AssertionError if the body returns without having suspended the task
  /// @throws IllegalStateException if the current thread runs no task
  public static <T extends @Nullable Object, X extends Throwable> T assertSuspends(Body<T, X> body)
      throws X {
    Others others = new Others("assertSuspends()");
    try {
      T value = body.call();
      if (!others.ran()) {
        throw new AssertionError(
            "Expected the body to suspend the task, but it returned without letting others run");
      }
      return value;
    } finally {
      others.forget();
    }
  }

  /// Runs `body`, which has no value, in the current task, and fails if it does not suspend it;
  /// see [#assertSuspends(Body)].
  ///
  /// @param body what must suspend
  /// @param <X> what it may throw
  /// @throws X if the body does
  /// @throws AssertionError if the body returns without having suspended the task
  /// @throws IllegalStateException if the current thread runs no task
  public static <X extends Throwable> void assertSuspends(Action<X> body) throws X {
    Object _ = assertSuspends(valueOf(body));
  }

  /// Runs `body` in the current task, fails if it suspends it, and returns its value.
  ///
  /// What counts is said at [#assertSuspends(Body)]. What does not suspend happens as one step
  /// for all other tasks of the loop. An exception of the body is thrown on, and nothing is
  /// asserted then.
  ///
  /// Mirrors `trio.testing.assert_no_checkpoints`.
  ///
  /// @param body what must not suspend
  /// @param <T> the type of its value
  /// @param <X> what it may throw
  /// @return its value
  /// @throws X if the body does
  /// @throws AssertionError if the body suspended the task
  /// @throws IllegalStateException if the current thread runs no task
  public static <T extends @Nullable Object, X extends Throwable> T assertDoesNotSuspend(
      Body<T, X> body) throws X {
    Others others = new Others("assertDoesNotSuspend()");
    try {
      T value = body.call();
      if (others.ran()) {
        throw new AssertionError(
            "Expected the body not to suspend the task, but it did: others ran meanwhile");
      }
      return value;
    } finally {
      others.forget();
    }
  }

  /// Runs `body`, which has no value, in the current task, and fails if it suspends it; see
  /// [#assertDoesNotSuspend(Body)].
  ///
  /// @param body what must not suspend
  /// @param <X> what it may throw
  /// @throws X if the body does
  /// @throws AssertionError if the body suspended the task
  /// @throws IllegalStateException if the current thread runs no task
  public static <X extends Throwable> void assertDoesNotSuspend(Action<X> body) throws X {
    Object _ = assertDoesNotSuspend(valueOf(body));
  }

  private static <X extends Throwable> Body<@Nullable Void, X> valueOf(Action<X> body) {
    return () -> {
      body.run();
      return null;
    };
  }

  /// Returns the current task.
  static Task<?> requireTask(String caller) {
    Task<?> task = Asyncio.currentTask();
    if (task == null) {
      throw new IllegalStateException(
          "%s must be called in a task, but was called on %s, which runs none"
              .formatted(caller, Thread.currentThread()));
    }
    return task;
  }

  /// Whether anything else of the loop has had a turn.
  ///
  /// A callback that is queued now runs before a task that gives up its turn has its next one:
  /// the ready queue is first in, first out.
  private static final class Others {
    private final Handle probe;
    private boolean ran;

    Others(String caller) {
      Task<?> _ = requireTask(caller);
      probe = Asyncio.getRunningLoop().callSoon(() -> ran = true);
    }

    boolean ran() {
      return ran;
    }

    void forget() {
      probe.cancel();
    }
  }
}
