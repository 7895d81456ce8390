// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/// Runs tasks and callbacks, one at a time, in the order in which they became ready.
///
/// Most programs never touch one: [Asyncio#run] makes it, and [Asyncio#getRunningLoop()]
/// returns it. Unless its description says otherwise, a method must be called from the loop:
/// in one of its tasks or callbacks, or, while it does not run, on the thread that owns it.
///
/// Mirrors [`asyncio.loop`](https://docs.python.org/3.14/library/asyncio-eventloop.html).
public final class EventLoop implements AutoCloseable {
  final Scheduler scheduler;
  private final WorkerThreads workers;
  private final Signals signals;
  final Generators generators = new Generators(this);

  // JDK futures of tasks that are not done; filled and emptied by any thread
  private final Set<CompletableFuture<?>> cancelledAtClose = ConcurrentHashMap.newKeySet();

  // what to call when the loop is closed
  private final Set<Runnable> closeCallbacks = new LinkedHashSet<>();

  private @Nullable TaskFactory taskFactory;
  private @Nullable ExceptionHandler exceptionHandler;

  // set by the owner, read by the watchdog; nanoseconds
  private volatile long stallNanos;

  // set by the thread that closes the loop, read by any
  private volatile boolean closed;

  private EventLoop(Builder builder) {
    this.scheduler = new Scheduler(this, builder.clock, Turns.of(builder.mode));
    this.scheduler.debug = builder.debug;
    this.stallNanos = Nanos.of(builder.stallAfter);
    this.workers = new WorkerThreads(scheduler);
    this.signals = new Signals(this);
  }

  /// Returns a builder of loops.
  ///
  /// @return the builder
  public static Builder builder() {
    return new Builder();
  }

  // ---- Running and stopping

  /// Runs until [#stop()] is called.
  ///
  /// Must be called outside any loop. Blocks the calling thread, which in opened mode carries
  /// the tasks; called on a virtual thread it makes a platform thread for that.
  ///
  /// @throws IllegalStateException if this loop runs already or is closed, or if another loop
  ///     runs on the current thread
  public void runForever() {
    requireOpen();
    requireNoRunningLoop("runForever()");
    if (scheduler.isRunning()) {
      throw new IllegalStateException("Expected a loop that does not run, but it does: " + this);
    }
    CarrierThread.run(scheduler.turns, scheduler::run);
  }

  /// Runs until `future` is done and returns its value.
  ///
  /// Must be called outside any loop. Blocks the calling thread.
  ///
  /// @param future what to wait for
  /// @param <T> the type of the value
  /// @return the value
  /// @throws CancelledError if the future is cancelled
  /// @throws IllegalStateException if this loop runs already or is closed, if another loop
  ///     runs on the current thread, if the future belongs to another loop, or if [#stop()]
  ///     ended the run first
  public <T extends @Nullable Object> T runUntilComplete(Future<T> future) {
    runUntilDone(future);
    return future.result();
  }

  /// Does what [#runUntilComplete(Future)] says, but leaves the result in the future.
  void runUntilDone(Future<?> future) {
    requireOpen();
    requireNoRunningLoop("runUntilComplete()");
    if (future.scheduler != scheduler) {
      throw new IllegalStateException(
          "Expected a future of this loop, but it belongs to another: " + future);
    }
    Observer stopper = new Observer() {
      @Override
      void done(Future<?> done) {
        scheduler.stop();
      }
    };
    future.addCompletion(stopper);
    try {
      runForever();
    } catch (Throwable e) {
      future.retrieved(); // a failure that ends the run is told by this
      throw e;
    } finally {
      future.removeCompletion(stopper);
    }
    if (!future.done()) {
      throw new IllegalStateException("Event loop stopped before Future completed: " + future);
    }
  }

  /// Makes a task of `body`, runs until it is done, and returns its value.
  ///
  /// Must be called outside any loop. Blocks the calling thread.
  ///
  /// @param body what to run
  /// @param <T> the type of the value
  /// @return the value
  /// @throws CancelledError if the task is cancelled
  /// @throws IllegalStateException as [#runUntilComplete(Future)] does
  public <T extends @Nullable Object> T runUntilComplete(Awaitable<T> body) {
    requireOpen();
    requireNoRunningLoop("runUntilComplete()");
    return runUntilComplete(Asyncio.ensureFuture(this, body));
  }

  /// Makes a task of `body`, which has no value, and runs until it is done.
  ///
  /// Must be called outside any loop. Blocks the calling thread.
  ///
  /// @param body what to run
  /// @throws CancelledError if the task is cancelled
  /// @throws IllegalStateException as [#runUntilComplete(Future)] does
  public void runUntilComplete(Action<?> body) {
    Object _ = runUntilComplete(Asyncio.awaitable(body));
  }

  /// Ends [#runForever()] at the end of the current iteration, after the callbacks that are
  /// scheduled already. If the loop does not run, its next run ends after one iteration.
  ///
  /// Returns immediately.
  public void stop() {
    scheduler.stop();
  }

  /// Returns whether the loop runs. May be called from any thread.
  ///
  /// @return whether it runs
  public boolean isRunning() {
    return scheduler.isRunning();
  }

  /// Returns whether the loop was closed. May be called from any thread.
  ///
  /// @return whether it is closed
  public boolean isClosed() {
    return closed;
  }

  /// Closes the loop: drops the callbacks and timers that are scheduled, ends its threads,
  /// lets go of the default executor without waiting for it, and reports failures that nobody
  /// asked for. Closing twice does nothing.
  ///
  /// Tasks that are pending are reported to the exception handler and unwound: each is
  /// cancelled where it waits, so that its `finally` blocks run, and again if it then waits
  /// again; on the closed loop no callback runs and no timer expires. A task that goes on in
  /// spite of a hundred cancellations stays suspended for ever. One that JDK code has
  /// suspended is interrupted; if that does not end it within a short time, it is unwound on a
  /// thread made for that when the code returns. [Asyncio#run] and [Runner] leave no task
  /// pending: they cancel what is left while the loop still runs.
  ///
  /// @throws IllegalStateException if the loop runs
  @Override
  public void close() {
    if (scheduler.isRunning()) {
      throw new IllegalStateException("Expected a loop that does not run, but it does: " + this);
    }
    if (closed) {
      return;
    }
    closed = true;
    signals.removeAll();
    workers.close();
    scheduler.dropCallbacks();
    for (Task<?> task : scheduler.tasks.snapshot()) {
      callExceptionHandler(
          ExceptionContext.of("Task was destroyed but it is pending: " + task, null, task));
    }
    scheduler.end.run();
    generators.loopClosed();
    runCloseCallbacks();
    cancelledAtClose.forEach(each -> each.cancel(/* mayInterruptIfRunning= */ false));
    scheduler.unretrieved.reportAll();
  }

  /// Calls `callback` when the loop is closed: on the thread that closes it, after its tasks
  /// have been unwound.
  ///
  /// For those who hold something outside the JVM for as long as the loop lives, such as a
  /// child process. The callback cannot use the loop any more. What it throws is given to the
  /// exception handler. Callbacks are called in the order in which they were added; adding one
  /// again does nothing.
  ///
  /// @param callback what to call
  /// @throws IllegalStateException if the loop is closed, or on another thread than the loop's
  public void addCloseCallback(Runnable callback) {
    requireOpen();
    scheduler.requireLoopThread("addCloseCallback()");
    boolean _ = closeCallbacks.add(Objects.requireNonNull(callback, "callback"));
  }

  /// Removes a callback that was given to [#addCloseCallback].
  ///
  /// @param callback the callback
  /// @return whether it was there
  /// @throws IllegalStateException on another thread than the loop's
  public boolean removeCloseCallback(Runnable callback) {
    scheduler.requireLoopThread("removeCloseCallback()");
    return closeCallbacks.remove(callback);
  }

  private void runCloseCallbacks() {
    for (Runnable callback : List.copyOf(closeCallbacks)) {
      try {
        callback.run();
      } catch (Throwable e) {
        callExceptionHandler(new ExceptionContext("Exception in close callback " + callback, e));
      }
    }
    closeCallbacks.clear();
  }

  // ---- Callbacks

  /// Calls `callback` in the next iteration, in a copy of the current context.
  ///
  /// Returns immediately. Callbacks run in the order in which they were scheduled.
  ///
  /// @param callback what to call
  /// @return a handle that cancels it
  /// @throws IllegalStateException if the loop is closed, or on another thread than the loop's
  public Handle callSoon(Runnable callback) {
    return callSoon(callback, Context.copyContext());
  }

  /// Calls `callback` in the next iteration, in `context`.
  ///
  /// Returns immediately. Callbacks run in the order in which they were scheduled.
  ///
  /// @param callback what to call
  /// @param context the context in which it runs
  /// @return a handle that cancels it
  /// @throws IllegalStateException if the loop is closed, or on another thread than the loop's
  public Handle callSoon(Runnable callback, Context context) {
    requireOpen();
    scheduler.requireLoopThread("callSoon()");
    Handle handle = new Handle(scheduler, Objects.requireNonNull(callback), context);
    scheduler.add(handle);
    return handle;
  }

  /// Calls `callback` in the next iteration, in a copy of the current context.
  ///
  /// May be called from any thread; returns immediately.
  ///
  /// @param callback what to call
  /// @return a handle that cancels it, from any thread
  /// @throws IllegalStateException if the loop is closed
  public Handle callSoonThreadsafe(Runnable callback) {
    return callSoonThreadsafe(callback, Context.copyContext());
  }

  /// Calls `callback` in the next iteration, in `context`.
  ///
  /// May be called from any thread; returns immediately.
  ///
  /// @param callback what to call
  /// @param context the context in which it runs
  /// @return a handle that cancels it, from any thread; cancelling waits while the callback
  ///     runs
  /// @throws IllegalStateException if the loop is closed
  public Handle callSoonThreadsafe(Runnable callback, Context context) {
    requireOpen();
    Handle handle = new ThreadsafeHandle(scheduler, Objects.requireNonNull(callback), context);
    if (scheduler.isOnLoop()) {
      scheduler.add(handle);
    } else {
      scheduler.inbox.push(handle);
    }
    return handle;
  }

  /// Calls `callback` after `delay`, in a copy of the current context.
  ///
  /// Returns immediately.
  ///
  /// @param delay how long to wait, by [#time()]; negative counts as zero, more than 292 years
  ///     as for ever
  /// @param callback what to call
  /// @return a handle that cancels it
  /// @throws IllegalStateException if the loop is closed, or on another thread than the loop's
  public TimerHandle callLater(Duration delay, Runnable callback) {
    return callLater(delay, callback, Context.copyContext());
  }

  /// Calls `callback` after `delay`, in `context`.
  ///
  /// Returns immediately.
  ///
  /// @param delay how long to wait, by [#time()]; negative counts as zero, more than 292 years
  ///     as for ever
  /// @param callback what to call
  /// @param context the context in which it runs
  /// @return a handle that cancels it
  /// @throws IllegalStateException if the loop is closed, or on another thread than the loop's
  public TimerHandle callLater(Duration delay, Runnable callback, Context context) {
    long now = scheduler.clock.nanoTime();
    return schedule(Nanos.after(now, Math.max(0, Nanos.of(delay))), callback, context);
  }

  /// Calls `callback` at the time `when`, in a copy of the current context.
  ///
  /// Returns immediately. Callbacks for the same time run in the order in which they were
  /// scheduled.
  ///
  /// @param when the time, by [#time()]; the past counts as now
  /// @param callback what to call
  /// @return a handle that cancels it
  /// @throws IllegalStateException if the loop is closed, or on another thread than the loop's
  public TimerHandle callAt(Duration when, Runnable callback) {
    return callAt(when, callback, Context.copyContext());
  }

  /// Calls `callback` at the time `when`, in `context`.
  ///
  /// Returns immediately. Callbacks for the same time run in the order in which they were
  /// scheduled.
  ///
  /// @param when the time, by [#time()]; the past counts as now
  /// @param callback what to call
  /// @param context the context in which it runs
  /// @return a handle that cancels it
  /// @throws IllegalStateException if the loop is closed, or on another thread than the loop's
  public TimerHandle callAt(Duration when, Runnable callback, Context context) {
    return schedule(Nanos.of(when), callback, context);
  }

  private TimerHandle schedule(long deadlineNanos, Runnable callback, Context context) {
    requireOpen();
    scheduler.requireLoopThread("callLater() or callAt()");
    TimerHandle timer =
        new TimerHandle(scheduler, deadlineNanos, Objects.requireNonNull(callback), context);
    scheduler.timers.add(deadlineNanos, timer);
    return timer;
  }

  /// Returns a future that is done once the loop has had nothing to run for `cushion`: no task
  /// and no callback was ready all that time.
  ///
  /// Returns immediately. What waits for a timer, for I/O, for another thread or in JDK code is
  /// not ready; a cushion gives such things the time to arrive. Of several such futures those
  /// with the shortest cushion are done first; as whoever waits for them then runs, the
  /// cushions of the others begin anew. A virtual clock stands still until they are done.
  /// Cancelling the future is all that it takes to give it up. A loop that is always busy never
  /// completes it.
  ///
  /// For tests (`tepal.testing.Testing.waitAllTasksBlocked`) and for what a program does when it
  /// has nothing else to do.
  ///
  /// @param cushion how long the loop has to have been idle, in real time; zero or less for the
  ///     first moment in which nothing is ready, more than 292 years for ever
  /// @return the future
  /// @throws IllegalStateException if the loop is closed, or on another thread than the loop's
  public Future<@Nullable Void> whenIdle(Duration cushion) {
    requireOpen();
    scheduler.requireLoopThread("whenIdle()");
    Future<@Nullable Void> future = new Future<>(scheduler, "whenIdle()");
    scheduler.idleWaits().add(Math.max(0, Nanos.of(cushion)), future);
    return future;
  }

  /// Returns the loop's time: how long ago its clock's arbitrary zero was.
  ///
  /// May be called from any thread, if the loop's clock may.
  ///
  /// @return the time
  public Duration time() {
    return Duration.ofNanos(scheduler.clock.nanoTime());
  }

  // ---- Futures and tasks

  /// Creates a future of this loop.
  ///
  /// @param <T> the type of its value
  /// @return the future
  public <T extends @Nullable Object> Future<T> createFuture() {
    return new Future<>(scheduler);
  }

  /// Creates a future with which the current task is about to wait for `blocker`: for code
  /// that builds primitives, as [tepal.sync] and [tepal.queues] do.
  ///
  /// The same as [#createFuture()], but for descriptions: a task that awaits it is
  /// `Task[reader, waiting for Queue[0 items]]`, and awaits the holder if this is a [Blocker]
  /// that has one. The text is asked for when it is needed. Ask for it before anything else
  /// that the wait would have to take back, as this is where a wait is refused that must not
  /// be.
  ///
  /// Must be called from the loop.
  ///
  /// @param blocker what is waited for; its `toString` may be called from any thread
  /// @param <T> the type of its value
  /// @return the future
  /// @throws IllegalStateException if the current task must not be suspended, see
  ///     [Asyncio#noSuspend(Body)]
  public <T extends @Nullable Object> Future<T> createWaiter(Object blocker) {
    Strand current = scheduler.current;
    if (current != null && current.task != null && current.task.mustNotSuspend()) {
      current.task.requireMaySuspend(ErrorReports.textOf(blocker));
    }
    return new Future<>(scheduler, Objects.requireNonNull(blocker, "blocker"));
  }

  /// Creates a task that runs `body` from the next iteration on.
  ///
  /// @param body what the task runs
  /// @param <T> the type of the task's value
  /// @return the task
  /// @throws IllegalStateException if the loop is closed, or on another thread than the loop's
  public <T extends @Nullable Object> Task<T> createTask(Awaitable<? extends T> body) {
    return createTask(body, TaskOptions.NONE);
  }

  /// Creates a task that runs `body` from the next iteration on and has no value.
  ///
  /// @param body what the task runs
  /// @return the task
  /// @throws IllegalStateException if the loop is closed, or on another thread than the loop's
  public Task<@Nullable Void> createTask(Action<?> body) {
    return createTask(Asyncio.awaitable(body), TaskOptions.NONE);
  }

  /// Creates a task that runs `body`, by the loop's task factory if it has one.
  ///
  /// @param body what the task runs
  /// @param options its name, its context, whether it starts at once
  /// @param <T> the type of the task's value
  /// @return the task
  /// @throws IllegalStateException if the loop is closed, or on another thread than the loop's
  public <T extends @Nullable Object> Task<T> createTask(
      Awaitable<? extends T> body, TaskOptions options) {
    TaskFactory factory = taskFactory;
    return factory == null ? newTask(body, options) : factory.createTask(this, body, options);
  }

  /// Creates a task that runs `body` and has no value, by the loop's task factory if it has
  /// one.
  ///
  /// @param body what the task runs
  /// @param options its name, its context, whether it starts at once
  /// @return the task
  /// @throws IllegalStateException if the loop is closed, or on another thread than the loop's
  public Task<@Nullable Void> createTask(Action<?> body, TaskOptions options) {
    return createTask(Asyncio.awaitable(body), options);
  }

  /// Creates a task that runs `body`, without asking the task factory. For task factories.
  ///
  /// @param body what the task runs
  /// @param options its name, its context, whether it starts at once
  /// @param <T> the type of the task's value
  /// @return the task
  /// @throws IllegalStateException if the loop is closed, or on another thread than the loop's
  public <T extends @Nullable Object> Task<T> newTask(
      Awaitable<? extends T> body, TaskOptions options) {
    requireOpen();
    scheduler.requireLoopThread("createTask()");
    return new Task<>(scheduler, body, options);
  }

  /// Sets what makes this loop's tasks.
  ///
  /// @param factory the factory; null for the loop itself
  public void setTaskFactory(@Nullable TaskFactory factory) {
    taskFactory = factory;
  }

  /// Returns what makes this loop's tasks, or null if the loop itself does.
  ///
  /// @return the factory
  public @Nullable TaskFactory getTaskFactory() {
    return taskFactory;
  }

  // ---- Threads

  /// Runs `call` in `executor` and returns a future of its value.
  ///
  /// Returns immediately. Cancelling the future does not stop a call that has begun. Context
  /// variables are not carried over; `toThread` does that.
  ///
  /// @param executor where to run it; null for the loop's default executor
  /// @param call what to run
  /// @param <T> the type of the value
  /// @return a future of the value, or of the exception that the call threw
  /// @throws IllegalStateException if the loop is closed, or its default executor was shut
  ///     down
  /// @throws java.util.concurrent.RejectedExecutionException if the executor does not take it
  public <T extends @Nullable Object> Future<T> runInExecutor(
      @Nullable Executor executor, Callable<T> call) {
    requireOpen();
    scheduler.requireLoopThread("runInExecutor()");
    return workers.run(executor, call);
  }

  /// Runs `call`, which has no value, in `executor`; see [#runInExecutor(Executor, Callable)].
  ///
  /// @param executor where to run it; null for the loop's default executor
  /// @param call what to run
  /// @return a future that is done when the call is
  /// @throws IllegalStateException if the loop is closed, or its default executor was shut
  ///     down
  /// @throws java.util.concurrent.RejectedExecutionException if the executor does not take it
  public Future<@Nullable Void> runInExecutor(@Nullable Executor executor, Action<?> call) {
    return runInExecutor(executor, Asyncio.awaitable(call)::await);
  }

  /// Sets the executor that [#runInExecutor] uses by default and that the loop's close shuts
  /// down.
  ///
  /// @param executor the executor
  public void setDefaultExecutor(ExecutorService executor) {
    workers.setDefault(executor);
  }

  /// Suspends the current task until the calls in the default executor have ended, and shuts
  /// it down. The default executor cannot be used after that.
  ///
  /// If the task is cancelled while waiting, the executor is shut down without waiting.
  ///
  /// @param timeout how long to wait at most; after that a warning is logged and the executor
  ///     is left to end by itself; null for no limit
  public void shutdownDefaultExecutor(@Nullable Duration timeout) {
    workers.shutdown(timeout);
  }

  // ---- Generators

  /// Suspends the current task until the generators are closed that tasks of this loop have
  /// begun to read and nobody has read to their end.
  ///
  /// They are closed at the same time, each by a task of its own. What they throw goes to the
  /// exception handler. A generator that is started in this loop afterwards is not closed with
  /// it, and a warning is logged. [Asyncio#run] and [Runner] call this when all tasks have
  /// ended.
  ///
  /// If the task is cancelled while waiting, so are those tasks.
  ///
  /// @throws CancelledError if the task is cancelled while waiting
  /// @throws IllegalStateException if the current thread runs no task
  public void shutdownAsyncgens() {
    generators.shutdown();
  }

  // ---- Signals

  /// Calls `callback` on the loop each time the process receives a signal.
  ///
  /// May be called from any thread. Replaces the handler that was there.
  ///
  /// @param signal its name without the prefix, such as `TERM`, `HUP`, `USR2`
  /// @param callback what to call
  /// @throws IllegalArgumentException if the platform has no such signal or it cannot be
  ///     handled
  /// @throws UnsupportedOperationException if the run-time image was made without the module
  ///     `jdk.unsupported`
  /// @throws IllegalStateException if the loop is closed
  public void addSignalHandler(String signal, Runnable callback) {
    requireOpen();
    signals.add(signal, callback);
  }

  /// Restores what happened on a signal before [#addSignalHandler].
  ///
  /// May be called from any thread.
  ///
  /// @param signal its name without the prefix
  /// @return whether there was a handler
  public boolean removeSignalHandler(String signal) {
    return signals.remove(signal);
  }

  // ---- Errors

  /// Sets what is told of errors that no caller could be told of.
  ///
  /// @param handler the handler; null for [#defaultExceptionHandler]
  public void setExceptionHandler(@Nullable ExceptionHandler handler) {
    exceptionHandler = handler;
  }

  /// Returns the handler that was set, or null.
  ///
  /// @return the handler
  public @Nullable ExceptionHandler getExceptionHandler() {
    return exceptionHandler;
  }

  /// Logs an error with the logger `tepal`, at level `ERROR`.
  ///
  /// May be called from any thread.
  ///
  /// @param context what is known of the error
  public void defaultExceptionHandler(ExceptionContext context) {
    ErrorReports.log(context);
  }

  /// Hands an error to the handler that was set, or logs it.
  ///
  /// @param context what is known of the error
  public void callExceptionHandler(ExceptionContext context) {
    ErrorReports.handle(this, exceptionHandler, context);
  }

  /// Reports now, to the exception handler, the failures of futures that nobody has asked for so
  /// far. By itself a loop reports each when its future is collected, or when the loop is closed.
  ///
  /// Returns immediately. For tools that keep futures alive, such as a shell, whose variables
  /// do. A failure is reported once, also if somebody asks for it later.
  ///
  /// Has no counterpart in asyncio.
  ///
  /// @throws IllegalStateException if called on another thread than the loop's
  public void reportUnretrievedFailures() {
    scheduler.requireLoopThread("reportUnretrievedFailures()");
    scheduler.unretrieved.reportAll();
  }

  // ---- Debugging

  /// Returns whether the loop is in debug mode.
  ///
  /// @return whether it is
  public boolean getDebug() {
    return scheduler.debug;
  }

  /// Switches debug mode: futures, tasks and callbacks remember where they were created, and
  /// the log names turns that took longer than [#slowCallbackDuration()] with the stack that
  /// took it, tasks that JDK code suspended, and cancellations that were swallowed.
  ///
  /// @param enabled whether to switch it on
  public void setDebug(boolean enabled) {
    scheduler.debug = enabled;
  }

  /// Returns how long a turn may take in debug mode before it is reported; 100 ms unless set.
  ///
  /// @return the duration
  public Duration slowCallbackDuration() {
    return Duration.ofNanos(scheduler.reports.slowNanos);
  }

  /// Sets how long a turn may take in debug mode before it is reported.
  ///
  /// @param duration the duration
  public void setSlowCallbackDuration(Duration duration) {
    scheduler.reports.slowNanos = Nanos.of(duration);
  }

  /// Returns all tasks of the loop as a text: each with what it does and its stack, and
  /// indented below it the tasks that it awaits. What `python -m asyncio pstree` prints.
  ///
  /// May be called from any thread, also while the loop hangs. A loop that turns is asked, and
  /// the tasks stand still while they are looked at. If it does not begin with that within half
  /// a second, the text says what can be seen from outside, and what has the turn. Blocks the
  /// calling thread meanwhile; never throws.
  ///
  /// A task is awaited by who waits in its `await`, by a task that gathers, shields, or waits
  /// for it, by the task of its group, and by a task that waits for a lock that it holds.
  /// Tasks that await each other in a circle end in a line such as `cycle: a -> b -> a`. Shown
  /// are 1000 tasks at most and 100 levels.
  ///
  /// ```
  /// EventLoop[running, opened]: 2 tasks
  /// * Task[main, waiting for TaskGroup[entered, tasks=1]]
  ///   + Call stack:
  ///   |   at tepal.TaskGroup.run(TaskGroup.java:131)
  ///   |   at app.App.main(App.java:9)
  ///   + Awaits:
  ///     * Task[fetch-1, waiting for Queue[0 items, 1 getter waiting]]
  ///       + Call stack:
  ///       |   at tepal.queues.Queue.get(Queue.java:151)
  ///       |   at app.App.fetch(App.java:20)
  /// ```
  ///
  /// @return the text, several lines
  public String formatTaskTree() {
    return TaskTree.tree(scheduler);
  }

  /// Returns all tasks of the loop as a table: name, what it does, where it is, and who awaits
  /// it. What `python -m asyncio ps` prints.
  ///
  /// May be called from any thread, also while the loop hangs; see [#formatTaskTree()]. Shown
  /// are 1000 tasks at most.
  ///
  /// @return the text, a line for each task
  public String formatTaskTable() {
    return TaskTree.table(scheduler);
  }

  /// Returns the mode that this loop runs its tasks in. May be called from any thread.
  ///
  /// @return the mode
  public LoopMode mode() {
    return scheduler.turns.mode();
  }

  /// Makes the loop wait in `selector` when it has nothing to run. For network layers; once,
  /// before the loop runs or from it.
  ///
  /// @param selector where to wait; closed with the loop
  /// @throws IllegalStateException if the loop is closed or has a selector
  public void installSelector(Selector selector) {
    requireOpen();
    scheduler.requireLoopThread("installSelector()");
    if (scheduler.io() != null) {
      throw new IllegalStateException(
          "Expected a loop without a selector, but it has one: " + this);
    }
    scheduler.install(selector);
  }

  /// Returns the selector that was installed, or null. For network layers, to find their own.
  ///
  /// @return the selector
  public @Nullable Selector selector() {
    IoThread io = scheduler.io();
    return io == null ? null : io.selector();
  }

  // ---- For the rest of this package

  long stallNanos() {
    return stallNanos;
  }

  /// Schedules a callback from any thread, unless the loop is closed. Returns whether it did.
  boolean callIfOpen(Runnable callback) {
    if (closed) {
      return false;
    }
    scheduler.inbox.push(new Handle(scheduler, callback, new Context()));
    return true;
  }

  /// Cancels a future of another thread with this loop, if it is not done by then, so that
  /// nobody waits for it for ever. May be called from any thread.
  @SuppressWarnings("CollectionUndefinedEquality") // identity is meant
  void cancelAtClose(CompletableFuture<?> waiting) {
    boolean _ = cancelledAtClose.add(waiting);
    var _ = waiting.whenComplete((_, _) -> cancelledAtClose.remove(waiting));
    if (closed) {
      boolean _ = waiting.cancel(/* mayInterruptIfRunning= */ false);
    }
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("Event loop is closed");
    }
  }

  static void requireNoRunningLoop(String what) {
    if (Strand.current() != null) {
      throw new IllegalStateException(
          "%s cannot be called from a running event loop: await or create a task instead"
              .formatted(what));
    }
  }

  @Override
  public String toString() {
    String state = closed ? "closed" : isRunning() ? "running" : "not running";
    return "EventLoop[%s, %s%s]"
        .formatted(
            state, mode() == LoopMode.OPENED ? "opened" : "portable", getDebug() ? ", debug" : "");
  }

  /// What a loop is made with.
  public static final class Builder {
    private LoopClock clock = LoopClock.system();
    private boolean debug = Boolean.getBoolean("tepal.debug");
    private @Nullable LoopMode mode;
    private Duration stallAfter = Duration.ofSeconds(1);

    private Builder() {}

    /// Sets the loop's clock; [LoopClock#system()] by default.
    ///
    /// @param newClock the clock
    /// @return this builder
    public Builder clock(LoopClock newClock) {
      clock = Objects.requireNonNull(newClock, "clock");
      return this;
    }

    /// Switches debug mode; by default it is on where the system property `tepal.debug` is
    /// `true`.
    ///
    /// @param enabled whether to switch it on
    /// @return this builder
    public Builder debug(boolean enabled) {
      debug = enabled;
      return this;
    }

    /// Asks for a mode; by default the system property `tepal.mode` says which, and else it is
    /// opened mode where that is possible.
    ///
    /// @param newMode the mode
    /// @return this builder
    public Builder mode(LoopMode newMode) {
      mode = Objects.requireNonNull(newMode, "mode");
      return this;
    }

    /// Sets how long the loop may stand still before the watchdog says what holds it up,
    /// outside debug mode; 1 s by default.
    ///
    /// @param limit the limit
    /// @return this builder
    /// @throws IllegalArgumentException if the limit is not positive
    public Builder stallAfter(Duration limit) {
      if (limit.isNegative() || limit.isZero()) {
        throw new IllegalArgumentException("Expected a positive duration, got " + limit);
      }
      stallAfter = limit;
      return this;
    }

    /// Makes the loop.
    ///
    /// @return the loop
    /// @throws IllegalStateException if opened mode is asked for and not possible
    /// @throws IllegalArgumentException if the system property `tepal.mode` names no mode
    public EventLoop build() {
      return new EventLoop(this);
    }
  }
}
