// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Runs several programs, one after the other, on one loop and in one context: what
/// [Asyncio#run] is made of, for those who need it more than once.
///
/// Closing it cancels the tasks that are left and waits for them, ends the default executor
/// and closes the loop.
///
/// Not thread-safe. Mirrors
/// [`asyncio.Runner`](https://docs.python.org/3.14/library/asyncio-runner.html#asyncio.Runner).
public final class Runner implements AutoCloseable {
  // as asyncio's constants.THREAD_JOIN_TIMEOUT
  private static final Duration EXECUTOR_TIMEOUT = Duration.ofMinutes(5);

  private final EventLoop.Builder builder;
  private @Nullable EventLoop loop;
  private @Nullable Context context;
  private boolean closed;

  // whether Ctrl-C ended the last program
  private boolean interrupted;

  /// Creates a runner; its loop is made when it is first needed.
  public Runner() {
    this(EventLoop.builder());
  }

  /// Creates a runner whose loop `builder` makes when it is first needed.
  ///
  /// @param builder how to make the loop
  public Runner(EventLoop.Builder builder) {
    this.builder = builder;
  }

  /// Runs `main` as a task until it ends, and returns its value.
  ///
  /// Blocks the calling thread. Ctrl-C cancels the task, where the JVM's own handling of the
  /// signal was in force; a second one ends the process.
  ///
  /// @param main the program
  /// @param <T> the type of its value
  /// @param <X> what it may throw
  /// @return its value
  /// @throws X if `main` does
  /// @throws CancelledError if `main` is cancelled
  /// @throws IllegalStateException if this is closed, or if called from a running loop
  public <T extends @Nullable Object, X extends Throwable> T run(Body<T, X> main) throws X {
    return run(main, null);
  }

  /// Runs `main`, which has no value, as a task until it ends; see [#run(Body)].
  ///
  /// @param main the program
  /// @param <X> what it may throw
  /// @throws X if `main` does
  /// @throws CancelledError if `main` is cancelled
  /// @throws IllegalStateException if this is closed, or if called from a running loop
  public <X extends Throwable> void run(Action<X> main) throws X {
    run(main, null);
  }

  /// Runs `main`, which has no value, in a context; see [#run(Body, Context)].
  ///
  /// @param main the program
  /// @param in the context; null for the runner's own
  /// @param <X> what it may throw
  /// @throws X if `main` does
  /// @throws CancelledError if `main` is cancelled
  /// @throws IllegalStateException if this is closed, or if called from a running loop
  public <X extends Throwable> void run(Action<X> main, @Nullable Context in) throws X {
    Object _ = run(Asyncio.body(main), in);
  }

  /// Runs `main` as a task, in a context, until it ends, and returns its value; see
  /// [#run(Body)].
  ///
  /// @param main the program
  /// @param in the context; null for the runner's own, which keeps what earlier programs set
  /// @param <T> the type of its value
  /// @param <X> what it may throw
  /// @return its value
  /// @throws X if `main` does
  /// @throws CancelledError if `main` is cancelled
  /// @throws IllegalStateException if this is closed, or if called from a running loop
  public <T extends @Nullable Object, X extends Throwable> T run(
      Body<T, X> main, @Nullable Context in) throws X {
    EventLoop.requireNoRunningLoop("Runner.run()");
    EventLoop running = getLoop();
    interrupted = false;
    Context chosen = in == null ? context : in;
    TaskOptions options = new TaskOptions(null, chosen, /* eagerStart= */ false);
    Task<T> task = running.createTask(Asyncio.awaitable(main), options);
    try (Sigint sigint = Sigint.cancelling(task)) {
      running.runUntilDone(task);
      interrupted = sigint.received() && task.cancelled() && task.uncancel() == 0;
    }
    return task.bareResult();
  }

  /// Returns the runner's loop, which is made now if it was not needed before.
  ///
  /// @return the loop
  /// @throws IllegalStateException if this is closed
  public EventLoop getLoop() {
    if (closed) {
      throw new IllegalStateException("Runner is closed");
    }
    EventLoop present = loop;
    if (present == null) {
      present = builder.build();
      loop = present;
      context = Context.copyContext();
    }
    return present;
  }

  /// Cancels the tasks that are left and waits for them, ends the default executor, and closes
  /// the loop. If Ctrl-C ended the last program, the process then ends as if nobody had
  /// handled it.
  ///
  /// Blocks the calling thread. Closing twice does nothing.
  @Override
  public void close() {
    EventLoop present = loop;
    closed = true;
    if (present == null || present.isClosed()) {
      return;
    }
    try {
      cancelAllTasks(present);
      present.runUntilComplete(() -> {
        present.shutdownAsyncgens();
        present.shutdownDefaultExecutor(EXECUTOR_TIMEOUT);
      });
    } finally {
      present.close();
    }
    if (interrupted) {
      Sigint.endProcess();
    }
  }

  private static void cancelAllTasks(EventLoop loop) {
    Set<Task<?>> left = Asyncio.allTasks(loop);
    if (left.isEmpty()) {
      return;
    }
    left.forEach(Task::cancel);
    loop.runUntilDone(Asyncio.gatherReturnExceptions(left));
    for (Task<?> task : left) {
      Throwable failure = task.cancelled() ? null : task.exception();
      if (failure != null) {
        loop.callExceptionHandler(
            ExceptionContext.of("unhandled exception during run() shutdown", failure, task));
      }
    }
  }
}
