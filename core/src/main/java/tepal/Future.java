// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A value that a loop will have later.
///
/// Made by [EventLoop#createFuture()]; a [Task] is a future whose value is what its body
/// returns. Callbacks never run inline: each is queued with `callSoon` when the future is
/// done, in the order in which they were added.
///
/// Not thread-safe: confined to the loop. From another thread use
/// [EventLoop#callSoonThreadsafe].
///
/// Mirrors
/// [`asyncio.Future`](https://docs.python.org/3.14/library/asyncio-future.html#asyncio.Future).
///
/// ## Differences from Python
///
/// A checked exception that a task's body threw arrives from
/// [#await()] and [#result()] as the cause of a [CompletionException]; every other exception
/// arrives as itself.
///
/// @param <T> the type of the value
public sealed class Future<T extends @Nullable Object> implements Awaitable<T>
    permits Task, GatheringFuture {
  /*
   * state      entered by        `outcome` holds
   * ---------  ----------------  ------------------------------------------------------------
   * PENDING    constructor       what a task waits for with this, for descriptions, or null
   * FINISHED   setResult         the value
   * FAILED     setException      the exception
   * CANCELLED  cancel            the CancelledError that the first result() throws, or null
   */
  private static final byte PENDING = 0;
  private static final byte FINISHED = 1;
  private static final byte FAILED = 2;
  private static final byte CANCELLED = 3;

  final Scheduler scheduler;
  private @Nullable Object outcome;

  // null, one Completion, or a List of them; null again once they are scheduled
  private @Nullable Object completions;

  // what few futures have, so that the others are small; null for those
  private @Nullable Rare rare;

  private byte state = PENDING;

  Future(Scheduler scheduler) {
    this(scheduler, null);
  }

  Future(Scheduler scheduler, @Nullable Object blocker) {
    this.scheduler = scheduler;
    this.outcome = blocker;
    if (scheduler.debug) {
      rare().origin = Origin.here();
    }
  }

  private static final class Rare {
    // what cancel(message) was given
    @Nullable String cancelMessage;

    // in debug mode, where this was created
    @Nullable Origin origin;

    // set while this has an exception that nobody has asked for
    @Nullable UnretrievedFailure unretrieved;

    // of a task, the innermost scope in which nothing must suspend it; null outside any
    @Nullable NoSuspend noSuspend;

    // who awaits this beside those in `completions`, as combinators of users have said; null if
    // nobody
    @Nullable List<Future<?>> awaitedBy;
  }

  private Rare rare() {
    Rare present = rare;
    if (present == null) {
      present = new Rare();
      rare = present;
    }
    return present;
  }

  final @Nullable String cancelMessage() {
    Rare present = rare;
    return present == null ? null : present.cancelMessage;
  }

  final void setCancelMessage(@Nullable String message) {
    if (message != null || rare != null) {
      rare().cancelMessage = message;
    }
  }

  final @Nullable NoSuspend noSuspend() {
    Rare present = rare;
    return present == null ? null : present.noSuspend;
  }

  void setNoSuspend(@Nullable NoSuspend scope) {
    rare().noSuspend = scope;
  }

  private @Nullable Origin originOrNull() {
    Rare present = rare;
    return present == null ? null : present.origin;
  }

  // ---- Waiting

  /// Suspends the current task until this is done, and returns its value.
  ///
  /// Returns immediately, without letting other tasks run, if it is done already. If the task
  /// is cancelled while waiting, so is this future; use `shield` where that is not wanted.
  ///
  /// @return the value
  /// @throws CancelledError if this future, or the task while it waits, is cancelled
  /// @throws CompletionException if this future's exception is a checked one, which is its
  ///     cause
  /// @throws IllegalStateException if this is not done and the current thread runs no task,
  ///     the task belongs to another loop, or the task is this future itself; then nothing
  ///     else can await it either until it is done. Or if the thread is pinned, by a class
  ///     initialiser or a native frame on its stack: at once in opened mode, in portable mode
  ///     if such waits have taken all carriers of the JDK
  @Override
  public T await() {
    if (state == PENDING) {
      Task.requireCurrent("await()").awaitPending(this);
    }
    return result();
  }

  // ---- State

  /// Returns whether this has a value, has an exception, or was cancelled.
  ///
  /// @return whether it is done
  public final boolean done() {
    return state != PENDING;
  }

  /// Returns whether this was cancelled.
  ///
  /// @return whether it was cancelled
  public final boolean cancelled() {
    return state == CANCELLED;
  }

  /// Returns the value, or throws the exception that this was given.
  ///
  /// @return the value
  /// @throws CancelledError if this was cancelled
  /// @throws InvalidStateException if this is not done
  /// @throws CompletionException if the exception is a checked one, which is its cause
  @SuppressWarnings({"unchecked", "NullAway"}) // null where T allows it
  public final T result() {
    if (state == FINISHED) {
      return (T) outcome;
    }
    throw Thrown.unchecked(failure());
  }

  /// Returns the value, or throws the exception as it is, checked or not.
  final T bareResult() {
    if (state == FINISHED) {
      return result();
    }
    throw Thrown.<RuntimeException>sneak(failure());
  }

  /// Returns the exception that this was given, or null if it has a value.
  ///
  /// @return the exception itself, never wrapped
  /// @throws CancelledError if this was cancelled
  /// @throws InvalidStateException if this is not done
  public final @Nullable Throwable exception() {
    if (state == FINISHED) {
      return null;
    }
    if (state == CANCELLED) {
      throw makeCancelledError();
    }
    if (state == PENDING) {
      throw notDone();
    }
    return failure();
  }

  /// Returns the loop that this belongs to.
  ///
  /// @return the loop
  public final EventLoop getLoop() {
    return scheduler.loop;
  }

  /// Returns a JDK future for other threads, which ends as this does.
  ///
  /// Returns immediately. Cancelling the returned future, from any thread, cancels this one
  /// on the loop; ending it in another way leaves this one alone. The loop's callback thread
  /// completes it, so that what depends on it runs there as other callbacks do. If the loop
  /// is closed before this is done, the returned future is cancelled, by the thread that
  /// closes it. An exception counts as asked for.
  ///
  /// Must be called from the loop.
  ///
  /// @return a future for other threads, done already if this is
  /// @throws IllegalStateException if called on another thread than the loop's
  public final CompletableFuture<T> toCompletableFuture() {
    return JdkFutures.mirror(this);
  }

  private Throwable failure() {
    return switch (state) {
      case FAILED -> {
        retrieved();
        yield Objects.requireNonNull((Throwable) outcome);
      }
      case CANCELLED -> makeCancelledError();
      default -> notDone();
    };
  }

  private InvalidStateException notDone() {
    return new InvalidStateException("Expected a future that is done, but it is not: " + this);
  }

  /// Returns the cancellation that this ended with, or null if it ended otherwise.
  final @Nullable CancelledError cancellation() {
    if (state == CANCELLED) {
      return makeCancelledError();
    }
    retrieved();
    return state == FAILED && outcome instanceof CancelledError error ? error : null;
  }

  /// Returns the error to throw for a cancelled future: the original one once, then new ones.
  final CancelledError makeCancelledError() {
    if (state == CANCELLED && outcome instanceof CancelledError original) {
      outcome = null;
      return original;
    }
    return new CancelledError(cancelMessage());
  }

  // ---- Completing

  /// Gives this its value and schedules its callbacks.
  ///
  /// Must be called from the loop.
  ///
  /// @param result the value
  /// @throws InvalidStateException if this is done already
  /// @throws IllegalStateException if called on another thread than the loop's
  public void setResult(T result) {
    scheduler.requireLoopThread("setResult()");
    requirePending("a result");
    complete(result);
  }

  /// Gives this an exception and schedules its callbacks. If nobody ever asks for it, it is
  /// reported to the loop's exception handler.
  ///
  /// Must be called from the loop.
  ///
  /// @param exception the exception
  /// @throws InvalidStateException if this is done already
  /// @throws IllegalStateException if called on another thread than the loop's
  public void setException(Throwable exception) {
    scheduler.requireLoopThread("setException()");
    requirePending("an exception");
    completeExceptionally(Objects.requireNonNull(exception, "exception"));
  }

  /// Cancels this without a message; see [#cancel(String)].
  ///
  /// @return false if it was done already
  public final boolean cancel() {
    return cancel(null);
  }

  /// Cancels this and schedules its callbacks. Does nothing if it is done already. A [Task]
  /// is not cancelled at once but where it waits, or will wait next; see there.
  ///
  /// Must be called from the loop.
  ///
  /// @param message the message of the [CancelledError]; null for none
  /// @return false if it was done already
  /// @throws IllegalStateException if called on another thread than the loop's
  public final boolean cancel(@Nullable String message) {
    scheduler.requireLoopThread("cancel()");
    return requestCancel(message);
  }

  /// Does what [#cancel(String)] says; without its guard, so that the loop itself can call
  /// it.
  boolean requestCancel(@Nullable String message) {
    retrieved();
    if (state != PENDING) {
      return false;
    }
    endCancelled(message, null);
    return true;
  }

  final void complete(@Nullable Object result) {
    outcome = result;
    state = FINISHED;
    scheduleCompletions();
  }

  final void completeExceptionally(Throwable exception) {
    outcome = exception;
    state = FAILED;
    if (!(completions instanceof Strand)) {
      rare().unretrieved = UnretrievedFailure.of(this, exception);
    }
    scheduleCompletions();
  }

  final void endCancelled(@Nullable String message, @Nullable CancelledError error) {
    setCancelMessage(message);
    outcome = error;
    state = CANCELLED;
    scheduleCompletions();
  }

  private void requirePending(String given) {
    if (state != PENDING) {
      throw new InvalidStateException(
          "Expected a future that is not done, to give it %s, but it is: %s"
              .formatted(given, this));
    }
  }

  /// Notes that somebody has seen the exception, which need not be reported any more.
  final void retrieved() {
    Rare present = rare;
    if (present != null && present.unretrieved != null) {
      UnretrievedFailure failure = present.unretrieved;
      present.unretrieved = null;
      failure.retrieved();
    }
  }

  // ---- Callbacks

  /// Calls `callback` with this future, in a copy of the current context, once it is done.
  ///
  /// Returns immediately; the callback is queued with `callSoon`, also if this is done
  /// already. Must be called from the loop.
  ///
  /// @param callback what to call
  /// @throws IllegalStateException if called on another thread than the loop's
  public final void addDoneCallback(Consumer<? super Future<T>> callback) {
    addDoneCallback(callback, Context.copyContext());
  }

  /// Calls `callback` with this future, in `context`, once it is done.
  ///
  /// Returns immediately; the callback is queued with `callSoon`, also if this is done
  /// already. Must be called from the loop.
  ///
  /// @param callback what to call
  /// @param context the context in which it runs
  /// @throws IllegalStateException if called on another thread than the loop's
  public final void addDoneCallback(Consumer<? super Future<T>> callback, Context context) {
    scheduler.requireLoopThread("addDoneCallback()");
    addCompletion(new DoneCallback<>(callback, context));
  }

  /// Removes every registration of a callback that equals `callback`.
  ///
  /// Must be called from the loop.
  ///
  /// @param callback what was given to [#addDoneCallback]
  /// @return how many registrations were removed
  public final int removeDoneCallback(Consumer<? super Future<T>> callback) {
    scheduler.requireLoopThread("removeDoneCallback()");
    Object present = completions;
    if (present instanceof ArrayList<?> list) {
      int before = list.size();
      list.removeIf(each -> each instanceof DoneCallback<?> it && it.callback().equals(callback));
      return before - list.size();
    }
    if (present instanceof DoneCallback<?> it && it.callback().equals(callback)) {
      completions = null;
      return 1;
    }
    return 0;
  }

  private record DoneCallback<T extends @Nullable Object>(
      Consumer<? super Future<T>> callback, Context context) implements Completion {

    @Override
    @SuppressWarnings("unchecked")
    public Ready completed(Future<?> future) {
      return new Handle(future.scheduler, () -> callback.accept((Future<T>) future), context);
    }
  }

  /// Lets `completion` know once this is done.
  @SuppressWarnings("unchecked")
  final void addCompletion(Completion completion) {
    if (state != PENDING) {
      scheduler.add(completion.completed(this));
    } else if (completions == null) {
      completions = completion;
    } else if (completions instanceof ArrayList<?> list) {
      ((ArrayList<Completion>) list).add(completion);
    } else {
      ArrayList<Completion> list = new ArrayList<>(4);
      list.add((Completion) completions);
      list.add(completion);
      completions = list;
    }
  }

  final void removeCompletion(Completion completion) {
    if (completions == completion) {
      completions = null;
    } else if (completions instanceof ArrayList<?> list) {
      list.removeIf(each -> each == completion);
    }
  }

  // ---- Who awaits this

  /// Finds who awaits this directly. May be called from any thread, which may then miss some.
  final void awaiters(Consumer<? super Future<?>> found) {
    forEachCompletion(completion -> completion.awaiters(found));
    Rare extra = rare;
    List<Future<?>> said = extra == null ? null : extra.awaitedBy;
    if (said != null) {
      for (Object each : said.toArray()) {
        if (each instanceof Future<?> waiter) {
          found.accept(waiter);
        }
      }
    }
  }

  /// Finds who will await this, as far as that is known. May be called from any thread.
  final void laterAwaiters(Consumer<? super Future<?>> found) {
    forEachCompletion(completion -> completion.laterAwaiters(found));
  }

  private void forEachCompletion(Consumer<Completion> action) {
    Object present = completions;
    Object[] all = present instanceof ArrayList<?> list ? list.toArray() : new Object[] {present};
    for (Object each : all) {
      if (each instanceof Completion completion) {
        action.accept(completion);
      }
    }
  }

  final void addToAwaitedBy(Future<?> waiter) {
    scheduler.requireLoopThread("futureAddToAwaitedBy()");
    Rare mine = rare();
    if (mine.awaitedBy == null) {
      mine.awaitedBy = new ArrayList<>(1);
    }
    if (!mine.awaitedBy.contains(waiter)) {
      mine.awaitedBy.add(waiter);
    }
  }

  final void discardFromAwaitedBy(Future<?> waiter) {
    scheduler.requireLoopThread("futureDiscardFromAwaitedBy()");
    Rare present = rare;
    if (present != null && present.awaitedBy != null) {
      boolean _ = present.awaitedBy.remove(waiter);
    }
  }

  private void scheduleCompletions() {
    Object present = completions;
    if (present == null) {
      return;
    }
    completions = null;
    if (present instanceof Strand strand) {
      scheduler.add(strand);
    } else if (present instanceof Collection<?> list) {
      for (Object each : list) {
        scheduler.add(((Completion) each).completed(this));
      }
    } else {
      scheduler.add(((Completion) present).completed(this));
    }
  }

  // ---- Description

  final List<StackTraceElement> origin() {
    return Origin.framesOf(originOrNull());
  }

  /// Returns what a task waits for with this, or null if that is not known or over.
  final @Nullable Object blocker() {
    return state == PENDING ? outcome : null;
  }

  /// Returns the exception that this ended with, without counting as having asked for it; null
  /// if it ended otherwise.
  final @Nullable Throwable failureOrNull() {
    return state == FAILED && outcome instanceof Throwable failure ? failure : null;
  }

  /// Returns the word for the state, and what it gave.
  final String describeState(Vantage from) {
    return switch (state) {
      case PENDING -> "pending";
      case FINISHED -> "result=" + from.textOf(outcome);
      case FAILED -> "exception=" + from.textOf(outcome);
      default -> "cancelled";
    };
  }

  /// Returns the text of this, as far as it can be had from there.
  String describe(Vantage from) {
    Object waitedFor = blocker();
    return "Future[" + describeState(from)
        + (waitedFor == null ? "" : ", of " + from.textOf(waitedFor))
        + Origin.describe(originOrNull()) + "]";
  }

  /// Returns what a task waits for that waits with this.
  final String describeWait(Vantage from) {
    Object waitedFor = blocker();
    return waitedFor == null ? shortName(from) : from.textOf(waitedFor);
  }

  /// Returns what stands for this in the description of another.
  String shortName(Vantage from) {
    return describe(from);
  }

  @Override
  public final String toString() {
    return describe(Vantage.INSIDE);
  }
}
