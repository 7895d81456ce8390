// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.currentTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.EventLoop;

/// A loop in the background and the threads that call into it.
class BlockingPortalTest {
  private static final Duration AN_HOUR = Duration.ofHours(1);

  private final List<String> steps = new CopyOnWriteArrayList<>();

  // ---- call

  @Test
  void a_call_gives_the_value_of_a_body_that_runs_as_a_task() {
    try (var portal = BlockingPortal.start()) {
      String value =
          portal.call(() -> sleep(Duration.ofMillis(1), currentTask() == null ? "" : "task"));

      assertThat(value).isEqualTo("task");
    }
  }

  @Test
  void a_call_throws_what_the_body_throws_checked_or_not() {
    var checked = new IOException("no route");
    var unchecked = new IllegalArgumentException("no");
    try (var portal = BlockingPortal.start()) {
      assertThatThrownBy(() -> portal.call(() -> {
            throw checked;
          }))
          .isSameAs(checked);
      assertThatThrownBy(() -> portal.call(() -> {
            throw unchecked;
          }))
          .isSameAs(unchecked);
      assertThat(portal.<String, RuntimeException>call(() -> "goes on")).isEqualTo("goes on");
    }
  }

  @Test
  void a_call_whose_task_is_cancelled_throws_the_cancellation() {
    try (var portal = BlockingPortal.start()) {
      assertThatExceptionOfType(CancelledError.class)
          .isThrownBy(() -> portal.call(() -> {
            Objects.requireNonNull(currentTask()).cancel();
            sleep(AN_HOUR);
          }));
    }
  }

  @Test
  void many_threads_call_at_a_time_and_bodies_run_one_at_a_time() throws Exception {
    int[] sum = {0};
    try (var portal = BlockingPortal.start()) {
      List<Thread> threads = java.util.stream.IntStream.range(0, 8)
          .mapToObj(_ -> Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 500; i++) {
              portal.call(() -> {
                int before = sum[0];
                sleep(Duration.ZERO);
                sum[0] = Math.max(sum[0], before) + 0;
                sum[0]++;
              });
            }
          }))
          .toList();
      for (Thread each : threads) {
        each.join();
      }
      assertThat(portal.<Integer, RuntimeException>call(() -> sum[0])).isEqualTo(4_000);
    }
  }

  @Test
  void an_interrupt_of_the_caller_cancels_the_task_and_waits_for_its_end() throws Exception {
    try (var portal = BlockingPortal.start()) {
      var waiting = new CountDownLatch(1);
      var flag = new CompletableFuture<Boolean>();
      Thread caller = Thread.ofPlatform().start(() -> {
        try {
          portal.call(() -> {
            try {
              waiting.countDown();
              sleep(AN_HOUR);
            } finally {
              sleep(Duration.ofMillis(1));
              steps.add("cleaned up");
            }
          });
        } catch (CancelledError e) {
          steps.add("caller got " + e);
        }
        flag.complete(Thread.currentThread().isInterrupted());
      });
      waiting.await();
      caller.interrupt();

      assertThat(flag.get()).isTrue();
      assertThat(steps).containsExactly("cleaned up", "caller got tepal.CancelledError");
    }
  }

  @Test
  void a_caller_that_is_interrupted_already_cancels_its_task_before_it_begins_or_where_it_waits() {
    try (var portal = BlockingPortal.start()) {
      Thread.currentThread().interrupt();

      assertThatExceptionOfType(CancelledError.class)
          .isThrownBy(() -> portal.call(() -> sleep(AN_HOUR)));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void a_task_that_swallows_the_cancellation_of_an_interrupt_gives_its_value() throws Exception {
    try (var portal = BlockingPortal.start()) {
      var waiting = new CountDownLatch(1);
      var value = new CompletableFuture<@Nullable String>();
      Thread caller = Thread.ofPlatform()
          .start(() -> value.complete(portal.call(() -> {
            try {
              waiting.countDown();
              sleep(AN_HOUR);
              return "slept";
            } catch (CancelledError e) {
              return "swallowed";
            }
          })));
      waiting.await();
      caller.interrupt();

      assertThat(value.get()).isEqualTo("swallowed");
    }
  }

  @Test
  void a_call_on_the_loops_own_thread_is_refused() throws Exception {
    try (var portal = BlockingPortal.start()) {
      var inCallback = new CompletableFuture<Throwable>();
      portal.call(() -> {
        assertThatIllegalStateException()
            .isThrownBy(() -> portal.call(() -> "value"))
            .withMessageStartingWith("call() must be called on another thread than the loop's");
        assertThatIllegalStateException().isThrownBy(portal::close);
        getRunningLoop().callSoon(() -> {
          try {
            portal.call(() -> "value");
          } catch (Throwable e) {
            inCallback.complete(e);
          }
        });
      });
      assertThat(inCallback.get()).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void a_task_of_another_loop_may_call() {
    try (var portal = BlockingPortal.start()) {
      assertThat(Asyncio.<String, RuntimeException>run(() -> portal.call(() -> "value")))
          .isEqualTo("value");
    }
  }

  // ---- startTaskSoon

  @Test
  void a_task_is_started_and_waited_for_later() throws Exception {
    try (var portal = BlockingPortal.start()) {
      var value = portal.startTaskSoon(() -> sleep(Duration.ofMillis(1), "value"));
      var failure = portal.startTaskSoon(() -> {
        throw new IOException("no route");
      });

      assertThat(value.get()).isEqualTo("value");
      assertThatThrownBy(failure::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void cancelling_the_future_cancels_the_task() throws Exception {
    try (var portal = BlockingPortal.start()) {
      var waiting = new CountDownLatch(1);
      var ended = new CompletableFuture<String>();
      var future = portal.startTaskSoon(() -> {
        try {
          waiting.countDown();
          sleep(AN_HOUR);
        } catch (CancelledError e) {
          ended.complete("cancelled");
          throw e;
        }
      });
      waiting.await();
      future.cancel(false);

      assertThat(ended.get()).isEqualTo("cancelled");
    }
  }

  @Test
  void the_callback_thread_completes_the_future() throws Exception {
    try (var portal = BlockingPortal.start()) {
      var dependent = portal
          .startTaskSoon(() -> sleep(Duration.ofMillis(50), "value"))
          .thenApply(_ -> Thread.currentThread().getName() + ", task " + currentTask());

      assertThat(dependent.get()).isEqualTo("tepal-callbacks, task null");
    }
  }

  // ---- startTask

  @Test
  void a_task_says_that_it_has_started_and_goes_on() throws Exception {
    try (var portal = BlockingPortal.start()) {
      StartedTask<Integer> server = portal.startTask(status -> {
        sleep(Duration.ofMillis(1));
        status.started(8080);
        sleep(AN_HOUR);
      });

      assertThat(server.value()).isEqualTo(8080);
      assertThat(server.future()).isNotDone();
      server.future().cancel(false);
    }
  }

  @Test
  void a_task_that_fails_before_it_has_started_fails_the_start() {
    try (var portal = BlockingPortal.start()) {
      assertThatThrownBy(() -> portal.startTask(_ -> {
            throw new IOException("address in use");
          }))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void a_task_that_ends_without_having_started_is_an_error_and_one_that_starts_twice_too() {
    try (var portal = BlockingPortal.start()) {
      assertThatIllegalStateException()
          .isThrownBy(() -> portal.startTask(_ -> {}))
          .withMessage("The task ended without having called started()");
      var task = portal.<String>startTask(status -> {
        status.started("once");
        status.started("twice");
      });
      assertThatThrownBy(() -> task.future().get()).hasCauseInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void an_interrupt_before_the_start_cancels_the_task() {
    try (var portal = BlockingPortal.start()) {
      Thread.currentThread().interrupt();

      assertThatExceptionOfType(CancelledError.class)
          .isThrownBy(() -> portal.startTask(_ -> sleep(AN_HOUR)));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  // ---- The end

  @Test
  void closing_waits_for_tasks_and_ends_the_loop() {
    CompletableFuture<String> value;
    EventLoop loop;
    try (var portal = BlockingPortal.start()) {
      loop = portal.call(Asyncio::getRunningLoop);
      value = portal.startTaskSoon(() -> sleep(Duration.ofMillis(20), "value"));
    }

    assertThat(value).isCompletedWithValue("value");
    assertThat(loop.isClosed()).isTrue();
  }

  @Test
  void an_interrupt_of_the_thread_that_closes_cancels_the_tasks() {
    var portal = BlockingPortal.start();
    var task = portal.startTaskSoon(() -> sleep(AN_HOUR));
    Thread.currentThread().interrupt();
    portal.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(task).isCancelled();
  }

  @Test
  void stopping_cancels_the_tasks_if_that_is_asked() {
    var portal = BlockingPortal.start();
    var first = portal.startTaskSoon(() -> sleep(AN_HOUR));
    portal.stop(true);
    portal.close();

    assertThat(first).isCancelled();
  }

  @Test
  void a_stopped_portal_refuses_calls() {
    var portal = BlockingPortal.start();
    portal.stop();

    assertThatIllegalStateException()
        .isThrownBy(() -> portal.call(() -> "value"))
        .withMessage("Expected a portal that is open, but it is stopped");
    assertThatIllegalStateException().isThrownBy(() -> portal.startTaskSoon(() -> "value"));
    portal.close();
    portal.close();
    assertThatIllegalStateException().isThrownBy(() -> portal.call(() -> "value"));
  }

  @Test
  void what_was_asked_for_before_the_stop_still_runs() {
    for (int round = 0; round < 200; round++) {
      CompletableFuture<String> value;
      try (var portal = BlockingPortal.start()) {
        value = portal.startTaskSoon(() -> "value");
      }
      assertThat(value).isCompletedWithValue("value");
    }
  }

  @Test
  void tasks_that_tasks_made_are_cancelled_when_the_loop_ends() throws Exception {
    var ended = new CompletableFuture<String>();
    try (var portal = BlockingPortal.start()) {
      portal.call(() -> {
        var _ = createTask(() -> {
          try {
            sleep(AN_HOUR);
          } catch (CancelledError e) {
            ended.complete("cancelled");
            throw e;
          }
        });
        sleep(Duration.ZERO);
      });
    }
    assertThat(ended.get()).isEqualTo("cancelled");
  }

  @Test
  void a_loop_that_cannot_be_made_fails_the_start() {
    var builder = EventLoop.builder().clock(new FailingClock());

    assertThatThrownBy(() -> {
          try (var portal = BlockingPortal.start(builder)) {
            portal.call(() -> sleep(AN_HOUR));
          }
        })
        .isInstanceOfAny(IllegalStateException.class, CancelledError.class);
  }

  private static final class FailingClock implements tepal.LoopClock {
    @Override
    public long nanoTime() {
      throw new IllegalStateException("no time");
    }

    @Override
    public long idle(long deadlineNanos, Outstanding outstanding) {
      throw new IllegalStateException("no time");
    }
  }

  @Test
  void a_call_of_a_portal_whose_loop_dies_does_not_wait_for_ever() {
    var portal = BlockingPortal.start();
    var pending = portal.startTaskSoon(() -> sleep(AN_HOUR));
    var fatal = new OutOfMemoryError("as if");
    assertThatThrownBy(() -> portal.call(() -> {
          throw fatal;
        }))
        .isInstanceOfAny(OutOfMemoryError.class, CancelledError.class);

    assertThatExceptionOfType(CancellationException.class).isThrownBy(pending::join);
    assertThatThrownBy(portal::close).isSameAs(fatal);
  }
}
