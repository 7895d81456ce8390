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
import static tepal.Asyncio.timeout;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

@OnLoop
class TaskGroupCancellationTest {
  private final Trail trail = new Trail();

  // ---- The task that entered the group is cancelled

  @Test
  void cancelling_the_task_in_the_body_cancels_the_tasks_of_the_group() {
    Task<?> parent = createTask(() -> TaskGroup.run(group -> {
      group.createTask(() -> cleaningUp("child", ofSeconds(2)));
      cleaningUp("body", ofSeconds(1));
    }));
    sleep(ofSeconds(1));

    parent.cancel("from outside");
    assertThatThrownBy(parent::await).hasMessage("from outside");
    assertThat(parent.cancelled()).isTrue();
    trail.assertIs("body cancelled", "body cleaned up", "child cancelled", "child cleaned up");
  }

  @Test
  void cancelling_the_task_while_the_group_waits_cancels_the_tasks_of_the_group() {
    Task<?> parent = createTask(() ->
        TaskGroup.run(group -> group.createTask(() -> cleaningUp("child", ofSeconds(2)))));
    sleep(ofSeconds(1));

    parent.cancel("from outside");
    assertThatThrownBy(parent::await).isInstanceOf(CancelledError.class).hasMessage("from outside");
    trail.assertIs("child cancelled", "child cleaned up");
  }

  @Test
  void a_task_that_is_cancelled_again_and_again_still_waits_for_its_tasks() {
    Task<?> parent = createTask(() ->
        TaskGroup.run(group -> group.createTask(() -> cleaningUp("child", ofSeconds(5)))));
    sleep(ofSeconds(1));

    for (int i = 0; i < 3; i++) {
      parent.cancel();
      sleep(ofSeconds(1));
    }
    assertThat(parent.done()).isFalse();
    assertThatThrownBy(parent::await).isInstanceOf(CancelledError.class);
    trail.assertIs("child cancelled", "child cleaned up");
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(6));
  }

  @Test
  void a_failure_goes_before_a_cancellation_which_the_task_still_sees_afterwards() {
    Task<?> parent = createTask(() -> {
      try {
        TaskGroup.run(group -> group.createTask(() -> {
          try {
            sleep(ofDays(1));
          } finally {
            failNow("in clean-up");
          }
        }));
      } catch (ExceptionGroup e) {
        trail.add(
            e.exceptions().getFirst().getMessage() + ", cancelling " + self().cancelling());
      }
      sleep(ofSeconds(1));
      trail.add("not reached");
    });
    sleep(ZERO);
    sleep(ZERO);

    parent.cancel();
    assertThatThrownBy(parent::await).isInstanceOf(CancelledError.class);
    trail.assertIs("in clean-up, cancelling 1");
  }

  @Test
  void a_failure_of_a_task_leaves_no_cancellation_behind() {
    assertThatThrownBy(() -> TaskGroup.run(group -> {
          group.createTask(() -> failNow("first"));
          sleep(ofDays(1));
        }))
        .isInstanceOf(ExceptionGroup.class);

    assertThat(self().cancelling()).isZero();
    sleep(ofSeconds(1));
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(1));
  }

  @Test
  void a_body_that_ends_without_waiting_after_a_failure_leaves_no_cancellation_behind() {
    assertThatThrownBy(() -> TaskGroup.run(group -> {
          group.createTask(() -> failNow("eager"), TaskOptions.eager());
          sleep(ZERO);
          trail.add("not reached");
        }))
        .isInstanceOf(ExceptionGroup.class);

    trail.assertIs();
    sleep(ofSeconds(1));
  }

  @Test
  void a_timeout_around_a_group_cancels_its_tasks() {
    assertThatThrownBy(() -> timeout(
            ofSeconds(1),
            () ->
                TaskGroup.run(group -> group.createTask(() -> cleaningUp("child", ofSeconds(1))))))
        .isInstanceOf(TimeoutException.class);
    trail.assertIs("child cancelled", "child cleaned up");
    assertThat(self().cancelling()).isZero();
  }

  @Test
  void a_timeout_in_the_body_of_a_group_concerns_the_body_only() {
    TaskGroup.run(group -> {
      group.createTask(() -> cleaningUp("child", ZERO));
      assertThatThrownBy(() -> timeout(ofSeconds(1), () -> sleep(ofDays(1))))
          .isInstanceOf(TimeoutException.class);
      trail.add("body goes on");
      group.cancel();
    });

    trail.assertIs("body goes on", "child cancelled", "child cleaned up");
  }

  @Test
  void an_inner_group_that_fails_does_not_cancel_the_body_of_the_outer_one() {
    TaskGroup.run(outer -> {
      assertThatThrownBy(() -> TaskGroup.run(inner -> inner.createTask(() -> failNow("inner"))))
          .isInstanceOf(ExceptionGroup.class);
      sleep(ofSeconds(1));
      trail.add("outer goes on");
    });

    trail.assertIs("outer goes on");
  }

  @Test
  void a_failure_in_the_outer_group_ends_the_inner_one_first() {
    assertThatThrownBy(() -> TaskGroup.run(outer -> {
          outer.createTask(() -> {
            sleep(ofSeconds(1));
            failNow("outer");
          });
          try {
            TaskGroup.run(inner -> inner.createTask(() -> cleaningUp("inner", ofSeconds(3))));
          } finally {
            trail.add("inner group ended");
          }
        }))
        .isInstanceOf(ExceptionGroup.class);
    trail.assertIs("inner cancelled", "inner cleaned up", "inner group ended");
    assertThat(self().cancelling()).isZero();
  }

  // ---- cancel()

  @Test
  void a_group_can_be_cancelled_and_ends_without_an_exception() {
    TaskGroup.run(group -> {
      group.createTask(() -> cleaningUp("child", ofSeconds(1)));
      sleep(ofSeconds(1));
      group.cancel();
      trail.add("body goes on until it waits");
      cleaningUp("body", ZERO);
    });
    trail.add("after the group");

    trail.assertIs(
        "body goes on until it waits",
        "child cancelled",
        "body cancelled",
        "body cleaned up",
        "child cleaned up",
        "after the group");
    assertThat(self().cancelling()).isZero();
    sleep(ofSeconds(1));
  }

  @Test
  void a_task_of_the_group_can_cancel_it() {
    TaskGroup.run(group -> {
      group.createTask(() -> cleaningUp("sibling", ZERO));
      group.createTask(() -> {
        sleep(ofSeconds(1));
        trail.add("enough");
        group.cancel();
      });
    });

    trail.assertIs("enough", "sibling cancelled", "sibling cleaned up");
  }

  @Test
  void cancelling_a_group_twice_or_after_its_end_does_nothing() {
    TaskGroup[] kept = new TaskGroup[1];
    TaskGroup.run(group -> {
      kept[0] = group;
      group.cancel();
      group.cancel();
    });

    kept[0].cancel();
    assertThat(self().cancelling()).isZero();
    sleep(ofSeconds(1));
  }

  @Test
  void a_group_that_was_cancelled_takes_no_tasks() {
    TaskGroup.run(group -> {
      group.cancel();
      assertThatThrownBy(() -> group.createTask(() -> 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("TaskGroup[cancelling] is shutting down");
    });
  }

  @Test
  void failures_in_a_cancelled_group_are_thrown() {
    assertThatThrownBy(() -> TaskGroup.run(group -> {
          group.createTask(() -> {
            try {
              sleep(ofDays(1));
            } finally {
              failNow("in clean-up");
            }
          });
          sleep(ZERO);
          group.cancel();
        }))
        .isInstanceOfSatisfying(
            ExceptionGroup.class,
            failed -> assertThat(failed.exceptions().getFirst()).hasMessage("in clean-up"));
  }

  @Test
  void a_body_that_was_cancelled_with_its_group_has_no_value() {
    String value = TaskGroup.call(group -> {
      group.cancel();
      return sleep(ofSeconds(1), "value");
    });
    assertThat(value).isNull();

    String early = TaskGroup.call(group -> {
      group.cancel();
      return "value";
    });
    assertThat(early).isEqualTo("value");
  }

  @Test
  void a_cancellation_from_outside_leaves_a_group_that_was_cancelled_as_well() {
    Task<?> parent = createTask(() -> TaskGroup.run(group -> {
      group.createTask(() -> cleaningUp("child", ofSeconds(5)));
      group.cancel();
      cleaningUp("body", ofSeconds(5));
    }));
    sleep(ofSeconds(1));

    parent.cancel("from outside");
    assertThatThrownBy(parent::await).hasMessage("from outside");
    assertThat(parent.cancelled()).isTrue();
  }

  private void cleaningUp(String name, Duration time) {
    try {
      sleep(ofDays(1));
    } catch (CancelledError e) {
      trail.add(name + " cancelled");
      sleep(time);
      trail.add(name + " cleaned up");
      throw e;
    }
  }

  private static void failNow(String message) {
    throw new ArithmeticException(message);
  }

  private static Task<?> self() {
    return Objects.requireNonNull(currentTask());
  }
}
