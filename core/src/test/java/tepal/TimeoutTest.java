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
import static tepal.Asyncio.timeoutAt;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// What a limit does to its body, and how its deadline moves. How it gets on with other limits and
/// with cancellations is in [TimeoutCancellationTest].
@OnLoop
class TimeoutTest {
  private final Trail trail = new Trail();

  // ---- In time and not in time

  @Test
  void a_body_that_ends_in_time_gives_its_value() {
    assertThat(timeout(ofSeconds(2), () -> sleep(ofSeconds(1), "value"))).isEqualTo("value");
    assertThat(now()).isEqualTo(ofSeconds(1));
  }

  @Test
  void when_the_time_is_up_the_body_is_cancelled_and_a_timeout_leaves_the_scope() {
    assertThatThrownBy(() -> timeout(ofSeconds(2), this::sleepLong))
        .isInstanceOf(TimeoutException.class)
        .hasCauseInstanceOf(CancelledError.class);

    trail.assertIs("cancelled");
    assertThat(now()).isEqualTo(ofSeconds(2));
    assertThat(self().cancelling()).isZero();
  }

  @Test
  void without_a_limit_a_body_takes_as_long_as_it_takes() {
    timeout(null, () -> sleep(ofDays(1)));
    timeoutAt(null, () -> sleep(ofDays(1)));

    assertThat(now()).isEqualTo(ofDays(2));
  }

  @Test
  void a_deadline_is_a_time_of_the_loop() {
    sleep(ofSeconds(10));

    assertThatThrownBy(() -> timeoutAt(ofSeconds(12), this::sleepLong))
        .isInstanceOf(TimeoutException.class);
    assertThat(now()).isEqualTo(ofSeconds(12));
  }

  @Test
  void a_limit_counts_from_when_it_is_made_not_from_when_it_is_entered() {
    Timeout limit = Timeout.after(ofSeconds(10));
    sleep(ofSeconds(9));

    assertThatThrownBy(() -> limit.run(this::sleepLong)).isInstanceOf(TimeoutException.class);
    assertThat(now()).isEqualTo(ofSeconds(10));
  }

  @Test
  void the_exceptions_of_a_body_arrive_as_they_are() {
    var failure = new IOException("disk full");

    assertThatThrownBy(() -> timeout(ofSeconds(1), () -> {
          sleep(ZERO);
          throw failure;
        }))
        .isSameAs(failure);
  }

  @Test
  void a_scope_that_is_left_leaves_no_timer_behind() {
    timeout(ofDays(1), () -> sleep(ZERO));

    sleep(ZERO);
    assertThat(getRunningLoop().scheduler.timers.isEmpty()).isTrue();
  }

  // ---- No time at all

  @Test
  void with_no_time_at_all_a_body_comes_to_its_first_wait() {
    assertThatThrownBy(() -> timeout(ZERO, () -> {
          trail.add("begins");
          sleepLong();
        }))
        .isInstanceOf(TimeoutException.class);
    trail.assertIs("begins", "cancelled");
    assertThat(now()).isZero();
  }

  @Test
  void a_deadline_in_the_past_is_as_no_time_at_all() {
    sleep(ofSeconds(10));

    assertThatThrownBy(() -> timeoutAt(ofSeconds(5), this::sleepLong))
        .isInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> timeout(ofSeconds(-5), this::sleepLong))
        .isInstanceOf(TimeoutException.class);
    assertThat(now()).isEqualTo(ofSeconds(10));
  }

  @Test
  void with_no_time_at_all_a_body_that_does_not_wait_ends_in_time() {
    Timeout limit = Timeout.after(ZERO);

    assertThat(limit.<String, RuntimeException>call(() -> "value")).isEqualTo("value");
    assertThat(limit.expired()).isFalse();
    sleep(ZERO);
  }

  @Test
  void with_no_time_at_all_yielding_once_is_too_long() {
    assertThatThrownBy(() -> timeout(ZERO, () -> sleep(ZERO))).isInstanceOf(TimeoutException.class);
  }

  @Test
  void a_limit_beyond_292_years_is_none() {
    timeout(ofSeconds(Long.MAX_VALUE), () -> sleep(ofDays(365 * 100)));

    assertThatThrownBy(() -> timeout(ofSeconds(Long.MIN_VALUE), this::sleepLong))
        .isInstanceOf(TimeoutException.class);
    assertThat(now()).isEqualTo(ofDays(365 * 100));
  }

  // ---- The object

  @Test
  void a_limit_describes_its_state() {
    Timeout limit = Timeout.after(ofSeconds(1));
    assertThat(limit).hasToString("Timeout[created]");

    limit.run(() -> assertThat(limit).hasToString("Timeout[active, when=PT1S]"));
    assertThat(limit).hasToString("Timeout[finished]");
    assertThat(limit.expired()).isFalse();
    assertThat(limit.when()).isEqualTo(ofSeconds(1));
  }

  @Test
  void an_expired_limit_describes_its_state() {
    Timeout limit = Timeout.after(ofSeconds(1));

    assertThatThrownBy(() -> limit.run(() -> {
          try {
            sleep(ofDays(1));
          } finally {
            trail.add(limit + ", expired: " + limit.expired());
          }
        }))
        .isInstanceOf(TimeoutException.class);
    trail.assertIs("Timeout[expiring], expired: true");
    assertThat(limit).hasToString("Timeout[expired]");
    assertThat(limit.expired()).isTrue();
  }

  @Test
  void a_limit_without_a_deadline_has_no_time() {
    Timeout limit = Timeout.after(null);

    limit.run(() -> assertThat(limit).hasToString("Timeout[active]"));
    assertThat(limit.when()).isNull();
  }

  @Test
  void a_limit_is_entered_once() {
    Timeout limit = Timeout.after(ofSeconds(1));
    limit.run(() -> assertThatThrownBy(() -> limit.run(() -> trail.add("inside")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Timeout has already been entered"));

    assertThatThrownBy(() -> limit.run(() -> trail.add("after")))
        .isInstanceOf(IllegalStateException.class);
    trail.assertIs();
  }

  @Test
  void a_limit_is_entered_in_a_task() {
    Timeout limit = Timeout.after(ofSeconds(1));
    getRunningLoop().callSoon(() -> {
      assertThatThrownBy(() -> limit.run(() -> trail.add("body")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("A timeout must be called in a task");
      trail.add("checked");
    });

    sleep(ZERO);
    trail.assertIs("checked");
  }

  // ---- Rescheduling

  @Test
  void the_deadline_can_be_put_off() {
    Timeout limit = Timeout.after(ofSeconds(1));

    assertThatThrownBy(() -> limit.run(() -> {
          limit.reschedule(ofSeconds(5));
          assertThat(limit.when()).isEqualTo(ofSeconds(5));
          sleep(ofSeconds(3));
          trail.add("still in time");
          sleepLong();
        }))
        .isInstanceOf(TimeoutException.class);
    trail.assertIs("still in time", "cancelled");
    assertThat(now()).isEqualTo(ofSeconds(5));
  }

  @Test
  void the_deadline_can_be_brought_forward() {
    Timeout limit = Timeout.after(ofDays(1));

    assertThatThrownBy(() -> limit.run(() -> {
          limit.reschedule(ofSeconds(1));
          sleepLong();
        }))
        .isInstanceOf(TimeoutException.class);
    assertThat(now()).isEqualTo(ofSeconds(1));
  }

  @Test
  void the_deadline_can_be_taken_away() {
    Timeout limit = Timeout.after(ofSeconds(1));

    limit.run(() -> {
      limit.reschedule(null);
      sleep(ofDays(1));
    });
    assertThat(limit.expired()).isFalse();
  }

  @Test
  void a_deadline_moved_to_the_past_expires_at_the_next_wait() {
    Timeout limit = Timeout.after(null);

    assertThatThrownBy(() -> limit.run(() -> {
          sleep(ofSeconds(2));
          limit.reschedule(ofSeconds(1));
          trail.add("goes on");
          sleepLong();
        }))
        .isInstanceOf(TimeoutException.class);
    trail.assertIs("goes on", "cancelled");
    assertThat(now()).isEqualTo(ofSeconds(2));
  }

  @Test
  void another_task_can_move_the_deadline() {
    Timeout limit = Timeout.after(null);
    createTask(() -> limit.reschedule(ZERO));

    assertThatThrownBy(() -> limit.run(this::sleepLong)).isInstanceOf(TimeoutException.class);
  }

  @Test
  void only_an_active_limit_can_be_moved() {
    Timeout limit = Timeout.after(ofSeconds(1));
    assertThatThrownBy(() -> limit.reschedule(null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Timeout has not been entered");

    limit.run(() -> {});
    assertThatThrownBy(() -> limit.reschedule(null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Cannot change state of finished Timeout");
  }

  @Test
  void a_limit_that_expires_cannot_be_moved_any_more() {
    Timeout limit = Timeout.after(ofSeconds(1));

    assertThatThrownBy(() -> limit.run(() -> {
          try {
            sleep(ofDays(1));
          } finally {
            assertThatThrownBy(() -> limit.reschedule(ofSeconds(5)))
                .hasMessage("Cannot change state of expiring Timeout");
            trail.add("refused");
          }
        }))
        .isInstanceOf(TimeoutException.class);
    trail.assertIs("refused");
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
