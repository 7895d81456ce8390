// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The functions of Python's `asyncio`, under their names in Java's case.
///
/// Meant to be imported statically, `import static tepal.Asyncio.*;`. Only [#wait] must be
/// written with its class, as `Object` owns the bare word.
///
/// What is an `async def` in Python suspends the current task and returns the value (`sleep`,
/// `wait`, `waitFor`, `toThread`); what is a plain function that returns a future returns a
/// [Future] (`gather`, `shield`, `createTask`, `ensureFuture`).
///
/// Unless its description says otherwise, a function must be called in a task or a callback
/// of a loop.
public final class Asyncio {
  private Asyncio() {}

  // ---- Running a program

  /// Runs `main` as the main task of a new loop, and returns its value.
  ///
  /// Blocks the calling thread until `main` has ended and everything it left behind is
  /// cleaned up: tasks are cancelled and awaited, the default executor has ended, the loop is
  /// closed. Ctrl-C cancels `main`; when the program has cleaned up, the process ends with
  /// status 130. A second Ctrl-C ends it at once.
  ///
  /// Mirrors `asyncio.run`. Must be called outside any loop.
  ///
  /// @param main the program
  /// @param <T> the type of its value
  /// @param <X> what it may throw
  /// @return its value
  /// @throws X if `main` does
  /// @throws CancelledError if `main` is cancelled
  /// @throws IllegalStateException if called from a running loop
  public static <T extends @Nullable Object, X extends Throwable> T run(Body<T, X> main) throws X {
    EventLoop.requireNoRunningLoop("run()");
    try (Runner runner = new Runner()) {
      return runner.run(main);
    }
  }

  /// Runs `main`, which has no value, as the main task of a new loop; see [#run(Body)].
  ///
  /// @param main the program
  /// @param <X> what it may throw
  /// @throws X if `main` does
  /// @throws CancelledError if `main` is cancelled
  /// @throws IllegalStateException if called from a running loop
  public static <X extends Throwable> void run(Action<X> main) throws X {
    EventLoop.requireNoRunningLoop("run()");
    try (Runner runner = new Runner()) {
      runner.run(main);
    }
  }

  /// Creates a loop. May be called from any thread. Mirrors `asyncio.new_event_loop`.
  ///
  /// @return the loop
  public static EventLoop newEventLoop() {
    return EventLoop.builder().build();
  }

  /// Returns the loop that runs the current task or callback.
  ///
  /// @return the loop
  /// @throws IllegalStateException if there is none
  public static EventLoop getRunningLoop() {
    Strand strand = Strand.current();
    if (strand == null) {
      throw new IllegalStateException(
          "no running event loop: expected to be in a task or a callback, but the current thread is "
              + Thread.currentThread());
    }
    return strand.scheduler.loop;
  }

  // ---- Tasks

  /// Creates a task that runs `body` from the next iteration of the loop on.
  ///
  /// @param body what the task runs
  /// @param <T> the type of the task's value
  /// @return the task
  /// @throws IllegalStateException if no loop runs here
  public static <T extends @Nullable Object> Task<T> createTask(Awaitable<? extends T> body) {
    return getRunningLoop().createTask(body, TaskOptions.NONE);
  }

  /// Creates a task that runs `body` from the next iteration of the loop on and has no value.
  ///
  /// @param body what the task runs
  /// @return the task
  /// @throws IllegalStateException if no loop runs here
  public static Task<@Nullable Void> createTask(Action<?> body) {
    return getRunningLoop().createTask(body, TaskOptions.NONE);
  }

  /// Creates a task that runs `body`.
  ///
  /// @param body what the task runs
  /// @param options its name, its context, whether it starts at once
  /// @param <T> the type of the task's value
  /// @return the task
  /// @throws IllegalStateException if no loop runs here
  public static <T extends @Nullable Object> Task<T> createTask(
      Awaitable<? extends T> body, TaskOptions options) {
    return getRunningLoop().createTask(body, options);
  }

  /// Creates a task that runs `body` and has no value.
  ///
  /// @param body what the task runs
  /// @param options its name, its context, whether it starts at once
  /// @return the task
  /// @throws IllegalStateException if no loop runs here
  public static Task<@Nullable Void> createTask(Action<?> body, TaskOptions options) {
    return getRunningLoop().createTask(body, options);
  }

  /// Returns the task that the current thread runs; null in a callback or outside a loop.
  ///
  /// May be called from any thread.
  ///
  /// @return the task
  public static @Nullable Task<?> currentTask() {
    return Task.current();
  }

  /// Returns the tasks of the current loop that are not done, oldest first.
  ///
  /// @return the tasks
  /// @throws IllegalStateException if no loop runs here
  public static Set<Task<?>> allTasks() {
    return allTasks(getRunningLoop());
  }

  /// Returns the tasks of a loop that are not done, oldest first.
  ///
  /// Must be called from that loop, or while it does not run.
  ///
  /// @param loop the loop
  /// @return the tasks
  /// @throws IllegalStateException if the loop runs and the current thread is not one of its
  ///     own
  public static Set<Task<?>> allTasks(EventLoop loop) {
    loop.scheduler.requireLoopThread("allTasks()");
    return loop.scheduler.tasks.snapshot();
  }

  /// Returns a task factory that starts every task eagerly, for [EventLoop#setTaskFactory].
  ///
  /// May be called from any thread.
  ///
  /// @return the factory
  public static TaskFactory eagerTaskFactory() {
    return createEagerTaskFactory(Asyncio::newTask);
  }

  /// Returns a task factory that starts every task eagerly and has `factory` make it.
  ///
  /// May be called from any thread.
  ///
  /// @param factory makes the tasks
  /// @return the factory
  public static TaskFactory createEagerTaskFactory(TaskFactory factory) {
    return new TaskFactory() {
      @Override
      public <T extends @Nullable Object> Task<T> createTask(
          EventLoop loop, Awaitable<? extends T> body, TaskOptions options) {
        return factory.createTask(loop, body, options.eagerly());
      }
    };
  }

  private static <T extends @Nullable Object> Task<T> newTask(
      EventLoop loop, Awaitable<? extends T> body, TaskOptions options) {
    return loop.newTask(body, options);
  }

  // ---- Sleeping

  /// Suspends the current task for `delay`, letting other tasks run.
  ///
  /// A zero delay gives up the turn exactly once, which is how a long computation stays fair.
  /// If the task is cancelled while asleep, its timer is removed and this throws at once.
  ///
  /// @param delay how long to sleep, by [EventLoop#time()]; negative counts as zero, more
  ///     than 292 years as for ever
  /// @throws CancelledError if the task is cancelled while asleep
  /// @throws IllegalStateException if the current thread runs no task
  public static void sleep(Duration delay) {
    Task<?> task = Task.requireCurrent("sleep()");
    long nanos = Nanos.of(delay);
    if (nanos <= 0) {
      task.yieldOnce();
      return;
    }
    Future<@Nullable Void> over = new Future<>(task.scheduler, "sleep()");
    LoopTimer timer = new LoopTimer.Completing(over);
    timer.startIn(nanos);
    try {
      over.await();
    } finally {
      timer.cancel();
    }
  }

  /// Suspends the current task for `delay` and returns `result`; see [#sleep(Duration)].
  ///
  /// @param delay how long to sleep
  /// @param result what to return
  /// @param <T> the type of the result
  /// @return `result`
  /// @throws CancelledError if the task is cancelled while asleep
  /// @throws IllegalStateException if the current thread runs no task
  public static <T extends @Nullable Object> T sleep(Duration delay, T result) {
    sleep(delay);
    return result;
  }

  // ---- Several at once

  /// Returns a future of an empty list, which is done.
  ///
  /// @return the future
  /// @throws IllegalStateException if no loop runs here
  public static Future<List<@Nullable Void>> gather() {
    return Gathering.values(List.of());
  }

  /// Runs awaitables concurrently and returns a future of their values, in the order given.
  ///
  /// Returns immediately. Bodies become tasks; a future that is given twice counts once, and
  /// its value stands in both places. The first exception is the future's at once, while the
  /// others go on, unwatched: use a [TaskGroup] to have them cancelled. Cancelling the future
  /// cancels everything gathered. An awaitable that is cancelled counts as one that failed
  /// with [CancelledError].
  ///
  /// @param awaitables bodies and futures
  /// @param <T> the type of the values
  /// @return a future of the values
  /// @throws IllegalStateException if there is a body and no loop runs here
  /// @throws IllegalArgumentException if a future belongs to another loop
  @SafeVarargs
  @SuppressWarnings("varargs")
  public static <T extends @Nullable Object> Future<List<T>> gather(
      Awaitable<? extends T>... awaitables) {
    return Gathering.values(List.of(awaitables));
  }

  /// Runs bodies without a value concurrently; see [#gather(Awaitable...)].
  ///
  /// @param bodies the bodies
  /// @return a future that is done when all are
  /// @throws IllegalStateException if no loop runs here
  public static Future<List<@Nullable Void>> gather(Action<?>... bodies) {
    return Gathering.values(awaitables(bodies));
  }

  /// Runs awaitables concurrently; see [#gather(Awaitable...)].
  ///
  /// @param awaitables bodies and futures
  /// @param <T> the type of the values
  /// @return a future of the values
  /// @throws IllegalStateException if there is a body and no loop runs here
  /// @throws IllegalArgumentException if a future belongs to another loop
  public static <T extends @Nullable Object> Future<List<T>> gather(
      Collection<? extends Awaitable<? extends T>> awaitables) {
    return Gathering.values(awaitables);
  }

  /// Runs awaitables concurrently and returns a future of how each ended, in the order given:
  /// `gather(..., return_exceptions=True)`.
  ///
  /// As [#gather(Awaitable...)], but an exception is a value like others, and the future is
  /// done when all are.
  ///
  /// @param awaitables bodies and futures
  /// @param <T> the type of the values
  /// @return a future of the outcomes
  /// @throws IllegalStateException if there is a body and no loop runs here
  /// @throws IllegalArgumentException if a future belongs to another loop
  @SafeVarargs
  @SuppressWarnings("varargs")
  public static <T extends @Nullable Object> Future<List<Outcome<T>>> gatherReturnExceptions(
      Awaitable<? extends T>... awaitables) {
    return Gathering.outcomes(List.of(awaitables));
  }

  /// Runs bodies without a value concurrently; see [#gatherReturnExceptions(Awaitable...)].
  ///
  /// @param bodies the bodies
  /// @return a future of the outcomes
  /// @throws IllegalStateException if no loop runs here
  public static Future<List<Outcome<@Nullable Void>>> gatherReturnExceptions(Action<?>... bodies) {
    return Gathering.outcomes(awaitables(bodies));
  }

  /// Runs awaitables concurrently; see [#gatherReturnExceptions(Awaitable...)].
  ///
  /// @param awaitables bodies and futures
  /// @param <T> the type of the values
  /// @return a future of the outcomes
  /// @throws IllegalStateException if there is a body and no loop runs here
  /// @throws IllegalArgumentException if a future belongs to another loop
  public static <T extends @Nullable Object> Future<List<Outcome<T>>> gatherReturnExceptions(
      Collection<? extends Awaitable<? extends T>> awaitables) {
    return Gathering.outcomes(awaitables);
  }

  /// Suspends the current task until all futures are done; see [#wait(Collection, Duration,
  /// ReturnWhen)].
  ///
  /// @param futures the futures
  /// @param <T> the type of their values
  /// @return all of them, done
  /// @throws CancelledError if the task is cancelled while waiting
  /// @throws IllegalArgumentException if there are no futures
  public static <T extends @Nullable Object> DoneAndPending<T> wait(
      Collection<? extends Future<? extends T>> futures) {
    return wait(futures, null, ReturnWhen.ALL_COMPLETED);
  }

  /// Suspends the current task until all futures are done or the time is up; see
  /// [#wait(Collection, Duration, ReturnWhen)].
  ///
  /// @param futures the futures
  /// @param timeout how long to wait at most; null for no limit
  /// @param <T> the type of their values
  /// @return those that are done and those that are not
  /// @throws CancelledError if the task is cancelled while waiting
  /// @throws IllegalArgumentException if there are no futures
  public static <T extends @Nullable Object> DoneAndPending<T> wait(
      Collection<? extends Future<? extends T>> futures, @Nullable Duration timeout) {
    return wait(futures, timeout, ReturnWhen.ALL_COMPLETED);
  }

  /// Suspends the current task until as many futures are done as `returnWhen` says; see
  /// [#wait(Collection, Duration, ReturnWhen)].
  ///
  /// @param futures the futures
  /// @param returnWhen what to wait for
  /// @param <T> the type of their values
  /// @return those that are done and those that are not
  /// @throws CancelledError if the task is cancelled while waiting
  /// @throws IllegalArgumentException if there are no futures
  public static <T extends @Nullable Object> DoneAndPending<T> wait(
      Collection<? extends Future<? extends T>> futures, ReturnWhen returnWhen) {
    return wait(futures, null, returnWhen);
  }

  /// Suspends the current task until as many futures are done as `returnWhen` says, or the
  /// time is up.
  ///
  /// Never throws for a timeout and never cancels a future, also when the task is cancelled
  /// while waiting.
  ///
  /// @param futures the futures; one that is given twice counts once
  /// @param timeout how long to wait at most; null for no limit
  /// @param returnWhen what to wait for
  /// @param <T> the type of their values
  /// @return those that are done and those that are not
  /// @throws CancelledError if the task is cancelled while waiting
  /// @throws IllegalArgumentException if there are no futures, or one belongs to another loop
  /// @throws IllegalStateException if the current thread runs no task
  @SuppressWarnings("unchecked")
  public static <T extends @Nullable Object> DoneAndPending<T> wait(
      Collection<? extends Future<? extends T>> futures,
      @Nullable Duration timeout,
      ReturnWhen returnWhen) {
    if (futures.isEmpty()) {
      throw new IllegalArgumentException("Expected at least one future to wait for, got none");
    }
    EventLoop loop = Task.requireCurrent("wait()").getLoop();
    Set<Future<T>> distinct = new LinkedHashSet<>();
    for (Future<? extends T> each : futures) {
      distinct.add((Future<T>) ensureFuture(loop, each));
    }
    return Waiting.waitFor(distinct, timeout, Objects.requireNonNull(returnWhen));
  }

  /// Returns the futures of `awaitables` in the order in which they are done.
  ///
  /// Bodies become tasks at once. Each `next` of the iteration suspends the current task
  /// until another future is done: `for (var future : asCompleted(tasks))` is Python's `async
  /// for`. Cancelling the task while it waits cancels none of the futures.
  ///
  /// @param awaitables bodies and futures; a future that is given twice counts once
  /// @param <T> the type of the values
  /// @return an iterable of one pass
  /// @throws IllegalStateException if no loop runs here
  public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted(
      Collection<? extends Awaitable<? extends T>> awaitables) {
    return asCompleted(awaitables, null);
  }

  /// Returns the futures of `awaitables` in the order in which they are done, within a time;
  /// see [#asCompleted(Collection)].
  ///
  /// @param awaitables bodies and futures; a future that is given twice counts once
  /// @param timeout how long to wait at most from now on, for all of them; after that each
  ///     `next` for one that was not done throws [TimeoutException]; null for no limit
  /// @param <T> the type of the values
  /// @return an iterable of one pass
  /// @throws IllegalStateException if no loop runs here
  public static <T extends @Nullable Object> Iterable<Future<T>> asCompleted(
      Collection<? extends Awaitable<? extends T>> awaitables, @Nullable Duration timeout) {
    Iterator<Future<T>> futures = new AsCompleted<>(getRunningLoop(), awaitables, timeout);
    return () -> futures;
  }

  // ---- Limits

  /// Runs `body` in the current task, for `delay` at most, and returns its value.
  ///
  /// When the time is up, the task is cancelled where it waits, and the cancellation that
  /// leaves the body becomes a [TimeoutException]. See [Timeout], also for a deadline that
  /// moves.
  ///
  /// @param delay how long the body may take; zero or negative lets it come to its first
  ///     wait; null for no limit
  /// @param body what to run
  /// @param <T> the type of the value
  /// @param <X> what the body may throw
  /// @return the body's value
  /// @throws X if the body does
  /// @throws TimeoutException if the time was up
  /// @throws CancelledError if the task is cancelled otherwise
  /// @throws IllegalStateException if the current thread runs no task
  public static <T extends @Nullable Object, X extends Throwable> T timeout(
      @Nullable Duration delay, Body<T, X> body) throws X {
    return Timeout.after(delay).call(body);
  }

  /// Runs `action` in the current task, for `delay` at most; see [#timeout(Duration, Body)].
  ///
  /// @param delay how long the action may take; null for no limit
  /// @param action what to run
  /// @param <X> what the action may throw
  /// @throws X if the action does
  /// @throws TimeoutException if the time was up
  /// @throws CancelledError if the task is cancelled otherwise
  /// @throws IllegalStateException if the current thread runs no task
  public static <X extends Throwable> void timeout(@Nullable Duration delay, Action<X> action)
      throws X {
    Timeout.after(delay).run(action);
  }

  /// Runs `body` in the current task, until the time `when` at most, and returns its value;
  /// see [#timeout(Duration, Body)].
  ///
  /// @param when the deadline, by [EventLoop#time()]; null for none
  /// @param body what to run
  /// @param <T> the type of the value
  /// @param <X> what the body may throw
  /// @return the body's value
  /// @throws X if the body does
  /// @throws TimeoutException if the deadline passed
  /// @throws CancelledError if the task is cancelled otherwise
  /// @throws IllegalStateException if the current thread runs no task
  public static <T extends @Nullable Object, X extends Throwable> T timeoutAt(
      @Nullable Duration when, Body<T, X> body) throws X {
    return Timeout.at(when).call(body);
  }

  /// Runs `action` in the current task, until the time `when` at most; see
  /// [#timeout(Duration, Body)].
  ///
  /// @param when the deadline, by [EventLoop#time()]; null for none
  /// @param action what to run
  /// @param <X> what the action may throw
  /// @throws X if the action does
  /// @throws TimeoutException if the deadline passed
  /// @throws CancelledError if the task is cancelled otherwise
  /// @throws IllegalStateException if the current thread runs no task
  public static <X extends Throwable> void timeoutAt(@Nullable Duration when, Action<X> action)
      throws X {
    Timeout.at(when).run(action);
  }

  /// Waits for `future`, for `timeout` at most, and returns its value.
  ///
  /// Suspends the current task. When the time is up, or the task is cancelled, the future is
  /// cancelled; use [#shield] where that is not wanted.
  ///
  /// @param future what to wait for
  /// @param timeout how long; zero or negative takes a value that is there already; null for
  ///     no limit
  /// @param <T> the type of the value
  /// @return the value; also if the future ended with one although it was cancelled
  /// @throws TimeoutException if the time was up
  /// @throws CancelledError if the task or the future is cancelled
  /// @throws IllegalStateException if the current thread runs no task
  public static <T extends @Nullable Object> T waitFor(
      Future<T> future, @Nullable Duration timeout) {
    if (timeout != null && Nanos.of(timeout) <= 0) {
      return valueOrTimeout(future).result();
    }
    return timeout(timeout, future::await);
  }

  /// Runs `body` in the current task, for `timeout` at most, and returns its value.
  ///
  /// As [#timeout(Duration, Body)], but with a timeout of zero or less the body does not
  /// start.
  ///
  /// @param body what to run
  /// @param timeout how long it may take; null for no limit
  /// @param <T> the type of the value
  /// @param <X> what the body may throw
  /// @return the body's value
  /// @throws X if the body does
  /// @throws TimeoutException if the time was up
  /// @throws CancelledError if the task is cancelled otherwise
  /// @throws IllegalStateException if the current thread runs no task
  public static <T extends @Nullable Object, X extends Throwable> T waitFor(
      Body<T, X> body, @Nullable Duration timeout) throws X {
    if (timeout != null && Nanos.of(timeout) <= 0) {
      return valueOrTimeout(Asyncio.<T>createTask(awaitable(body))).bareResult();
    }
    return timeout(timeout, body);
  }

  /// Runs `action` in the current task, for `timeout` at most; see [#waitFor(Body,
  /// Duration)].
  ///
  /// @param action what to run
  /// @param timeout how long it may take; null for no limit
  /// @param <X> what the action may throw
  /// @throws X if the action does
  /// @throws TimeoutException if the time was up
  /// @throws CancelledError if the task is cancelled otherwise
  /// @throws IllegalStateException if the current thread runs no task
  public static <X extends Throwable> void waitFor(Action<X> action, @Nullable Duration timeout)
      throws X {
    Object _ = waitFor(body(action), timeout);
  }

  private static <T extends @Nullable Object> Future<T> valueOrTimeout(Future<T> future) {
    if (!future.done()) {
      Waiting.cancelAndWait(future);
      if (future.cancelled()) {
        throw new TimeoutException("The timeout expired", future.makeCancelledError());
      }
    }
    return future;
  }

  /// Protects `awaitable` from the cancellation of whoever awaits the returned future.
  ///
  /// Returns immediately. Cancelling the returned future leaves `awaitable` alone, which goes
  /// on; if it then fails, the loop's exception handler is told. A body becomes a task.
  ///
  /// @param awaitable a body or a future
  /// @param <T> the type of the value
  /// @return a future that ends as `awaitable` does; the future itself if it is done
  /// @throws IllegalStateException if it is a body and no loop runs here
  public static <T extends @Nullable Object> Future<T> shield(Awaitable<T> awaitable) {
    return Shield.shield(ensureFuture(awaitable));
  }

  /// Protects a body without a value from cancellation; see [#shield(Awaitable)].
  ///
  /// @param body the body, which becomes a task
  /// @return a future that ends as the task does
  /// @throws IllegalStateException if no loop runs here
  public static Future<@Nullable Void> shield(Action<?> body) {
    return shield(awaitable(body));
  }

  /// Runs `body` in the current task and returns its value, and fails if anything in it
  /// suspends the task: between its beginning and its end nothing else of the loop runs.
  ///
  /// A wait in it that has to wait throws [IllegalStateException] in its place, before it has
  /// begun: an `await`, a `sleep`, a lock that another task holds, the end of a [TaskGroup]
  /// with tasks. A wait that need not wait is fine, and so are a callback that is scheduled
  /// and a task that is created, also eagerly. JDK code that suspends the task, which it can
  /// in opened mode (a contended lock, [Thread#sleep(Duration)]), can only be noticed
  /// afterwards; then the end of the scope throws, with the stack of where it happened as the
  /// cause.
  ///
  /// What the body throws leaves the scope, with the scope's own exception suppressed in it.
  ///
  /// @param body what to run
  /// @param <T> the type of the value
  /// @param <X> what the body may throw
  /// @return the body's value
  /// @throws X if the body does
  /// @throws IllegalStateException if the body would have had to wait, if JDK code suspended
  ///     the task in it, or if the current thread runs no task
  public static <T extends @Nullable Object, X extends Throwable> T noSuspend(Body<T, X> body)
      throws X {
    return NoSuspend.call(body);
  }

  /// Runs `action` in the current task, and fails if anything in it suspends the task; see
  /// [#noSuspend(Body)].
  ///
  /// @param action what to run
  /// @param <X> what the action may throw
  /// @throws X if the action does
  /// @throws IllegalStateException if the action would have had to wait, if JDK code suspended
  ///     the task in it, or if the current thread runs no task
  public static <X extends Throwable> void noSuspend(Action<X> action) throws X {
    Object _ = NoSuspend.call(body(action));
  }

  // ---- Who awaits whom

  /// Returns where the current task is and who awaits it; see [#captureCallGraph(Future, int,
  /// int)].
  ///
  /// @return the graph; null in a callback
  /// @throws IllegalStateException if no loop runs here
  public static @Nullable FutureCallGraph captureCallGraph() {
    return CallGraph.capture(null, 1, Integer.MAX_VALUE);
  }

  /// Returns where a future is and who awaits it; see [#captureCallGraph(Future, int, int)].
  ///
  /// @param future the future or task; null for the current task
  /// @return the graph; null if no future was given and no task runs here
  /// @throws IllegalStateException if no future was given and no loop runs here
  public static @Nullable FutureCallGraph captureCallGraph(@Nullable Future<?> future) {
    return CallGraph.capture(future, 1, Integer.MAX_VALUE);
  }

  /// Returns where a future is and who awaits it, and who awaits those.
  ///
  /// May be called from any thread. A loop that turns is asked, which blocks another thread
  /// than the loop's for up to half a second; one that does not answer is looked at from
  /// outside.
  ///
  /// Mirrors `asyncio.capture_call_graph`. Here the frames of each task are all of its stack,
  /// and a task that holds a lock is awaited by the tasks that wait for it.
  ///
  /// @param future the future or task; null for the current task
  /// @param depth where the stack of the current task begins: 1 with the caller of this
  ///     method, each more one frame further out
  /// @param limit how many frames of each stack at most: the innermost if it is positive, the
  ///     outermost if it is negative, none if it is 0
  /// @return the graph; null if no future was given and no task runs here
  /// @throws IllegalStateException if no future was given and no loop runs here
  public static @Nullable FutureCallGraph captureCallGraph(
      @Nullable Future<?> future, int depth, int limit) {
    return CallGraph.capture(future, depth, limit);
  }

  /// Returns the call graph of the current task as a text; see [#formatCallGraph(Future, int,
  /// int)].
  ///
  /// @return the text; empty in a callback
  /// @throws IllegalStateException if no loop runs here
  public static String formatCallGraph() {
    return CallGraph.format(null, 1, Integer.MAX_VALUE);
  }

  /// Returns the call graph of a future as a text; see [#formatCallGraph(Future, int, int)].
  ///
  /// @param future the future or task; null for the current task
  /// @return the text; empty if no future was given and no task runs here
  /// @throws IllegalStateException if no future was given and no loop runs here
  public static String formatCallGraph(@Nullable Future<?> future) {
    return CallGraph.format(future, 1, Integer.MAX_VALUE);
  }

  /// Returns what [#captureCallGraph(Future, int, int)] sees as a text, in the form of
  /// `asyncio.format_call_graph`; in debug mode also where each future was created.
  ///
  /// What is reached again is only named, and a cycle is a line such as `cycle: a -> b -> a`,
  /// in the order of who awaits whom. Shown are 1000 futures at most and 100 levels.
  ///
  /// ```
  /// * Task[fetch-1, waiting for Lock[locked by fetch-2, 1 waiting]]
  ///   + Call stack:
  ///   |   at tepal.sync.Lock.acquire(Lock.java:46)
  ///   |   at app.App.fetch(App.java:20)
  ///   + Awaited by:
  ///     * Task[main, waiting for TaskGroup[entered, tasks=2]]
  ///       + Call stack:
  ///       |   at tepal.TaskGroup.run(TaskGroup.java:131)
  ///       |   at app.App.main(App.java:9)
  /// ```
  ///
  /// @param future the future or task; null for the current task
  /// @param depth where the stack of the current task begins: 1 with the caller of this
  ///     method, each more one frame further out
  /// @param limit how many frames of each stack at most: the innermost if it is positive, the
  ///     outermost if it is negative, none if it is 0
  /// @return the text; empty if no future was given and no task runs here
  /// @throws IllegalStateException if no future was given and no loop runs here
  public static String formatCallGraph(@Nullable Future<?> future, int depth, int limit) {
    return CallGraph.format(future, depth, limit);
  }

  /// Prints the call graph of the current task: `printCallGraph(System.out)`.
  ///
  /// @param out where to print it; nothing is printed in a callback
  /// @throws IllegalStateException if no loop runs here
  /// @throws java.io.UncheckedIOException if `out` throws an [java.io.IOException]
  public static void printCallGraph(Appendable out) {
    CallGraph.print(null, out, 1, Integer.MAX_VALUE);
  }

  /// Prints the call graph of a future; see [#formatCallGraph(Future, int, int)].
  ///
  /// @param future the future or task; null for the current task
  /// @param out where to print it; nothing is printed if no future was given and no task runs
  ///     here
  /// @throws IllegalStateException if no future was given and no loop runs here
  /// @throws java.io.UncheckedIOException if `out` throws an [java.io.IOException]
  public static void printCallGraph(@Nullable Future<?> future, Appendable out) {
    CallGraph.print(future, out, 1, Integer.MAX_VALUE);
  }

  /// Prints the call graph of a future; see [#formatCallGraph(Future, int, int)].
  ///
  /// @param future the future or task; null for the current task
  /// @param out where to print it; nothing is printed if no future was given and no task runs
  ///     here
  /// @param depth where the stack of the current task begins
  /// @param limit how many frames of each stack at most
  /// @throws IllegalStateException if no future was given and no loop runs here
  /// @throws java.io.UncheckedIOException if `out` throws an [java.io.IOException]
  public static void printCallGraph(
      @Nullable Future<?> future, Appendable out, int depth, int limit) {
    CallGraph.print(future, out, depth, limit);
  }

  /// Notes that `future` is awaited by `waiter`, for the call graph: for code that builds its
  /// own combinators out of done callbacks. Everything that awaits is known anyway.
  ///
  /// Must be called from the loop; returns immediately. Noting it again does nothing. Take it
  /// back with [#futureDiscardFromAwaitedBy] when the wait is over.
  ///
  /// @param future what is awaited
  /// @param waiter the task or future that awaits it
  /// @throws IllegalStateException if called on another thread than the loop's
  public static void futureAddToAwaitedBy(Future<?> future, Future<?> waiter) {
    future.addToAwaitedBy(waiter);
  }

  /// Takes back what [#futureAddToAwaitedBy] has noted; does nothing if that was not noted.
  ///
  /// Must be called from the loop; returns immediately.
  ///
  /// @param future what was awaited
  /// @param waiter the task or future that awaited it
  /// @throws IllegalStateException if called on another thread than the loop's
  public static void futureDiscardFromAwaitedBy(Future<?> future, Future<?> waiter) {
    future.discardFromAwaitedBy(waiter);
  }

  // ---- Threads and other futures

  /// Runs `body` on a thread of the default executor, in a copy of the current context, and
  /// returns its value.
  ///
  /// Suspends the current task, not the loop: the place for file I/O, native calls and long
  /// computations. If the task is cancelled while waiting, this throws at once, and a body
  /// that has begun goes on.
  ///
  /// @param body what to run
  /// @param <T> the type of the value
  /// @param <X> what the body may throw
  /// @return the body's value
  /// @throws X if the body does
  /// @throws CancelledError if the task is cancelled while waiting
  /// @throws IllegalStateException if the current thread runs no task
  public static <T extends @Nullable Object, X extends Throwable> T toThread(Body<T, X> body)
      throws X {
    Task<?> task = Task.requireCurrent("toThread()");
    task.requireMaySuspend("a call in an executor");
    Context context = Context.copyContext();
    Awaitable<T> call = awaitable(body);
    Future<T> future = task.getLoop().runInExecutor(null, () -> context.call(call::await));
    if (!future.done()) {
      task.awaitPending(future);
    }
    return future.bareResult();
  }

  /// Runs `action` on a thread of the default executor; see [#toThread(Body)].
  ///
  /// @param action what to run
  /// @param <X> what the action may throw
  /// @throws X if the action does
  /// @throws CancelledError if the task is cancelled while waiting
  /// @throws IllegalStateException if the current thread runs no task
  public static <X extends Throwable> void toThread(Action<X> action) throws X {
    Object _ = toThread(body(action));
  }

  /// Throws if nobody waits any more for the call that the current thread runs for
  /// [#toThread(Body)] or [EventLoop#runInExecutor], so that a long one can end early.
  ///
  /// Returns immediately. Must be called on the executor's thread. Mirrors anyio's
  /// `from_thread.check_cancelled`.
  ///
  /// @throws CancelledError if the task that waited was cancelled, or its loop was closed
  /// @throws IllegalStateException if the current thread runs no such call
  public static void checkCancelled() {
    WorkerThreads.checkCancelled();
  }

  /// Suspends the current task until `stage` is done, and returns its value.
  ///
  /// Returns immediately, without letting other tasks run, if it is done already; a stage may
  /// be completed by any thread. If the task is cancelled while waiting, so is the stage,
  /// where it can be, on the callback thread; await a copy of it (`future.copy()`) where that
  /// is not wanted.
  ///
  /// @param stage what to wait for, such as a [CompletableFuture]
  /// @param <T> the type of the value
  /// @return the value
  /// @throws CancelledError if the stage, or the task while it waits, is cancelled
  /// @throws java.util.concurrent.CompletionException if the stage's exception is a checked
  ///     one, which is its cause; any other is thrown as it is
  /// @throws IllegalStateException if the current thread runs no task
  public static <T extends @Nullable Object> T await(CompletionStage<? extends T> stage) {
    return JdkFutures.await(stage);
  }

  /// Makes a task of `body` on a loop, from another thread, and returns a JDK future of its
  /// value.
  ///
  /// May be called from any thread; returns immediately. Cancelling the future cancels the
  /// task. The loop's callback thread completes it, or the thread that closes the loop, which
  /// cancels it.
  ///
  /// @param body what the task runs
  /// @param loop the loop
  /// @param <T> the type of the value
  /// @return a future for other threads
  /// @throws IllegalStateException if the loop is closed
  public static <T extends @Nullable Object> CompletableFuture<T> runCoroutineThreadsafe(
      Awaitable<T> body, EventLoop loop) {
    return JdkFutures.submit(loop, body);
  }

  /// Makes a task of `body`, which has no value, on a loop; see
  /// [#runCoroutineThreadsafe(Awaitable, EventLoop)].
  ///
  /// @param body what the task runs
  /// @param loop the loop
  /// @return a future for other threads
  /// @throws IllegalStateException if the loop is closed
  public static CompletableFuture<@Nullable Void> runCoroutineThreadsafe(
      Action<?> body, EventLoop loop) {
    return JdkFutures.submit(loop, awaitable(body));
  }

  /// Returns `awaitable` itself if it is a future, otherwise a task of it.
  ///
  /// @param awaitable a body or a future
  /// @param <T> the type of the value
  /// @return the future
  /// @throws IllegalStateException if it is a body and no loop runs here
  public static <T extends @Nullable Object> Future<T> ensureFuture(Awaitable<T> awaitable) {
    return awaitable instanceof Future<T> future
        ? future
        : ensureFuture(getRunningLoop(), awaitable);
  }

  /// Returns a future of the current loop that ends as a future of the JDK does. Cancelling
  /// either cancels the other.
  ///
  /// Returns immediately. A [CompletableFuture] tells the loop itself when it is done; for
  /// any other future that is not done a virtual thread waits. The loop cancels `future`,
  /// without interrupting anybody, on its callback thread.
  ///
  /// @param future a future of another thread
  /// @param <T> the type of the value
  /// @return a future of the loop
  /// @throws IllegalStateException if no loop runs here
  public static <T extends @Nullable Object> Future<T> wrapFuture(
      java.util.concurrent.Future<? extends T> future) {
    return JdkFutures.wrap(getRunningLoop().scheduler, future);
  }

  /// Returns whether `object` is a future of this library. May be called from any thread.
  ///
  /// @param object anything
  /// @return whether it is a [Future]
  public static boolean isFuture(@Nullable Object object) {
    return object instanceof Future;
  }

  // ---- For the rest of this package

  static <T extends @Nullable Object> Future<T> ensureFuture(
      EventLoop loop, Awaitable<T> awaitable) {
    if (!(awaitable instanceof Future<T> future)) {
      return loop.createTask(awaitable, TaskOptions.NONE);
    }
    if (future.scheduler != loop.scheduler) {
      throw new IllegalArgumentException(
          "Expected a future of %s, but it belongs to another loop: %s".formatted(loop, future));
    }
    return future;
  }

  /// Returns the loop that runs here, or else that of the first future.
  static EventLoop loopOf(Collection<? extends Awaitable<?>> awaitables) {
    if (Strand.current() == null) {
      for (Awaitable<?> each : awaitables) {
        if (each instanceof Future<?> future) {
          return future.getLoop();
        }
      }
    }
    return getRunningLoop();
  }

  /// Returns a body that runs `action` and has the value null.
  static <X extends Throwable> Body<@Nullable Void, X> body(Action<X> action) {
    return () -> {
      action.run();
      return null;
    };
  }

  static Awaitable<@Nullable Void> awaitable(Action<?> action) {
    Objects.requireNonNull(action, "body");
    return () -> {
      try {
        action.run();
      } catch (Throwable e) {
        throw Thrown.<RuntimeException>sneak(e);
      }
      return null;
    };
  }

  static <T extends @Nullable Object> Awaitable<T> awaitable(Body<T, ?> body) {
    Objects.requireNonNull(body, "body");
    return () -> {
      try {
        return body.call();
      } catch (Throwable e) {
        throw Thrown.<RuntimeException>sneak(e);
      }
    };
  }

  private static List<Awaitable<@Nullable Void>> awaitables(Action<?>[] bodies) {
    return java.util.Arrays.stream(bodies)
        .<Awaitable<@Nullable Void>>map(Asyncio::awaitable)
        .toList();
  }
}
