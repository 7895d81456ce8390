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

import java.util.Objects;
import org.junit.jupiter.api.Test;

@OnLoop
class TaskUncancelTest {
  @Test
  void requests_are_counted_and_taken_back_one_by_one() {
    Task<?> task = createTask(() -> sleep(ofDays(1)));

    assertThat(task.uncancel()).isZero();
    task.cancel();
    task.cancel();
    assertThat(task.cancelling()).isEqualTo(2);
    assertThat(task.uncancel()).isOne();
    assertThat(task.uncancel()).isZero();
    assertThat(task.uncancel()).isZero();
    task.cancel();
  }

  @Test
  void a_cancellation_that_is_taken_back_in_time_does_not_reach_the_task() {
    self().cancel();
    assertThat(self().uncancel()).isZero();

    sleep(ZERO);
    sleep(ofSeconds(1));
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(1));
  }

  @Test
  void a_task_runs_if_its_cancellation_is_taken_back_before_its_first_step() {
    Task<String> task = createTask(() -> "ran");
    task.cancel();
    task.uncancel();

    assertThat(task.await()).isEqualTo("ran");
  }

  @Test
  void while_one_of_two_requests_is_left_the_cancellation_arrives() {
    self().cancel("first");
    self().cancel("second");
    self().uncancel();

    assertThatThrownBy(() -> sleep(ZERO)).hasMessage("second");
    assertThat(self().uncancel()).isZero();
  }

  @Test
  void a_task_that_takes_its_cancellation_back_goes_on_as_before() {
    Task<String> task = createTask(() -> {
      try {
        sleep(ofDays(1));
      } catch (CancelledError e) {
        self().uncancel();
      }
      sleep(ofSeconds(1));
      return "value";
    });
    sleep(ZERO);

    task.cancel();
    assertThat(task.await()).isEqualTo("value");
    assertThat(task.cancelling()).isZero();
  }

  private static Task<?> self() {
    return Objects.requireNonNull(currentTask());
  }
}
