// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.Awaitable;
import tepal.CancelledError;
import tepal.EventLoop;

/// A door into a loop for threads that are not of it: what they call runs as a task there,
/// and they wait for it as for any other call.
///
/// ```java
/// try (var portal = BlockingPortal.start()) {
///   String page = portal.call(() -> fetch(url));
/// }
/// ```
///
/// [#start()] runs a loop of its own in the background; it ends with [#close()]. A task that
/// hands work to threads opens a portal to its own loop instead, for as long as a scope
/// lasts:
///
/// ```java
/// BlockingPortal.run(portal -> toThread(() -> library.process(item -> portal.call(() ->
/// save(item)))));
/// ```
///
/// A task that fails affects its own future only, not the portal. Any number of threads may
/// use a portal at a time.
///
/// Mirrors anyio's
/// [`BlockingPortal`](https://anyio.readthedocs.io/en/stable/api.html#anyio.from_thread.BlockingPortal)
/// and `start_blocking_portal`.
public final class BlockingPortal implements AutoCloseable {
  private final EventLoop loop;
  private final PortalTasks tasks;

  // set by any thread: refuses at once what would only be refused on the loop
  private volatile boolean stopped;

  // done when the loop that was started for this is closed; null if this belongs to a scope
  private final @Nullable CompletableFuture<@Nullable Void> ended;

  BlockingPortal(EventLoop loop, @Nullable CompletableFuture<@Nullable Void> ended) {
    this.loop = loop;
    this.tasks = new PortalTasks(loop);
    this.ended = ended;
  }

  /// The body of a scope with a portal that gives a value.
  ///
  /// @param <T> the type of the value
  /// @param <X> what the body may throw; inferred
  @FunctionalInterface
  public interface Body<T extends @Nullable Object, X extends Throwable> {

    /// Runs the body and returns its value. May suspend the current task.
    ///
    /// @param portal the portal
    /// @return the value
    /// @throws X if the body fails
    T call(BlockingPortal portal) throws X;
  }

  /// The body of a scope with a portal that gives no value.
  ///
  /// @param <X> what the body may throw; inferred
  @FunctionalInterface
  public interface Action<X extends Throwable> {

    /// Runs the body. May suspend the current task.
    ///
    /// @param portal the portal
    /// @throws X if the body fails
    void run(BlockingPortal portal) throws X;
  }

  /// A task that says when it is ready, for [#startTask].
  ///
  /// @param <S> the type of what it says then
  @FunctionalInterface
  public interface Startable<S extends @Nullable Object> {

    /// Runs the task. May suspend it.
    ///
    /// @param status what to tell that the task has started
    /// @throws Exception if the task fails
    void run(TaskStatus<S> status) throws Exception;
  }

  // ---- Opening

  /// Starts a loop in the background and returns a portal to it.
  ///
  /// Blocks the calling thread until the loop runs. The loop's threads are daemons: it keeps
  /// no process alive. It leaves Ctrl-C alone.
  ///
  /// @return the portal, to be closed
  public static BlockingPortal start() {
    return start(EventLoop.builder());
  }

  /// Starts a loop that `builder` makes in the background and returns a portal to it; see
  /// [#start()].
  ///
  /// @param builder how to make the loop
  /// @return the portal, to be closed
  /// @throws IllegalStateException if the builder asks for a mode that is not possible
  public static BlockingPortal start(EventLoop.Builder builder) {
    return PortalLoop.start(Objects.requireNonNull(builder, "builder"));
  }

  /// Runs `body` in the current task with a portal to its loop, and returns the body's value.
  ///
  /// Suspends the current task until the body has ended and then until all tasks have that
  /// other threads started through the portal; after that it refuses calls. If the body
  /// fails, or the current task is cancelled, those tasks are cancelled first.
  ///
  /// @param body what to run
  /// @param <T> the type of the value
  /// @param <X> what the body may throw
  /// @return the body's value
  /// @throws X if the body does
  /// @throws CancelledError if the current task is cancelled
  /// @throws IllegalStateException if the current thread runs no task
  public static <T extends @Nullable Object, X extends Throwable> T call(Body<T, X> body) throws X {
    BlockingPortal portal = new BlockingPortal(Asyncio.getRunningLoop(), null);
    T value;
    try {
      value = body.call(portal);
    } catch (Throwable e) {
      portal.leave(e);
      throw e;
    }
    portal.leave(null);
    return value;
  }

  /// Runs `action` in the current task with a portal to its loop; see [#call(Body)].
  ///
  /// @param action what to run
  /// @param <X> what the action may throw
  /// @throws X if the action does
  /// @throws CancelledError if the current task is cancelled
  /// @throws IllegalStateException if the current thread runs no task
  public static <X extends Throwable> void run(Action<X> action) throws X {
    Object _ = BlockingPortal.<@Nullable Void, X>call(portal -> {
      action.run(portal);
      return null;
    });
  }

  private void leave(@Nullable Throwable thrown) {
    stopped = true;
    try {
      tasks.finish(thrown != null);
    } catch (CancelledError cancellation) {
      if (thrown != null && thrown != cancellation) {
        cancellation.addSuppressed(thrown);
      }
      throw cancellation;
    }
  }

  // ---- Calling

  /// Runs `body` as a task of the loop and returns its value, or throws what it throws.
  ///
  /// Blocks the calling thread until the task has ended; may be called from any thread but
  /// the loop's own. If the thread is interrupted meanwhile, the task is cancelled, and this
  /// still waits for its end; the thread's interrupt status is set again afterwards.
  ///
  /// @param body what to run
  /// @param <T> the type of the value
  /// @param <X> what the body may throw
  /// @return the body's value; also if it ended with one although it was cancelled
  /// @throws X if the body does
  /// @throws CancelledError if the task is cancelled, by an interrupt or otherwise
  /// @throws IllegalStateException if called in a task or a callback of the portal's own
  ///     loop, which could never run the body while it waits for it; or if the portal is
  ///     stopped
  public <T extends @Nullable Object, X extends Throwable> T call(tepal.Body<T, X> body) throws X {
    requireOtherThread("call()");
    PortalCall<T> call = new PortalCall<>(tasks, body);
    return Blocking.<T, X>get(start(call), () -> cancel(call));
  }

  /// Runs `action` as a task of the loop and waits for its end; see [#call(tepal.Body)].
  ///
  /// @param action what to run
  /// @param <X> what the action may throw
  /// @throws X if the action does
  /// @throws CancelledError if the task is cancelled, by an interrupt or otherwise
  /// @throws IllegalStateException if called in a task or a callback of the portal's own
  ///     loop, or if the portal is stopped
  public <X extends Throwable> void call(tepal.Action<X> action) throws X {
    Object _ = this.<@Nullable Void, X>call(() -> {
      action.run();
      return null;
    });
  }

  /// Runs `body` as a task of the loop and returns a future of its value.
  ///
  /// May be called from any thread; returns immediately. Cancelling the future cancels the
  /// task. The loop's callback thread completes it.
  ///
  /// @param body what the task runs
  /// @param <T> the type of the value
  /// @return a future for other threads; it fails with [IllegalStateException] if the portal
  ///     was stopped before the task began
  /// @throws IllegalStateException if the portal is stopped, or its loop is closed
  public <T extends @Nullable Object> CompletableFuture<T> startTaskSoon(
      Awaitable<? extends T> body) {
    Objects.requireNonNull(body, "body");
    return start(new PortalCall<T>(tasks, body::await));
  }

  /// Runs `action` as a task of the loop; see [#startTaskSoon(Awaitable)].
  ///
  /// @param action what the task runs
  /// @return a future for other threads
  /// @throws IllegalStateException if the portal is stopped, or its loop is closed
  public CompletableFuture<@Nullable Void> startTaskSoon(tepal.Action<?> action) {
    Objects.requireNonNull(action, "action");
    return start(new PortalCall<@Nullable Void>(tasks, () -> {
      action.run();
      return null;
    }));
  }

  /// Runs `body` as a task of the loop and waits until it says that it has started.
  ///
  /// ```java
  /// var server = portal.<Integer>startTask(status -> serve(status));
  /// connectTo(server.value());
  /// server.future().cancel(false);
  /// ```
  ///
  /// Blocks the calling thread until the task calls [TaskStatus#started] or ends; may be
  /// called from any thread but the loop's own. If the thread is interrupted meanwhile, the
  /// task is cancelled, and this still waits for it to end; the thread's interrupt status is
  /// set again afterwards.
  ///
  /// @param body what the task runs
  /// @param <S> the type of what it says when it has started
  /// @return what it said, and a future of its end
  /// @throws CancelledError if the task is cancelled before it has started
  /// @throws java.util.concurrent.CompletionException if it throws a checked exception before
  ///     it has started, which is the cause; any other is thrown as it is
  /// @throws IllegalStateException if the task ends without having said anything; if called
  ///     in a task or a callback of the portal's own loop; or if the portal is stopped
  public <S extends @Nullable Object> StartedTask<S> startTask(Startable<S> body) {
    requireOtherThread("startTask()");
    Objects.requireNonNull(body, "body");
    Starting<S> starting = new Starting<>();
    PortalCall<@Nullable Void> call = new PortalCall<>(tasks, () -> {
      body.run(starting);
      return null;
    });
    CompletableFuture<@Nullable Void> future = start(call);
    return starting.await(future, () -> cancel(call));
  }

  private <T extends @Nullable Object> CompletableFuture<T> start(PortalCall<T> call) {
    if (stopped) {
      throw PortalTasks.refusal();
    }
    return Asyncio.runCoroutineThreadsafe(call, loop);
  }

  private void cancel(PortalCall<?> call) {
    Blocking.callIfOpen(loop, call::cancel);
  }

  /// Refuses a call that would wait for the thread that makes it. Only virtual threads run
  /// what a loop runs.
  private void requireOtherThread(String what) {
    if (Thread.currentThread().isVirtual() && Blocking.isOn(loop)) {
      throw new IllegalStateException(
          "%s must be called on another thread than the loop's, which it blocks, but was called on %s;"
                  .formatted(what, Thread.currentThread())
              + " in a task call the body itself, or use startTaskSoon()");
    }
  }

  // ---- Closing

  /// Refuses calls from now on and lets the tasks that were started end; see
  /// [#stop(boolean)].
  public void stop() {
    stop(false);
  }

  /// Refuses calls from now on, and cancels the tasks that were started if that is asked.
  ///
  /// May be called from any thread; returns immediately. A loop that was started for the
  /// portal ends when its tasks have.
  ///
  /// @param cancelRemaining whether to cancel the tasks
  public void stop(boolean cancelRemaining) {
    stopped = true;
    Blocking.callIfOpen(loop, () -> tasks.stopSoon(cancelRemaining));
  }

  /// Refuses calls from now on and waits until the tasks that were started have ended, and
  /// the loop too, if it was started for the portal.
  ///
  /// Blocks the calling thread, which may be any but the loop's own. If the thread is
  /// interrupted meanwhile, the tasks are cancelled, and this still waits for their end; the
  /// thread's interrupt status is set again afterwards. Closing twice does nothing.
  ///
  /// @throws IllegalStateException if called in a task or a callback of the portal's own loop
  @Override
  public void close() {
    requireOtherThread("close()");
    stop(false);
    CompletableFuture<@Nullable Void> end = ended;
    if (end == null) {
      end = Blocking.runIfOpen(loop, tasks::join);
    }
    Object _ = Blocking.<@Nullable Void, RuntimeException>get(end, () -> stop(true));
  }

  /// Runs until the portal is stopped and its tasks have ended. Called in a task of the loop
  /// that was started for it.
  void serve() {
    tasks.serve();
  }

  @Override
  public String toString() {
    return "BlockingPortal[%s, %s]".formatted(stopped ? "stopped" : "open", loop);
  }
}
