// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.ExceptionContext;
import tepal.Task;

/// A subscription whose items a task emits.
final class TaskSubscription<T> implements Flow.Subscription, Emitter<T> {
  /*
   * All signals come from the task, so that they are serial. Other threads add to the demand, and may
   * end the subscription: by cancelling it, or by a request for less than one item. Either is noted in
   * `end`, where the task sees it at its next item; and the task is cancelled, once, where it waits.
   * Not if it has seen the end already: it may be cleaning up.
   */
  private static final End CANCELLED = new End("cancelled", null);
  private static final End OVER = new End("ended", null);

  /// Why no item follows.
  ///
  /// @param word a word for it
  /// @param violation what the subscriber did against the rules, if that is why
  private record End(String word, @Nullable Throwable violation) {}

  private final Generating<T> body;
  private final EventLoop loop;

  // null once no signal will come any more
  private volatile Flow.@Nullable Subscriber<? super T> subscriber;

  // items asked for and not emitted; without end from Long.MAX_VALUE on
  private final AtomicLong demand = new AtomicLong();

  // null while an item may follow; later changes are to CANCELLED only
  private final AtomicReference<@Nullable End> end = new AtomicReference<>();

  // how to wake the task that waits for demand; null if it does not
  private volatile @Nullable CompletableFuture<@Nullable Void> waiting;

  // whether the task has had a turn; set by it, read by whoever ends its future
  private volatile boolean begun;

  // set in the first turn, before anybody has this subscription; null before it
  private @Nullable Task<?> task;

  // whether the task knows of the end; the loop's
  private boolean endSeen;

  TaskSubscription(Generating<T> body, EventLoop loop, Flow.Subscriber<? super T> subscriber) {
    this.body = body;
    this.loop = loop;
    this.subscriber = subscriber;
  }

  /// Makes the task. Called by the thread that subscribes.
  void start() {
    try {
      var _ = Asyncio.runCoroutineThreadsafe(this::run, loop).whenComplete((_, _) -> {
        if (!begun) {
          refuse(
              new CancellationException("The loop of the publisher ended before its task began"));
        }
      });
    } catch (IllegalStateException closed) {
      refuse(closed);
    }
  }

  /// Fails the subscription without a task.
  private void refuse(Throwable failure) {
    Flow.Subscriber<? super T> refused = subscriber;
    if (refused != null) {
      refused.onSubscribe(this);
      if (end.compareAndSet(null, OVER)) {
        refused.onError(failure);
      }
      subscriber = null;
    }
  }

  // ---- What the subscriber asks for, on any thread

  @Override
  public void request(long count) {
    if (count < 1) {
      Throwable violation = new IllegalArgumentException(
          "Expected a request for at least 1 item (rule 3.9 of Reactive Streams), got " + count);
      if (end.compareAndSet(null, new End("failed", violation))) {
        tellTask();
      }
      return;
    }
    long _ = demand.accumulateAndGet(
        count, (present, more) -> present + more < 0 ? Long.MAX_VALUE : present + more);
    CompletableFuture<@Nullable Void> waker = waiting;
    if (waker != null) {
      boolean _ = waker.complete(null);
    }
  }

  @Override
  public void cancel() {
    if (end.getAndUpdate(present -> present == OVER ? OVER : CANCELLED) == null) {
      tellTask();
    }
  }

  /// Lets the task know of the end where it waits. If it is the task that calls this, it is
  /// on its way to look.
  private void tellTask() {
    if (Asyncio.currentTask() != task) {
      Blocking.callIfOpen(loop, this::cancelTask);
    }
  }

  private void cancelTask() {
    Task<?> running = task;
    if (!endSeen && running != null) {
      endSeen = true;
      boolean _ = running.cancel();
    }
  }

  // ---- The task

  private void run() {
    begun = true;
    task = Asyncio.currentTask();
    Throwable failure = null;
    try {
      // A scope without a deadline: an interrupt that the cancellation became is one again.
      Asyncio.timeout(null, () -> {
        subscribe();
        body.run(this);
      });
    } catch (Throwable e) {
      failure = e;
    }
    finish(failure);
    if (failure instanceof VirtualMachineError fatal && !(fatal instanceof StackOverflowError)) {
      throw fatal;
    }
  }

  private void subscribe() {
    signal(() -> Objects.requireNonNull(subscriber).onSubscribe(this));
    throwIfEnded();
  }

  @Override
  public void emit(T item) {
    Objects.requireNonNull(item, "item");
    if (task == null || Asyncio.currentTask() != task || end.get() == OVER) {
      throw new IllegalStateException(
          "emit() must be called in the task that runs the publisher's body, but was called on "
              + Thread.currentThread());
    }
    awaitDemand();
    if (demand.get() < Long.MAX_VALUE) {
      long _ = demand.decrementAndGet();
    }
    signal(() -> Objects.requireNonNull(subscriber).onNext(item));
    throwIfEnded();
  }

  private void awaitDemand() {
    throwIfEnded();
    while (demand.get() == 0) {
      CompletableFuture<@Nullable Void> waker = new CompletableFuture<>();
      waiting = waker;
      try {
        if (demand.get() == 0) {
          Object _ = Asyncio.<@Nullable Object>await(waker);
        }
      } finally {
        waiting = null;
      }
      throwIfEnded();
    }
  }

  private void throwIfEnded() {
    if (end.get() != null) {
      endSeen = true;
      throw new CancelledError();
    }
  }

  /// Calls the subscriber. What it throws counts as a cancellation, as rule 2.13 says.
  private void signal(Runnable call) {
    try {
      call.run();
    } catch (CancelledError e) {
      throw e; // it suspended the task, which was cancelled
    } catch (Throwable e) {
      boolean _ = end.compareAndSet(null, CANCELLED);
      report("Exception in a subscriber, whose subscription is cancelled: " + subscriber, e);
    }
  }

  private void finish(@Nullable Throwable failure) {
    endSeen = true;
    End why = end.compareAndExchange(null, OVER);
    Flow.Subscriber<? super T> told = Objects.requireNonNull(subscriber);
    try {
      if (why == null && failure == null) {
        signal(told::onComplete);
      } else if (why == null) {
        signal(() ->
            told.onError(failure instanceof CancelledError ? cancellation(failure) : failure));
      } else if (why.violation() != null) {
        signal(() -> told.onError(why.violation()));
      } else if (failure != null && !(failure instanceof CancelledError)) {
        report("Exception in a publisher whose subscription was cancelled", failure);
      }
    } finally {
      subscriber = null;
    }
  }

  private static CancellationException cancellation(Throwable cause) {
    CancellationException cancellation =
        new CancellationException("The task of the publisher was cancelled");
    var _ = cancellation.initCause(cause);
    return cancellation;
  }

  private void report(String message, Throwable failure) {
    loop.callExceptionHandler(new ExceptionContext(message, failure));
  }

  @Override
  public String toString() {
    End why = end.get();
    return "Subscription[%s, demand=%d]".formatted(why == null ? "open" : why.word(), demand.get());
  }
}
