// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.currentTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.waitFor;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

@OnLoop
class WaitForTest {
  private final Trail trail = new Trail();

  // ---- A body

  @Test
  void a_body_that_ends_in_time_gives_its_value() {
    assertThat(waitFor(() -> sleep(ofSeconds(1), "value"), ofSeconds(2))).isEqualTo("value");
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(1));
  }

  @Test
  void a_body_that_takes_too_long_is_cancelled_where_it_waits() {
    assertThatThrownBy(() -> waitFor(() -> logCancellation(() -> sleep(ofDays(1))), ofSeconds(2)))
        .isInstanceOf(TimeoutException.class)
        .hasCauseInstanceOf(CancelledError.class);
    trail.assertIs("cancelled");
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(2));
  }

  @Test
  void without_a_timeout_a_body_takes_as_long_as_it_takes() {
    assertThat(waitFor(() -> sleep(ofDays(1), "value"), null)).isEqualTo("value");
  }

  @Test
  void a_body_runs_in_the_task_that_waits_for_it() {
    Task<?> main = currentTask();

    waitFor(() -> assertThat(currentTask()).isSameAs(main), ofSeconds(1));
  }

  @Test
  void a_body_sees_and_changes_the_context_of_the_task() {
    ContextVar<String> user = new ContextVar<>("user");
    user.set("anna");
    waitFor(
        () -> {
          trail.add(user.get());
          user.set("bert");
        },
        ofSeconds(1));

    trail.assertIs("anna");
    assertThat(user.get()).isEqualTo("bert");
  }

  @Test
  void the_exceptions_of_a_body_arrive_as_they_are() {
    var failure = new IOException("disk full");

    assertThatThrownBy(() -> waitFor(
            () -> {
              sleep(ZERO);
              throw failure;
            },
            ofSeconds(1)))
        .isSameAs(failure);
  }

  @Test
  void with_a_timeout_of_zero_or_less_a_body_does_not_start() {
    assertThatThrownBy(() -> waitFor(() -> trail.add("started"), ZERO))
        .isInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> waitFor(() -> trail.add("started"), ofSeconds(-1)))
        .isInstanceOf(TimeoutException.class);
    trail.assertIs();
  }

  @Test
  void a_body_that_swallows_its_cancellation_gives_its_value() {
    String value = waitFor(
        () -> {
          try {
            return sleep(ofDays(1), "in time");
          } catch (CancelledError e) {
            return "late";
          }
        },
        ofSeconds(1));

    assertThat(value).isEqualTo("late");
    sleep(ofSeconds(1));
  }

  @Test
  void a_body_that_fails_while_it_is_cancelled_throws_its_own_exception() {
    assertThatThrownBy(() -> waitFor(
            () -> {
              try {
                sleep(ofDays(1));
              } catch (CancelledError e) {
                throw new ArithmeticException("while cleaning up");
              }
            },
            ofSeconds(1)))
        .isInstanceOf(ArithmeticException.class);
  }

  // ---- A future

  @Test
  void a_future_that_is_done_in_time_gives_its_value() {
    Future<String> future = getRunningLoop().createFuture();
    getRunningLoop().callLater(ofSeconds(1), () -> future.setResult("value"));

    assertThat(waitFor(future, ofSeconds(2))).isEqualTo("value");
  }

  @Test
  void a_future_that_takes_too_long_is_cancelled() {
    Future<String> future = getRunningLoop().createFuture();

    assertThatThrownBy(() -> waitFor(future, ofSeconds(2))).isInstanceOf(TimeoutException.class);
    assertThat(future.cancelled()).isTrue();
  }

  @Test
  void a_task_that_takes_too_long_may_clean_up_first() {
    Task<?> task = createTask(() -> {
      try {
        sleep(ofDays(1));
      } finally {
        sleep(ofSeconds(3));
        trail.add("cleaned up");
      }
    });

    assertThatThrownBy(() -> waitFor(task, ofSeconds(2))).isInstanceOf(TimeoutException.class);
    trail.assertIs("cleaned up");
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(5));
  }

  @Test
  void a_task_that_swallows_its_cancellation_gives_its_value() {
    Task<String> task = createTask(() -> {
      try {
        return sleep(ofDays(1), "in time");
      } catch (CancelledError e) {
        return "late";
      }
    });

    assertThat(waitFor(task, ofSeconds(2))).isEqualTo("late");
  }

  @Test
  void a_future_that_is_cancelled_is_no_timeout() {
    Future<String> future = getRunningLoop().createFuture();
    getRunningLoop().callLater(ofSeconds(1), () -> future.cancel("by itself"));

    assertThatThrownBy(() -> waitFor(future, ofSeconds(2)))
        .isInstanceOf(CancelledError.class)
        .hasMessage("by itself");
  }

  @Test
  void a_timeout_of_zero_takes_a_value_that_is_there() {
    Future<String> future = getRunningLoop().createFuture();
    future.setResult("there");

    assertThat(waitFor(future, ZERO)).isEqualTo("there");
  }

  @Test
  void a_timeout_of_zero_cancels_a_future_that_is_not_done() {
    Future<String> future = getRunningLoop().createFuture();

    assertThatThrownBy(() -> waitFor(future, ZERO)).isInstanceOf(TimeoutException.class);
    assertThat(future.cancelled()).isTrue();
  }

  @Test
  void a_timeout_of_zero_waits_until_a_cancelled_task_has_ended() {
    Task<?> task = createTask(() -> logCancellation(() -> {
      try {
        sleep(ofDays(1));
      } finally {
        sleep(ofSeconds(3));
      }
    }));
    sleep(ZERO);

    assertThatThrownBy(() -> waitFor(task, ZERO)).isInstanceOf(TimeoutException.class);
    trail.assertIs("cancelled");
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(3));
  }

  @Test
  void a_shielded_future_survives_the_timeout() {
    Future<String> future = getRunningLoop().createFuture();

    assertThatThrownBy(() -> waitFor(Asyncio.shield(future), ofSeconds(1)))
        .isInstanceOf(TimeoutException.class);
    assertThat(future.done()).isFalse();
  }

  @Test
  void a_waiting_task_resumes_one_iteration_after_the_future_is_done() {
    Future<String> future = getRunningLoop().createFuture();
    createTask(() -> trail.add(waitFor(future, ofSeconds(5))));
    sleep(ZERO);

    future.setResult("value");
    sleep(ZERO);
    trail.assertIs("value");
  }

  // ---- Cancelled from outside

  @Test
  void cancelling_the_task_that_waits_cancels_what_it_waits_for() {
    Future<String> future = getRunningLoop().createFuture();
    Task<?> task = createTask(() -> logCancellation(() -> waitFor(future, ofDays(1))));
    sleep(ZERO);

    task.cancel("from outside");
    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class).hasMessage("from outside");
    assertThat(future.cancelled()).isTrue();
    trail.assertIs("cancelled");
  }

  @Test
  void a_wait_that_is_over_leaves_no_timer_behind() {
    waitFor(() -> sleep(ZERO), ofDays(1));

    sleep(ZERO);
    assertThat(getRunningLoop().scheduler.timers.isEmpty()).isTrue();
  }

  private <X extends Throwable> void logCancellation(Action<X> body) throws X {
    try {
      body.run();
    } catch (CancelledError e) {
      trail.add("cancelled");
      throw e;
    }
  }
}
