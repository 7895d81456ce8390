// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A coroutine that a loop runs: plain Java code on a virtual thread, one of which runs at a
/// time.
///
/// Made by `createTask`. Its body starts in the next iteration of the loop, unless it starts
/// eagerly. A loop keeps its tasks alive until they are done.
///
/// Cancelling a task requests its end: [CancelledError] is thrown where it waits, or at its
/// next wait, its `finally` blocks run and may wait themselves, and it is done when they are.
/// A task that is cancelled before its first turn never runs. One that JDK code has suspended
/// (`Thread.sleep`, a blocking queue, a socket) is interrupted, and what that makes the JDK
/// throw counts as the cancellation when it leaves the task or one of its scopes.
///
/// Not thread-safe: confined to the loop. From another thread use
/// [EventLoop#callSoonThreadsafe].
///
/// Mirrors
/// [`asyncio.Task`](https://docs.python.org/3.14/library/asyncio-task.html#asyncio.Task).
///
/// @param <T> the type of the value that the body returns
public final class Task<T extends @Nullable Object> extends Future<T> {
  /*
   * Cancelling, as in CPython's `Task.cancel` and `Task.__step` [1]: a task that waits has its `waiter`
   * cancelled, and the cancellation comes back through it; any other has `mustCancel` set, and the
   * next wait ends with a CancelledError. A task that was cancelled before its first turn never runs.
   *
   * A task that JDK code suspended is interrupted, once: that is how the cancellation reaches it.
   * `interrupted` is then set until our next wait clears the thread's flag. If the flag is gone by
   * then, JDK code has thrown and the body has had its chance; if it is still there (a lock that does not
   * react, a channel that was closed), `mustCancel` stays and the wait throws. A further request
   * interrupts again only if JDK code has taken the flag of the one before.
   *
   * [1] https://github.com/python/cpython/blob/3.14/Lib/asyncio/tasks.py
   */
  private static final AtomicLong NEXT_NUMBER = new AtomicLong(1);

  // neighbours in LiveTasks
  @Nullable Task<?> older;

  @Nullable Task<?> newer;

  private final Awaitable<? extends T> coro;
  private final Context context;
  private final long number;
  private @Nullable String name;

  // null once done
  private @Nullable Strand strand;

  // what this waits for, while it waits in await()
  private @Nullable Future<?> waiter;

  private int cancelRequests;
  private boolean mustCancel;

  // whether this has awaited itself: as in CPython, nothing can await it then until it is done
  private boolean awaitedItself;

  // whether an interrupt was queued for a cancellation, and no wait of ours has come since
  private boolean interrupted;

  // whether that interrupt is still in the ready queue
  private boolean interruptQueued;

  // whether an exception that leaves a scope may be what an interrupt left behind
  private boolean cancelledByInterrupt;

  // whether this is in a scope in which nothing must suspend it
  private boolean mustNotSuspend;

  Task(Scheduler scheduler, Awaitable<? extends T> coro, TaskOptions options) {
    super(scheduler);
    this.coro = Objects.requireNonNull(coro, "body");
    this.number = NEXT_NUMBER.getAndIncrement();
    this.name = options.name();
    Context given = options.context();
    this.context = given == null ? Context.copyContext() : given;
    String threadName = name != null ? name : scheduler.debug ? getName() : "";
    Strand own = scheduler.turns.strand(scheduler, this, context, threadName, null);
    this.strand = own;
    scheduler.tasks.add(this);
    Strand current = Strand.current();
    if (options.eagerStart() && current != null && current.scheduler == scheduler) {
      current.startEagerly(own);
    } else {
      scheduler.add(own);
    }
  }

  /// Returns the task that the current thread runs, or null.
  static @Nullable Task<?> current() {
    Strand current = Strand.current();
    return current == null ? null : current.task;
  }

  /// Returns the task that a thread runs, for tools that have a thread or its name.
  ///
  /// Looks at every task of every loop that runs. May be called from any thread; another one
  /// than the loop's may miss a task that begins or ends meanwhile.
  ///
  /// @param thread the thread
  /// @return the task; null if the thread runs none, or its task is done
  public static @Nullable Task<?> of(Thread thread) {
    Objects.requireNonNull(thread, "thread");
    for (Scheduler each : Scheduler.running()) {
      Task<?> task = each.tasks.of(thread);
      if (task != null) {
        return task;
      }
    }
    return null;
  }

  static Task<?> requireCurrent(String what) {
    Task<?> task = current();
    if (task == null) {
      throw new IllegalStateException(
          "%s must be called in a task, to suspend it, but was called on %s, which runs none%s"
              .formatted(what, Thread.currentThread(), hint()));
    }
    return task;
  }

  private static String hint() {
    return Thread.currentThread() instanceof ForkJoinWorkerThread
        ? "; if that is a worker of a parallel stream, make the stream sequential"
        : "";
  }

  // ---- Running the body; called on the task's own thread

  void runBody() {
    T result;
    try {
      result = coro.await();
    } catch (Throwable thrown) {
      endFailed(thrown);
      return;
    }
    ended();
    if (mustCancel) {
      endCancelled(cancelMessage(), null);
    } else {
      if (scheduler.debug) {
        scheduler.reports.swallowed(this);
      }
      complete(result);
    }
  }

  private void endFailed(Throwable thrown) {
    ended();
    Throwable e = translate(thrown);
    if (e instanceof CancelledError error) {
      endCancelled(null, error);
    } else {
      completeExceptionally(e);
      if (Scheduler.isFatal(e)) {
        scheduler.fail(e);
      }
    }
  }

  private void ended() {
    leaveScope();
    strand = null;
    scheduler.tasks.remove(this);
  }

  /// Ends this without running it if it was cancelled before its first turn. Called by the
  /// scheduler.
  boolean endedBeforeStart() {
    if (!mustCancel) {
      return false;
    }
    mustCancel = false;
    ended();
    endCancelled(null, new CancelledError(cancelMessage()));
    return true;
  }

  /// Suspends this until `future`, which is not done, is.
  void awaitPending(Future<?> future) {
    if (mustNotSuspend) {
      requireMaySuspend(future.describeWait(Vantage.INSIDE));
    }
    leaveScope();
    if (future instanceof Task<?> task && task.awaitedItself) {
      throw new IllegalStateException(
          "Expected a task that can be awaited, but it has awaited itself: " + task);
    }
    if (future == this || future.scheduler != scheduler) {
      awaitedItself |= future == this;
      yieldOnce();
      throw new IllegalStateException(
          future == this
              ? "Expected another future to wait for, but the task awaits itself: " + this
              : "Expected a future of the task's own loop, but %s belongs to another loop than %s"
                  .formatted(future, this));
    }
    Strand own = strand();
    future.addCompletion(own);
    waiter = future;
    boolean cancelledNow = mustCancel && future.requestCancel(cancelMessage());
    if (cancelledNow) {
      mustCancel = false;
    }
    try {
      own.suspend();
    } catch (IllegalStateException pinned) {
      waiter = null;
      future.removeCompletion(own);
      scheduler.takeBack(own);
      mustCancel |= cancelledNow;
      throw pinned;
    }
    waiter = null;
    if (mustCancel) {
      mustCancel = false;
      CancelledError cancellation = future.cancellation();
      throw cancellation == null ? new CancelledError(cancelMessage()) : cancellation;
    }
  }

  /// Gives up the turn once: a bare `yield` of asyncio.
  void yieldOnce() {
    requireMaySuspend("its next turn");
    leaveScope();
    Strand own = strand();
    scheduler.add(own);
    try {
      own.suspend();
    } catch (IllegalStateException pinned) {
      scheduler.takeBack(own);
      throw pinned;
    }
    if (mustCancel) {
      mustCancel = false;
      throw new CancelledError(cancelMessage());
    }
  }

  /// Guards a wait that has to suspend this, before anything is done that it would have to
  /// take back.
  ///
  /// @param what what it would wait for
  /// @throws IllegalStateException in a scope that must not suspend
  void requireMaySuspend(String what) {
    if (mustNotSuspend) {
      throw NoSuspend.refusal(what);
    }
  }

  boolean mustNotSuspend() {
    return mustNotSuspend;
  }

  @Override
  void setNoSuspend(@Nullable NoSuspend scope) {
    super.setNoSuspend(scope);
    mustNotSuspend = scope != null;
  }

  private Strand strand() {
    Strand own = strand;
    if (own == null) {
      throw new IllegalStateException("Expected a task that runs, but it is done: " + this);
    }
    return own;
  }

  /// Makes `acting` what runs this: its own strand, or that of a generator that it drives.
  void runsOn(Strand acting) {
    strand = acting;
  }

  /// Returns what runs this, or null if it is done.
  @Nullable Strand strandOrNull() {
    return strand;
  }

  // ---- Cancelling

  @Override
  boolean requestCancel(@Nullable String message) {
    retrieved();
    if (done()) {
      return false;
    }
    Task<?> last = lastAwaited();
    if (last == null) {
      leaveCircle();
      return requestCancelHere(message);
    }
    for (Task<?> each = this; each != last; each = Objects.requireNonNull(each.awaited())) {
      each.cancelRequests++;
    }
    return last.requestCancelHere(message);
  }

  /// Returns the task that this waits for, or null if it waits for no task.
  private @Nullable Task<?> awaited() {
    return waiter instanceof Task<?> task && !task.done() ? task : null;
  }

  /// Returns the task at the end of the chain of tasks that wait for each other, this one
  /// first; null if the chain runs in a circle. A loop and not a recursion: chains may be
  /// long.
  private @Nullable Task<?> lastAwaited() {
    Task<?> last = this;
    Task<?> mark = this;
    int steps = 0;
    int stepsToNextMark = 1;
    for (Task<?> next = awaited(); next != null; next = next.awaited()) {
      if (next == mark) {
        return null;
      }
      if (++steps == stepsToNextMark) {
        mark = next;
        steps = 0;
        stepsToNextMark *= 2;
      }
      last = next;
    }
    return last;
  }

  /// Makes this wait for nobody, so that it can be cancelled alone. Where asyncio recurses
  /// until its stack is full, tasks that wait for each other in a circle can be cancelled
  /// here.
  private void leaveCircle() {
    Future<?> waitingFor = waiter;
    Strand own = strand;
    if (waitingFor != null && own != null) {
      waitingFor.removeCompletion(own);
      waiter = null;
      scheduler.add(own);
    }
  }

  private boolean requestCancelHere(@Nullable String message) {
    cancelRequests++;
    Future<?> waitingFor = waiter;
    if (waitingFor instanceof GatheringFuture<?> gathering && gathering.isCancelling()) {
      leaveCircle();
    } else if (waitingFor != null && waitingFor.requestCancel(message)) {
      return true;
    }
    mustCancel = true;
    setCancelMessage(message);
    Strand own = strand;
    if (own != null) {
      if (interrupted && !interruptQueued && !own.thread().isInterrupted()) {
        interrupted = false;
      }
      if (own.blocked) {
        interrupt(own);
      }
    }
    return true;
  }

  /// Returns how many cancellations were requested and not taken back by [#uncancel()].
  ///
  /// @return the number of requests
  public int cancelling() {
    return cancelRequests;
  }

  /// Takes one cancellation request back. With the last one goes a cancellation that has not
  /// reached the task yet. For scopes such as timeouts, which cancel the task themselves; a
  /// body rarely needs it.
  ///
  /// Must be called from the loop.
  ///
  /// @return the number of requests that are left
  public int uncancel() {
    if (cancelRequests > 0) {
      cancelRequests--;
      if (cancelRequests == 0) {
        cancelledByInterrupt = false;
        mustCancel = false;
      }
    }
    return cancelRequests;
  }

  // ---- Cancelling what JDK code suspended

  boolean isBlocked() {
    Strand own = strand;
    return own != null && own.blocked;
  }

  /// Notes that JDK code has just suspended this, whether or not it can go on already. Called
  /// by the scheduler.
  void suspendedByJdk(Strand own) {
    NoSuspend scope = noSuspend();
    if (scope != null) {
      scope.suspendedByJdk(own.stackTrace());
    }
  }

  /// Interrupts this if it is to be cancelled: JDK code has just suspended it. Called by the
  /// scheduler.
  void blockedInJdk() {
    Strand own = strand;
    if (mustCancel && own != null) {
      interrupt(own);
    }
  }

  private void interrupt(Strand own) {
    if (!interrupted) {
      interrupted = true;
      cancelledByInterrupt = true;
      if (scheduler.closing) {
        own.thread().interrupt();
        return;
      }
      interruptQueued = true;
      // On a callback thread: closing the channel that the task waits for may take locks.
      scheduler.callNext(
          () -> {
            interruptQueued = false;
            Strand now = strand; // perhaps no longer that of the generator that was blocked
            if (now != null) {
              now.thread().interrupt();
            }
          },
          new Context());
    }
  }

  private void settleInterrupt() {
    interrupted = false;
    if (!Thread.interrupted()) {
      mustCancel = false;
    }
  }

  /// Clears what an interrupt left on the thread, before a wait of ours and at the end of a
  /// scope.
  void leaveScope() {
    if (interrupted) {
      settleInterrupt();
    }
  }

  /// Returns what an exception that leaves the task or one of its scopes counts as.
  Throwable translate(Throwable thrown) {
    leaveScope();
    if (!cancelledByInterrupt) {
      return thrown;
    }
    Throwable e = Thrown.afterInterrupt(thrown, cancelMessage());
    if (e instanceof CancelledError) {
      cancelledByInterrupt = false;
      mustCancel = false;
    }
    return e;
  }

  // ---- Accessors

  /// Returns the task's name.
  ///
  /// @return the name given, or `Task-` and a number
  public String getName() {
    String given = name;
    return given == null ? "Task-" + number : given;
  }

  /// Renames the task.
  ///
  /// @param newName the new name
  public void setName(String newName) {
    name = Objects.requireNonNull(newName, "name");
  }

  /// Returns the context in which the task runs.
  ///
  /// @return the context
  public Context getContext() {
    return context;
  }

  /// Returns what the task runs.
  ///
  /// @return the body given to `createTask`
  public Awaitable<? extends T> getCoro() {
    return coro;
  }

  /// Returns the thread that runs the task, or null if it is done. For tools that print its
  /// stack.
  @Nullable Thread thread() {
    Strand own = strand;
    return own == null ? null : own.thread();
  }

  // ---- Its stack

  /// Returns all frames of the task's stack; see [#getStack(int)].
  ///
  /// @return the frames, innermost first
  public List<StackTraceElement> getStack() {
    return getStack(Integer.MAX_VALUE);
  }

  /// Returns the frames of the task's stack, innermost first, without those that run it and
  /// those inside its waits.
  ///
  /// Of a task that is suspended, by a wait or by JDK code, the stack where it goes on; of the
  /// current task, from the caller of this method on; of a task that failed, the frames of its
  /// exception, which does not count as having asked for it. A task that has not begun, has
  /// returned, or was cancelled has none.
  ///
  /// Returns immediately. May be called from any thread.
  ///
  /// Mirrors `asyncio.Task.get_stack`, which orders the frames the other way round, gives the
  /// one innermost frame of a suspended task, and with a limit the outermost frames of an
  /// exception.
  ///
  /// @param limit how many frames at most, the innermost ones
  /// @return the frames
  /// @throws IllegalArgumentException if the limit is negative
  public List<StackTraceElement> getStack(int limit) {
    if (limit < 0) {
      throw new IllegalArgumentException("Expected a limit of at least 0, got " + limit);
    }
    Throwable failure = failureOrNull();
    return CallStack.limited(failure == null ? CallStack.of(this) : CallStack.of(failure), limit);
  }

  /// Prints the task's stack; see [#printStack(int, Appendable)].
  ///
  /// @param out where to print it, such as `System.out`
  public void printStack(Appendable out) {
    printStack(Integer.MAX_VALUE, out);
  }

  /// Prints the task and the frames of its stack, as [#getStack(int)] returns them, or that
  /// there is none.
  ///
  /// May be called from any thread. Mirrors `asyncio.Task.print_stack`.
  ///
  /// @param limit how many frames at most, the innermost ones
  /// @param out where to print it, such as `System.out`
  /// @throws IllegalArgumentException if the limit is negative
  /// @throws java.io.UncheckedIOException if `out` throws an [java.io.IOException]
  public void printStack(int limit, Appendable out) {
    List<StackTraceElement> frames = getStack(limit);
    String title = failureOrNull() != null ? "Stack of the exception of " : "Stack of ";
    CallStack.print(frames.isEmpty() ? "No stack of " + this : title + this + ":", frames, out);
  }

  /// Always throws: the value of a task is what its body returns.
  ///
  /// @throws IllegalStateException always
  @Override
  public void setResult(T result) {
    throw new IllegalStateException(
        "A task does not support setResult(); its body returns the value");
  }

  /// Always throws: the exception of a task is what its body throws.
  ///
  /// @throws IllegalStateException always
  @Override
  public void setException(Throwable exception) {
    throw new IllegalStateException("A task does not support setException(); its body throws");
  }

  // ---- Description

  /// Returns what this waits for, if that is not just a future or another task.
  @Nullable Object awaitedBlocker() {
    Future<?> waitingFor = waiter;
    return waitingFor == null ? null : waitingFor.blocker();
  }

  /// Returns what this does, or how it ended.
  String describeActivity(Vantage from) {
    if (done()) {
      return describeState(from);
    }
    String cancelling = cancelRequests > 0 ? ", cancelling" : "";
    Future<?> waitingFor = waiter;
    if (waitingFor != null && !waitingFor.done()) {
      return "waiting for " + waitingFor.describeWait(from) + cancelling;
    }
    if (from != Vantage.INSIDE && strand != null && strand == scheduler.current) {
      return "has the turn" + cancelling;
    }
    return (isBlocked() ? "suspended by JDK code" : describeState(from)) + cancelling;
  }

  @Override
  String describe(Vantage from) {
    return "Task[" + getName() + ", " + describeActivity(from) + "]";
  }

  @Override
  String shortName(Vantage from) {
    return getName();
  }
}
