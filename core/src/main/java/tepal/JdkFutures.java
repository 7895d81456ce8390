// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Futures of `java.util.concurrent` as futures of a loop, and back; cancelling one cancels
/// the other.
final class JdkFutures {
  private JdkFutures() {}

  /// Returns a future of `scheduler`'s loop that ends as `source` does. Called on the loop.
  static <T extends @Nullable Object> Future<T> wrap(
      Scheduler scheduler, java.util.concurrent.Future<? extends T> source) {
    scheduler.foreignFutureBegins();
    return follow(scheduler, source, Scheduler::foreignFutureEnds);
  }

  /// Does what [#wrap] does for the future of a call in an executor, which is outstanding
  /// work.
  static <T extends @Nullable Object> Future<T> wrapCall(
      Scheduler scheduler, java.util.concurrent.Future<? extends T> call) {
    scheduler.workBegins();
    return follow(scheduler, call, Scheduler::workEnds);
  }

  private static <T extends @Nullable Object> Future<T> follow(
      Scheduler scheduler,
      java.util.concurrent.Future<? extends T> source,
      Consumer<Scheduler> ended) {
    Future<T> future = new Future<>(scheduler, source);
    if (source instanceof CompletionStage<?> stage) {
      var _ = stage.whenComplete(
          (value, failure) -> scheduler.inbox.push(arrival(future, value, failure, ended)));
    } else {
      waitFor(source, future, ended);
    }
    future.addCompletion(new Observer() {
      @Override
      void done(Future<?> done) {
        if (done.cancelled()) {
          // On a callback thread: it runs what depends on the other future.
          scheduler.callNext(
              () -> source.cancel(/* mayInterruptIfRunning= */ false), new Context());
        }
      }
    });
    return future;
  }

  /// Waits for a future that tells nobody when it is done, on a virtual thread outside the
  /// loop.
  private static <T extends @Nullable Object> void waitFor(
      java.util.concurrent.Future<? extends T> source,
      Future<T> future,
      Consumer<Scheduler> ended) {
    Thread _ = Thread.ofVirtual().name("tepal-wrap-future").start(() -> {
      Arrival<T> arrival;
      try {
        arrival = arrival(future, source.get(), null, ended);
      } catch (Throwable e) {
        arrival = arrival(future, null, e, ended);
      }
      future.scheduler.inbox.push(arrival);
    });
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

  /// Makes a task of `body` on a loop, from any thread, and returns a JDK future of its value.
  static <T extends @Nullable Object> CompletableFuture<T> submit(
      EventLoop loop, Awaitable<T> body) {
    Submitted<T> submitted = new Submitted<>(loop);
    Handle _ = loop.callSoonThreadsafe(() -> submitted.start(body));
    loop.cancelAtClose(submitted);
    return submitted;
  }

  /// A JDK future of a task of a loop. Cancelling it cancels the task, on the loop.
  private static final class Submitted<T extends @Nullable Object> extends CompletableFuture<T> {
    private final EventLoop loop;

    // confined to the loop
    private @Nullable Future<T> future;

    Submitted(EventLoop loop) {
      this.loop = loop;
    }

    void start(Awaitable<T> body) {
      if (isDone()) {
        return;
      }
      try {
        Future<T> started = Asyncio.ensureFuture(loop, body);
        future = started;
        started.addDoneCallback(this::finish, new Context());
      } catch (Throwable e) {
        boolean _ = completeExceptionally(e);
        throw e;
      }
    }

    private void finish(Future<T> done) {
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
