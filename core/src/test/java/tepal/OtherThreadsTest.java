// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.run;
import static tepal.Asyncio.runCoroutineThreadsafe;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.wrapFuture;
import static tepal.InTask.outcome;
import static tepal.InTask.pass;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// What other threads ask of a loop, and what a loop waits for from them.
class OtherThreadsTest {
  private static final Duration HOURS = Duration.ofHours(2);

  private final Trail trail = new Trail();

  // ---- callSoonThreadsafe

  @Test
  void no_call_of_several_threads_is_lost_and_each_thread_keeps_its_order() {
    int threads = 4;
    int calls = 25_000;
    List<List<Integer>> seen = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      seen.add(new ArrayList<>());
    }
    run(() -> {
      var loop = getRunningLoop();
      var done = loop.<String>createFuture();
      int[] left = {threads * calls};
      for (List<Integer> own : seen) {
        Thread _ = Thread.ofPlatform().daemon().start(() -> {
          for (int i = 0; i < calls; i++) {
            int number = i;
            loop.callSoonThreadsafe(() -> {
              own.add(number);
              if (--left[0] == 0) {
                done.setResult("all");
              }
            });
          }
        });
      }
      done.await();
    });
    assertThat(seen).allSatisfy(own -> assertThat(own).hasSize(calls).isSorted());
  }

  @Test
  void each_call_wakes_a_loop_that_sleeps() {
    int rounds = 5_000;
    run(() -> {
      var loop = getRunningLoop();
      var done = loop.<String>createFuture();
      Thread _ = Thread.ofPlatform().daemon().start(() -> {
        for (int i = 0; i < rounds; i++) {
          int number = i;
          var answered = new CompletableFuture<Integer>();
          loop.callSoonThreadsafe(() -> answered.complete(number));
          answered.join();
        }
        loop.callSoonThreadsafe(() -> done.setResult("all"));
      });
      done.await();
    });
  }

  @Test
  void futures_completed_by_other_threads_wake_their_tasks_without_loss() {
    int tasks = 2_000;
    run(() -> {
      List<CompletableFuture<Integer>> sources = new ArrayList<>();
      List<Future<Integer>> futures = new ArrayList<>();
      for (int i = 0; i < tasks; i++) {
        var source = new CompletableFuture<Integer>();
        sources.add(source);
        futures.add(wrapFuture(source));
      }
      for (int half = 0; half < 2; half++) {
        int first = half;
        Thread _ = Thread.ofPlatform().daemon().start(() -> {
          for (int i = first; i < tasks; i += 2) {
            sources.get(i).complete(i);
          }
        });
      }
      assertThat(Asyncio.gather(futures).await()).isSorted().hasSize(tasks);
    });
  }

  @Test
  void a_call_of_another_thread_can_be_cancelled_by_it() {
    run(() -> {
      var loop = getRunningLoop();
      Thread other = Thread.ofPlatform().start(() -> {
        loop.callSoonThreadsafe(trail.adding("cancelled")).cancel();
        loop.callSoonThreadsafe(trail.adding("kept"));
      });
      while (other.isAlive()) {
        Thread.onSpinWait(); // so that the loop does not turn meanwhile
      }
      pass(2);
    });
    trail.assertIs("kept");
  }

  // ---- runCoroutineThreadsafe

  @Test
  void another_thread_gets_the_value_of_the_task_that_it_asked_for() throws Exception {
    withLoopInBackground(loop -> {
      var value = runCoroutineThreadsafe(() -> Asyncio.sleep(Duration.ofMillis(1), "value"), loop);
      assertThat(value.get()).isEqualTo("value");
    });
  }

  @Test
  void another_thread_gets_the_failure_of_the_task_that_it_asked_for() throws Exception {
    withLoopInBackground(loop -> {
      var failed = runCoroutineThreadsafe(
          () -> {
            sleep(Duration.ZERO);
            throw new IOException("no route");
          },
          loop);
      assertThatThrownBy(failed::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(IOException.class);
    });
  }

  @Test
  void cancelling_the_jdk_future_cancels_the_task() throws Exception {
    var cancelled = new CompletableFuture<Boolean>();
    var waiting = new CountDownLatch(1);
    withLoopInBackground(loop -> {
      var future = runCoroutineThreadsafe(
          () -> {
            waiting.countDown();
            cancelled.complete(outcome(() -> sleep(HOURS)).equals("CancelledError"));
          },
          loop);
      waiting.await();
      assertThat(future.cancel(true)).isTrue();
      assertThat(cancelled.get()).isTrue();
    });
  }

  @Test
  void a_task_that_is_cancelled_cancels_the_jdk_future() throws Exception {
    withLoopInBackground(loop -> {
      var future = runCoroutineThreadsafe(
          () -> {
            InTask.me().cancel();
            sleep(HOURS);
          },
          loop);
      assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
      assertThat(future.isCancelled()).isTrue();
    });
  }

  @Test
  void a_jdk_future_that_is_cancelled_at_once_starts_no_task() throws Exception {
    var started = new AtomicBoolean();
    var cancelled = new AtomicBoolean();
    withLoopInBackground(loop -> {
      loop.callSoonThreadsafe(() -> {
        while (!cancelled.get()) {
          Thread.onSpinWait(); // so that the loop does not turn meanwhile
        }
      });
      var future = runCoroutineThreadsafe(() -> started.set(true), loop);
      future.cancel(false);
      cancelled.set(true);
      assertThat(runCoroutineThreadsafe(() -> "next", loop).get()).isEqualTo("next");
      assertThat(started).isFalse();
    });
  }

  @Test
  void a_closed_loop_takes_no_task_of_another_thread() {
    var loop = Asyncio.newEventLoop();
    loop.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> runCoroutineThreadsafe(() -> "value", loop))
        .withMessage("Event loop is closed");
  }

  // ---- wrapFuture

  @Test
  void a_completable_future_gives_its_value_its_failure_or_its_cancellation() {
    run(() -> {
      var value = new CompletableFuture<String>();
      var failure = new CompletableFuture<String>();
      var cancellation = new CompletableFuture<String>();
      var wrapped = List.of(wrapFuture(value), wrapFuture(failure), wrapFuture(cancellation));
      Thread _ = Thread.ofPlatform().start(() -> {
        value.complete("value");
        failure.completeExceptionally(new ArithmeticException("/"));
        cancellation.cancel(true);
      });
      assertThat(wrapped.get(0).await()).isEqualTo("value");
      assertThat(outcome(wrapped.get(1)::await)).isEqualTo("ArithmeticException");
      assertThat(outcome(wrapped.get(2)::await)).isEqualTo("CancelledError");
    });
  }

  @Test
  void a_future_that_tells_nobody_when_it_is_done_is_waited_for() {
    run(() -> {
      var value = new FutureTask<>(() -> "value");
      var failure = new FutureTask<String>(() -> {
        throw new IOException("no route");
      });
      var cancellation = new FutureTask<>(() -> "never");
      var wrapped = List.of(wrapFuture(value), wrapFuture(failure), wrapFuture(cancellation));
      Thread _ = Thread.ofPlatform().start(() -> {
        value.run();
        failure.run();
        cancellation.cancel(false);
      });
      assertThat(wrapped.get(0).await()).isEqualTo("value");
      assertThat(outcome(wrapped.get(1)::await)).isEqualTo("CompletionException");
      assertThat(wrapped.get(1).exception()).isInstanceOf(IOException.class);
      assertThat(outcome(wrapped.get(2)::await)).isEqualTo("CancelledError");
    });
  }

  @Test
  void cancelling_the_loops_future_cancels_the_jdks() {
    run(() -> {
      var promise = new CompletableFuture<String>();
      var call = new FutureTask<>(() -> "never");
      var wrapped = List.of(wrapFuture(promise), wrapFuture(call));
      wrapped.forEach(Future::cancel);
      pass(2);
      assertThat(promise.isCancelled()).isTrue();
      assertThat(call.isCancelled()).isTrue();
    });
  }

  @Test
  void a_task_that_is_cancelled_while_it_waits_cancels_the_jdks_future() {
    run(() -> {
      var promise = new CompletableFuture<String>();
      var task = InTask.started(() -> wrapFuture(promise).await());
      task.cancel();
      assertThat(outcome(task::await)).isEqualTo("CancelledError");
      pass(2);
      assertThat(promise.isCancelled()).isTrue();
    });
  }

  private interface FromOutside {
    void use(EventLoop loop) throws Exception;
  }

  /// Runs a loop on another thread for as long as `body` takes.
  private static void withLoopInBackground(FromOutside body) throws Exception {
    try (var loop = EventLoop.builder().build()) {
      Thread runner = Thread.ofPlatform().start(loop::runForever);
      try {
        body.use(loop);
      } finally {
        loop.callSoonThreadsafe(loop::stop);
        runner.join();
      }
    }
  }
}
