// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.allTasks;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.currentTask;
import static tepal.Asyncio.gather;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

@OnLoop
class TaskCancellationTest {
  private final Trail trail = new Trail();

  // ---- When the cancellation comes

  @Test
  void a_task_that_is_cancelled_before_its_first_step_never_runs() {
    Task<?> task = createTask(() -> {
      try {
        trail.add("body");
      } finally {
        trail.add("finally");
      }
    });

    assertThat(task.cancel("too early")).isTrue();
    assertThat(task.done()).isFalse();
    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class).hasMessage("too early");
    trail.assertIs();
  }

  @Test
  void a_sleeping_task_is_cancelled_where_it_sleeps() {
    Task<?> task = createTask(() -> {
      try {
        sleep(ofDays(1));
      } catch (CancelledError e) {
        trail.add("cancelled: " + e.getMessage());
        throw e;
      }
    });
    sleep(ZERO);

    task.cancel("enough");
    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class).hasMessage("enough");
    assertThat(task.cancelled()).isTrue();
    trail.assertIs("cancelled: enough");
  }

  @Test
  void a_cancelled_sleep_leaves_no_timer_behind() {
    Task<?> task = createTask(() -> sleep(ofDays(1)));
    sleep(ZERO);

    task.cancel();
    sleep(ZERO);
    sleep(ZERO);
    assertThat(getRunningLoop().scheduler.timers.isEmpty()).isTrue();
  }

  @Test
  void a_task_that_yields_is_cancelled_when_it_resumes() {
    Task<?> task = createTask(() -> {
      sleep(ZERO);
      trail.add("went on");
    });
    sleep(ZERO);

    task.cancel();
    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
    trail.assertIs();
  }

  @Test
  void the_future_that_a_cancelled_task_waits_for_is_cancelled_too() {
    Future<Object> future = getRunningLoop().createFuture();
    Task<Object> task = createTask(() -> future.await());
    sleep(ZERO);

    task.cancel("both");
    assertThat(future.cancelled()).isTrue();
    assertThat(task.done()).isFalse();
    sleep(ZERO);
    assertThat(task.cancelled()).isTrue();
    assertThatThrownBy(future::result).hasMessage("both");
  }

  @Test
  void a_cancellation_goes_through_nested_tasks_and_back_one_iteration_each() {
    Task<?> innermost = createTask(() -> logCancellation("innermost", () -> sleep(ofDays(1))));
    Task<?> middle = createTask(() -> logCancellation("middle", innermost::await));
    Task<?> outermost = createTask(() -> logCancellation("outermost", middle::await));
    sleep(ZERO);

    outermost.cancel("from outside");
    sleep(ZERO);
    trail.assertIs("innermost: from outside");
    sleep(ZERO);
    trail.assertIs("middle: from outside");
    sleep(ZERO);
    trail.assertIs("outermost: from outside");
    assertThat(innermost.cancelling()).isOne();
  }

  private <X extends Throwable> void logCancellation(String name, Action<X> body) throws X {
    try {
      body.run();
    } catch (CancelledError e) {
      trail.add(name + ": " + e.getMessage());
      throw e;
    }
  }

  @Test
  void a_value_is_lost_if_the_task_is_cancelled_before_it_resumes_with_it() {
    Future<String> future = getRunningLoop().createFuture();
    Task<String> task = createTask(() -> future.await());
    sleep(ZERO);

    future.setResult("lost");
    assertThat(task.cancel("late")).isTrue();
    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class).hasMessage("late");
    assertThat(task.cancelling()).isOne();
    assertThat(future.result()).isEqualTo("lost");
  }

  @Test
  void an_exception_is_lost_if_the_task_is_cancelled_before_it_resumes_with_it() {
    Future<String> future = getRunningLoop().createFuture();
    Task<String> task = createTask(() -> future.await());
    sleep(ZERO);

    future.setException(new ArithmeticException("lost"));
    task.cancel();
    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
  }

  @Test
  void a_task_that_cancels_itself_goes_on_until_it_waits() {
    Task<?> task = createTask(() -> {
      self().cancel("myself");
      trail.add("went on");
      logCancellation("waiting", () -> sleep(ofSeconds(1)));
    });

    assertThatThrownBy(task::await).hasMessage("myself");
    trail.assertIs("went on", "waiting: myself");
  }

  @Test
  void a_task_that_cancels_itself_and_returns_is_cancelled() {
    Task<String> task = createTask(() -> {
      self().cancel("myself");
      return "value";
    });

    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class).hasMessage("myself");
    assertThat(task.cancelled()).isTrue();
  }

  @Test
  void a_task_that_cancels_itself_and_fails_has_failed() {
    Task<String> task = createTask(() -> {
      self().cancel();
      throw new ArithmeticException("division");
    });

    assertThatThrownBy(task::await).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void awaiting_what_is_done_is_no_place_to_be_cancelled() {
    Future<String> done = getRunningLoop().createFuture();
    done.setResult("value");
    Task<?> task = createTask(() -> {
      self().cancel();
      trail.add(done.await());
      sleep(ZERO);
      trail.add("not reached");
    });

    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
    trail.assertIs("value");
  }

  @Test
  void a_task_that_is_done_cannot_be_cancelled() {
    Task<String> task = createTask(() -> "value");
    task.await();

    assertThat(task.cancel()).isFalse();
    assertThat(task.cancelling()).isZero();
    assertThat(task.await()).isEqualTo("value");
  }

  // ---- What the body does with it

  @Test
  void catching_exceptions_does_not_catch_a_cancellation() {
    Task<?> task = createTask(() -> {
      try {
        sleep(ofDays(1));
      } catch (Exception e) {
        trail.add("swallowed");
      }
    });
    sleep(ZERO);

    task.cancel();
    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
    trail.assertIs();
  }

  @Test
  void a_cancelled_task_can_wait_while_it_cleans_up() {
    Task<?> task = createTask(() -> {
      try {
        sleep(ofDays(1));
      } finally {
        sleep(ofSeconds(5));
        trail.add("cleaned up");
      }
    });
    sleep(ZERO);

    task.cancel();
    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
    trail.assertIs("cleaned up");
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(5));
  }

  @Test
  void a_second_cancellation_ends_the_clean_up() {
    Task<?> task = createTask(() -> {
      try {
        sleep(ofDays(1));
      } finally {
        logCancellation("clean-up", () -> sleep(ofDays(1)));
      }
    });
    sleep(ZERO);

    task.cancel("first");
    sleep(ZERO);
    task.cancel("second");
    assertThatThrownBy(task::await).hasMessage("second");
    assertThat(task.cancelling()).isEqualTo(2);
    trail.assertIs("clean-up: second");
  }

  @Test
  void two_cancellations_at_once_arrive_as_one_with_the_first_message() {
    Task<?> task = createTask(() -> {
      logCancellation("sleep", () -> sleep(ofDays(1)));
    });
    sleep(ZERO);

    assertThat(task.cancel("first")).isTrue();
    assertThat(task.cancel("second")).isTrue();
    assertThatThrownBy(task::await).hasMessage("first");
    assertThat(task.cancelling()).isEqualTo(2);
    trail.assertIs("sleep: first");
  }

  @Test
  void a_task_that_swallows_its_cancellation_ends_with_its_value() {
    Task<String> task = createTask(() -> {
      try {
        sleep(ofDays(1));
      } catch (CancelledError e) {
        trail.add("swallowed");
      }
      sleep(ofSeconds(1));
      return "value";
    });
    sleep(ZERO);

    task.cancel();
    assertThat(task.await()).isEqualTo("value");
    assertThat(task.cancelled()).isFalse();
    assertThat(task.cancelling()).isOne();
    trail.assertIs("swallowed");
  }

  @Test
  void a_task_that_turns_its_cancellation_into_a_failure_has_failed() {
    Task<?> task = createTask(() -> {
      try {
        sleep(ofDays(1));
      } catch (CancelledError e) {
        throw new ArithmeticException("while cleaning up");
      }
    });
    sleep(ZERO);

    task.cancel();
    assertThatThrownBy(task::await).hasMessage("while cleaning up");
    assertThat(task.cancelled()).isFalse();
  }

  @Test
  void a_body_that_throws_a_cancellation_of_its_own_is_cancelled() {
    Task<?> task = createTask(() -> {
      throw new CancelledError("on my own account");
    });

    assertThatThrownBy(task::await).hasMessage("on my own account");
    assertThat(task.cancelled()).isTrue();
    assertThat(task.cancelling()).isZero();
  }

  @Test
  void the_error_that_left_the_body_is_thrown_to_the_first_who_asks() {
    AtomicReference<@Nullable CancelledError> thrown = new AtomicReference<>();
    Task<?> task = createTask(() -> {
      try {
        sleep(ofDays(1));
      } catch (CancelledError e) {
        thrown.set(e);
        throw e;
      }
    });
    sleep(ZERO);
    task.cancel();
    sleep(ZERO);

    assertThatThrownBy(task::result).isSameAs(thrown.get());
    assertThatThrownBy(task::result).isInstanceOf(CancelledError.class).isNotSameAs(thrown.get());
  }

  private static Task<?> self() {
    return Objects.requireNonNull(currentTask());
  }

  @Test
  void a_long_chain_of_tasks_that_wait_for_each_other_is_cancelled_from_its_end() {
    Task<?> task = createTask(() -> sleep(ofSeconds(1)));
    Task<?> end = task;
    for (int i = 0; i < 20_000; i++) {
      Task<?> awaited = task;
      task = createTask(() -> awaited.await());
    }
    sleep(ZERO);

    task.cancel();

    assertThat(end.cancelling()).isEqualTo(1);
    assertThatExceptionOfType(CancelledError.class).isThrownBy(task::await);
    assertThat(end.cancelled()).isTrue();
  }

  @Test
  void tasks_that_wait_for_each_other_in_a_circle_can_be_cancelled() {
    List<Task<?>> tasks = new ArrayList<>();
    tasks.add(createTask(() -> tasks.get(1).await()));
    tasks.add(createTask(() -> tasks.get(0).await()));
    sleep(ZERO);

    tasks.get(0).cancel();

    assertThatExceptionOfType(CancelledError.class)
        .isThrownBy(() -> tasks.get(0).await());
    assertThatExceptionOfType(CancelledError.class)
        .isThrownBy(() -> tasks.get(1).await());
    assertThat(tasks.get(1).cancelling()).isZero();
  }

  @Test
  void tasks_that_gather_each_other_in_a_circle_can_be_cancelled() {
    // At the end nobody waits for what the task gathered that left the circle: that is reported.
    getRunningLoop().setExceptionHandler((_, _) -> {});
    List<Task<?>> tasks = new ArrayList<>();
    tasks.add(createTask(() -> gather(tasks.get(1)).await()));
    tasks.add(createTask(() -> gather(tasks.get(0)).await()));
    sleep(ZERO);

    tasks.get(0).cancel();

    assertThatExceptionOfType(CancelledError.class)
        .isThrownBy(() -> tasks.get(0).await());
    assertThatExceptionOfType(CancelledError.class)
        .isThrownBy(() -> tasks.get(1).await());
    assertThat(allTasks()).hasSize(1);
  }
}
