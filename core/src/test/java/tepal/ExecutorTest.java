// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.run;
import static tepal.InTask.outcome;
import static tepal.InTask.pass;
import static tepal.InTask.started;

import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// Calls on other threads: `runInExecutor`, `toThread` and the default executor.
class ExecutorTest {
  private final Trail trail = new Trail();

  // ---- runInExecutor

  @Test
  void a_call_runs_on_a_daemon_thread_of_the_default_executor() {
    run(() -> {
      var thread = getRunningLoop().runInExecutor(null, Thread::currentThread).await();
      assertThat(thread.getName()).startsWith("tepal-worker-");
      assertThat(thread.isDaemon()).isTrue();
      assertThat(thread).isNotSameAs(Thread.currentThread());
    });
  }

  @Test
  void any_executor_will_do() {
    Executor inPlace = Runnable::run;
    Executor newThread = command -> Thread.ofPlatform().start(command);
    run(() -> {
      for (Executor each : List.of(inPlace, newThread)) {
        assertThat(getRunningLoop().runInExecutor(each, () -> "value").await()).isEqualTo("value");
      }
    });
  }

  @Test
  void other_tasks_run_while_a_call_does() {
    var gate = new CountDownLatch(1);
    run(() -> {
      var call = getRunningLoop().runInExecutor(null, () -> {
        gate.await();
        return "value";
      });
      Asyncio.createTask(() -> {
        trail.add("another task");
        gate.countDown();
      });
      trail.add(call.await());
    });
    trail.assertIs("another task", "value");
  }

  @Test
  void a_failure_arrives_as_itself_and_a_checked_one_as_a_cause() {
    run(() -> {
      var loop = getRunningLoop();
      assertThatThrownBy(() ->
              loop.runInExecutor(null, failing(new ArithmeticException("/"))).await())
          .isInstanceOf(ArithmeticException.class);
      assertThatThrownBy(() ->
              loop.runInExecutor(null, failing(new IOException("no route"))).await())
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(IOException.class);
    });
  }

  private static Callable<String> failing(Exception failure) {
    return () -> {
      throw failure;
    };
  }

  @Test
  void an_executor_that_takes_no_call_says_so_and_leaves_nothing_outstanding() {
    Executor rejecting = _ -> {
      throw new RejectedExecutionException("full");
    };
    Executor broken = _ -> {
      throw new IllegalArgumentException("broken");
    };
    run(() -> {
      var loop = getRunningLoop();
      assertThat(outcome(() -> loop.runInExecutor(rejecting, () -> "value")))
          .isEqualTo("RejectedExecutionException");
      assertThat(outcome(() -> loop.runInExecutor(broken, () -> "value")))
          .isEqualTo("IllegalArgumentException");
      assertThat(loop.scheduler.work()).isFalse();
    });
  }

  @Test
  void a_call_that_is_cancelled_before_it_begins_does_not_run() {
    List<Runnable> queued = new ArrayList<>();
    run(() -> {
      var call = getRunningLoop().runInExecutor(queued::add, () -> {
        trail.add("ran");
        return "value";
      });
      assertThat(call.cancel()).isTrue();
      pass(2);
      queued.forEach(Runnable::run);
      pass(2);
      assertThat(call.cancelled()).isTrue();
      assertThat(getRunningLoop().scheduler.work()).isFalse();
    });
    trail.assertIs();
  }

  @Test
  void a_call_that_is_cancelled_while_it_runs_goes_on() throws InterruptedException {
    var began = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    var ended = new CompletableFuture<Boolean>();
    run(() -> {
      var call = getRunningLoop().runInExecutor(null, () -> {
        began.countDown();
        gate.await();
        ended.complete(Thread.currentThread().isInterrupted());
        return "value";
      });
      Asyncio.<InterruptedException>toThread(() -> began.await());
      call.cancel();
      assertThat(outcome(call::await)).isEqualTo("CancelledError");
      gate.countDown();
      assertThat(Asyncio.<Boolean>wrapFuture(ended).await()).isFalse();
    });
  }

  @Test
  void a_serializable_call_is_submitted_to_the_service_as_it_is() {
    var service = new Recording();
    try (service) {
      run(() -> {
        var call = new Portable("value");
        assertThat(getRunningLoop().runInExecutor(service, call).await()).isEqualTo("value");
        assertThat(service.submitted).containsExactly(call);
        assertThat(getRunningLoop().runInExecutor(service, () -> "plain").await())
            .isEqualTo("plain");
        assertThat(service.submitted).hasSize(1);
      });
    }
  }

  private record Portable(String value) implements Callable<String>, Serializable {
    @Override
    public String call() {
      return value;
    }
  }

  /// A service that could send what is submitted to another process.
  private static final class Recording extends ThreadPoolExecutor {
    private final List<Object> submitted = new ArrayList<>();

    Recording() {
      super(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    }

    @Override
    public <T> Future<T> submit(Callable<T> call) {
      submitted.add(call);
      return super.submit(call);
    }
  }

  // ---- toThread

  @Test
  void to_thread_carries_context_variables_over_but_not_back() {
    var variable = new ContextVar<>("variable", "unset");
    run(() -> {
      variable.set("main's");
      String seen = Asyncio.<String, RuntimeException>toThread(() -> {
        String before = variable.get();
        variable.set("the thread's");
        return before;
      });
      assertThat(seen).isEqualTo("main's");
      assertThat(variable.get()).isEqualTo("main's");
    });
  }

  @Test
  void to_thread_throws_what_the_body_throws() {
    run(() -> assertThatThrownBy(() -> Asyncio.toThread(() -> {
          throw new IOException("no route");
        }))
        .isInstanceOf(IOException.class)
        .hasMessage("no route"));
  }

  @Test
  void to_thread_lets_go_at_once_when_its_task_is_cancelled() {
    var gate = new CountDownLatch(1);
    run(() -> {
      var task = started(() -> Asyncio.toThread(() -> gate.await()));
      task.cancel();
      assertThat(outcome(task::await)).isEqualTo("CancelledError");
      gate.countDown();
    });
  }

  @Test
  void to_thread_outside_a_task_says_what_it_expected() {
    assertThatIllegalStateException()
        .isThrownBy(() -> Asyncio.toThread(() -> "value"))
        .withMessageContaining("toThread() must be called in a task");
  }

  // ---- The default executor

  @Test
  void the_default_executor_can_be_chosen_and_ends_with_the_loop() {
    var number = new AtomicInteger();
    var chosen = Executors.newFixedThreadPool(
        1, work -> new Thread(work, "chosen-" + number.incrementAndGet()));
    run(() -> {
      getRunningLoop().setDefaultExecutor(chosen);
      assertThat(Asyncio.<String, RuntimeException>toThread(
              () -> Thread.currentThread().getName()))
          .isEqualTo("chosen-1");
    });
    assertThat(chosen.isTerminated()).isTrue();
  }

  @Test
  void shutting_the_default_executor_down_waits_for_its_calls() {
    var gate = new CountDownLatch(1);
    run(() -> {
      var loop = getRunningLoop();
      var call = loop.runInExecutor(null, () -> {
        gate.await();
        return "value";
      });
      loop.callSoon(gate::countDown);
      loop.shutdownDefaultExecutor(null);
      assertThat(call.await()).isEqualTo("value");
      assertThatIllegalStateException()
          .isThrownBy(() -> loop.runInExecutor(null, () -> "late"))
          .withMessage("Executor shutdown has been called");
    });
  }

  @Test
  void shutting_the_default_executor_down_gives_up_when_the_time_is_over() {
    var gate = new CountDownLatch(1);
    try (LogRecords log = LogRecords.ofTepal();
        var loop = EventLoop.builder().build()) {
      loop.runUntilComplete(() -> {
        var call = loop.runInExecutor(null, () -> {
          gate.await();
          return "value";
        });
        loop.shutdownDefaultExecutor(Duration.ofMillis(5));
        assertThat(log.messages("The executor did not finish")).hasSize(1);
        assertThat(call.done()).isFalse();
        gate.countDown();
        assertThat(call.await()).isEqualTo("value");
      });
    }
  }

  @Test
  void shutting_down_an_executor_that_was_never_used_does_nothing() {
    run(() -> {
      getRunningLoop().shutdownDefaultExecutor(Duration.ZERO);
      trail.add("returned");
    });
    trail.assertIs("returned");
  }
}
