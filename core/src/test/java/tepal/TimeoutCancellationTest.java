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
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

@OnLoop
class TimeoutCancellationTest {
  private final Trail trail = new Trail();

  // ---- Nested

  @Test
  void the_inner_limit_expires_first() {
    assertThatThrownBy(() -> timeout(ofSeconds(5), () -> {
          assertThatThrownBy(() -> timeout(ofSeconds(1), this::sleepLong))
              .isInstanceOf(TimeoutException.class);
          trail.add("after the inner one, at " + now());
          sleepLong();
        }))
        .isInstanceOf(TimeoutException.class);
    trail.assertIs("cancelled", "after the inner one, at PT1S", "cancelled");
    assertThat(now()).isEqualTo(ofSeconds(5));
  }

  @Test
  void the_outer_limit_expires_first_and_passes_the_inner_one_as_a_cancellation() {
    Timeout inner = Timeout.after(ofSeconds(5));

    assertThatThrownBy(() -> timeout(ofSeconds(1), () -> {
          try {
            inner.run(this::sleepLong);
          } catch (CancelledError e) {
            trail.add("leaves the inner one");
            throw e;
          }
        }))
        .isInstanceOf(TimeoutException.class);
    trail.assertIs("cancelled", "leaves the inner one");
    assertThat(inner.expired()).isFalse();
  }

  @Test
  void when_both_limits_expire_at_once_a_timeout_leaves_both() {
    Timeout inner = Timeout.at(ofSeconds(1));
    Timeout outer = Timeout.at(ofSeconds(1));

    assertThatThrownBy(() -> outer.run(() -> inner.run(this::sleepLong)))
        .isInstanceOf(TimeoutException.class);
    trail.assertIs("cancelled");
    assertThat(inner.expired()).isTrue();
    assertThat(outer.expired()).isTrue();
    assertThat(self().cancelling()).isZero();
    sleep(ofSeconds(1));
  }

  // ---- Other cancellations

  @Test
  void a_cancellation_from_outside_is_no_timeout() {
    Timeout limit = Timeout.after(ofSeconds(5));
    Task<?> task = createTask(() -> limit.run(this::sleepLong));
    sleep(ofSeconds(1));

    task.cancel("from outside");
    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class).hasMessage("from outside");
    assertThat(limit.expired()).isFalse();
  }

  @Test
  void a_cancellation_from_outside_goes_before_a_timeout_of_the_same_moment() {
    Timeout limit = Timeout.after(ofSeconds(5));
    Task<?> task = createTask(() -> limit.run(this::sleepLong));
    getRunningLoop().callAt(ofSeconds(5), task::cancel);

    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
    assertThat(limit.expired()).isTrue();
    assertThat(task.cancelling()).isOne();
  }

  @Test
  void a_cancellation_that_comes_while_the_body_cleans_up_goes_before_the_timeout() {
    Task<?> task = createTask(() -> timeout(ofSeconds(5), () -> {
      try {
        sleep(ofDays(1));
      } finally {
        sleepLong();
      }
    }));
    sleep(ofSeconds(6));

    task.cancel("from outside");
    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class).hasMessage("from outside");
  }

  @Test
  void a_task_that_was_cancelled_before_it_entered_can_still_time_out() {
    Task<?> task = createTask(() -> {
      assertThatThrownBy(() -> sleep(ofDays(1))).isInstanceOf(CancelledError.class);
      assertThatThrownBy(() -> timeout(ofSeconds(1), this::sleepLong))
          .isInstanceOf(TimeoutException.class);
      assertThat(self().cancelling()).isOne();
    });
    sleep(ZERO);

    task.cancel();
    task.await();
    trail.assertIs("cancelled");
  }

  // ---- What the body makes of it

  @Test
  void a_body_that_ends_normally_although_its_time_was_up_has_not_timed_out() {
    Timeout limit = Timeout.after(ofSeconds(1));
    limit.run(() -> {
      try {
        sleep(ofDays(1));
      } catch (CancelledError e) {
        trail.add("swallowed");
      }
    });

    trail.assertIs("swallowed");
    assertThat(limit.expired()).isTrue();
    assertThat(self().cancelling()).isZero();
    sleep(ofSeconds(1));
  }

  @Test
  void a_failure_goes_before_the_timeout_and_keeps_a_trace_of_it() {
    assertThatThrownBy(() -> timeout(ofSeconds(1), () -> {
          try {
            sleep(ofDays(1));
          } catch (CancelledError e) {
            throw new IllegalStateException("could not clean up", e);
          }
        }))
        .isInstanceOf(IllegalStateException.class)
        .satisfies(failure -> assertThat(failure.getSuppressed())
            .hasSize(1)
            .hasOnlyElementsOfType(TimeoutException.class));
  }

  @Test
  void the_failures_of_a_group_keep_a_trace_of_the_timeout_around_it() {
    assertThatThrownBy(() -> timeout(ofSeconds(1), () -> {
          TaskGroup.run(group -> group.createTask(() -> {
            try {
              sleep(ofDays(1));
            } catch (CancelledError e) {
              throw new IllegalStateException("could not clean up", e);
            }
          }));
        }))
        .isInstanceOfSatisfying(
            ExceptionGroup.class,
            group -> assertThat(group.exceptions())
                .flatExtracting(member -> List.of(member.getSuppressed()))
                .hasOnlyElementsOfType(TimeoutException.class));
  }

  @Test
  void a_task_that_is_too_late_may_finish_its_clean_up() {
    assertThatThrownBy(() -> timeout(ofSeconds(1), () -> {
          try {
            sleep(ofDays(1));
          } finally {
            sleep(ofSeconds(10));
            trail.add("cleaned up");
          }
        }))
        .isInstanceOf(TimeoutException.class);
    trail.assertIs("cleaned up");
    assertThat(now()).isEqualTo(ofSeconds(11));
  }

  private void sleepLong() {
    try {
      sleep(ofDays(1_000));
    } catch (CancelledError e) {
      trail.add("cancelled");
      throw e;
    }
  }

  private static Duration now() {
    return getRunningLoop().time();
  }

  private static Task<?> self() {
    return Objects.requireNonNull(currentTask());
  }
}
