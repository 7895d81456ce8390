// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Futures of `java.util.concurrent` as futures of a loop, and back; cancelling one cancels
/// the other.
final class JdkFutures {
  private JdkFutures() {}

  // ---- From the JDK to a loop

  /// Suspends the current task until `stage` is done and returns its value, or throws what it
  /// ended with.
  static <T extends @Nullable Object> T await(CompletionStage<? extends T> stage) {
    Scheduler scheduler = Task.requireCurrent("await()").scheduler;
    Future<T> future = new Future<>(scheduler, stage);
    Listener<T> listener = new Listener<>(future, Scheduler::foreignFutureEnds);
    var _ = stage.whenComplete(listener);
    scheduler.foreignFutureBegins();
    if (!listener.endedAlready() && stage instanceof java.util.concurrent.Future<?> source) {
      future.addCompletion(onCancel(() -> cancelIfPossible(source)));
    }
    return future.await();
  }

  /// Cancels a stage that can be. One that only shows what another promised cannot.
  private static void cancelIfPossible(java.util.concurrent.Future<?> stage) {
    try {
      boolean _ = stage.cancel(/* mayInterruptIfRunning= */ false);
    } catch (UnsupportedOperationException e) {
      // As CompletionStage says of those whose completion is somebody else's business.
      return;
    }
  }

  /// Returns a future of `scheduler`'s loop that ends as `source` does. Called on the loop.
  static <T extends @Nullable Object> Future<T> wrap(
      Scheduler scheduler, java.util.concurrent.Future<? extends T> source) {
    Future<T> future = follow(scheduler, source, Scheduler::foreignFutureEnds);
    scheduler.foreignFutureBegins();
    return future;
  }

  /// Does what [#wrap] does for the future of a call in an executor, which is outstanding
  /// work.
  static <T extends @Nullable Object> Future<T> wrapCall(
      Scheduler scheduler, java.util.concurrent.Future<? extends T> call) {
    Future<T> future = follow(scheduler, call, Scheduler::workEnds);
    scheduler.workBegins();
    return future;
  }

  private static <T extends @Nullable Object> Future<T> follow(
      Scheduler scheduler,
      java.util.concurrent.Future<? extends T> source,
      Consumer<Scheduler> ended) {
    Future<T> future = new Future<>(scheduler, source);
    if (source instanceof CompletionStage<?> stage) {
      var _ = stage.whenComplete(
          (value, failure) -> scheduler.inbox.push(arrival(future, value, failure, ended)));
    } else if (source.isDone()) {
      scheduler.inbox.push(outcomeOf(source, future, ended));
    } else {
      Thread _ = Thread.ofVirtual()
          .name("tepal-wrap-future")
          .start(() -> scheduler.inbox.push(outcomeOf(source, future, ended)));
    }
    future.addCompletion(onCancel(() -> source.cancel(/* mayInterruptIfRunning= */ false)));
    return future;
  }

  private static <T extends @Nullable Object> Arrival<T> outcomeOf(
      java.util.concurrent.Future<? extends T> source,
      Future<T> future,
      Consumer<Scheduler> ended) {
    try {
      return arrival(future, source.get(), null, ended);
    } catch (Throwable e) {
      return arrival(future, null, e, ended);
    }
  }

  private static Observer onCancel(Runnable action) {
    return new Observer() {
      @Override
      void done(Future<?> done) {
        if (done.cancelled()) {
          // On a callback thread: it runs what depends on the other future.
          done.scheduler.callNext(action, new Context());
        }
      }
    };
  }

  private static <T extends @Nullable Object> Arrival<T> arrival(
      Future<T> future,
      @Nullable Object value,
      @Nullable Throwable failure,
      Consumer<Scheduler> ended) {
    return new Arrival<>(future, value, failure == null ? null : unwrap(failure), ended);
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure.getCause();
    boolean wrapped =
        failure instanceof ExecutionException || failure instanceof CompletionException;
    return wrapped && cause != null ? cause : failure;
  }

  /// Takes the end of a stage to the loop, from whatever thread ended it.
  private static final class Listener<T extends @Nullable Object>
      implements BiConsumer<@Nullable Object, @Nullable Throwable> {
    private final Future<T> future;
    private final Consumer<Scheduler> ended;

    // the task's thread while it registers this, then null; other threads look for themselves only
    private @Nullable Thread registering = Thread.currentThread();

    // what the stage had ended with before this was registered; the task's
    private @Nullable Arrival<T> early;

    Listener(Future<T> future, Consumer<Scheduler> ended) {
      this.future = future;
      this.ended = ended;
    }

    @Override
    public void accept(@Nullable Object value, @Nullable Throwable failure) {
      Arrival<T> arrival = arrival(future, value, failure, ended);
      if (registering == Thread.currentThread()) {
        early = arrival;
      } else {
        future.scheduler.inbox.push(arrival);
      }
    }

    /// Returns whether the stage had ended when this was registered; then the future has too.
    boolean endedAlready() {
      registering = null;
      Arrival<T> arrival = early;
      if (arrival == null) {
        return false;
      }
      Strand _ = arrival.dispatch(future.scheduler);
      return true;
    }
  }

  // ---- From a loop to the JDK

  /// Makes a task of `body` on a loop, from any thread, and returns a JDK future of its
  /// value.
  static <T extends @Nullable Object> CompletableFuture<T> submit(
      EventLoop loop, Awaitable<T> body) {
    Mirror<T> mirror = new Mirror<>(loop);
    Handle _ = loop.callSoonThreadsafe(() -> mirror.start(body));
    loop.cancelAtClose(mirror);
    return mirror;
  }

  /// Returns a JDK future that ends as `future` does. Called on the loop.
  static <T extends @Nullable Object> CompletableFuture<T> mirror(Future<T> future) {
    future.scheduler.requireLoopThread("toCompletableFuture()");
    EventLoop loop = future.getLoop();
    Mirror<T> mirror = new Mirror<>(loop);
    if (future.done()) {
      mirror.end(future);
    } else {
      mirror.follow(future);
      loop.cancelAtClose(mirror);
    }
    return mirror;
  }

  /// A JDK future of a future of a loop, which completes it on the callback thread.
  /// Cancelling it cancels that one, on the loop.
  private static final class Mirror<T extends @Nullable Object> extends CompletableFuture<T> {
    private final EventLoop loop;

    // confined to the loop; null before it has begun
    private @Nullable Future<T> future;

    Mirror(EventLoop loop) {
      this.loop = loop;
    }

    void start(Awaitable<T> body) {
      if (isDone()) {
        return;
      }
      try {
        follow(Asyncio.ensureFuture(loop, body));
      } catch (Throwable e) {
        boolean _ = completeExceptionally(e);
        throw e;
      }
    }

    void follow(Future<T> started) {
      future = started;
      started.addDoneCallback(this::end, new Context());
    }

    void end(Future<T> done) {
      if (done.cancelled()) {
        boolean _ = super.cancel(/* mayInterruptIfRunning= */ false);
        return;
      }
      Throwable failure = done.exception();
      boolean _ = failure == null ? complete(done.result()) : completeExceptionally(failure);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      if (cancelled) {
        boolean _ = loop.callIfOpen(() -> {
          Future<T> started = future;
          if (started != null) {
            boolean _ = started.cancel();
          }
        });
      }
      return cancelled;
    }
  }
}
