// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

class TimerTest {
  private static final Duration FOR_EVER = ofSeconds(Long.MAX_VALUE);

  private final Trail trail = new Trail();
  private final EventLoop loop = EventLoop.builder().clock(new VirtualClock()).build();

  @AfterEach
  void closeLoop() {
    loop.close();
  }

  @Test
  void timers_run_in_the_order_of_their_deadlines() {
    loop.callLater(ofSeconds(3), () -> trail.add("c at " + loop.time()));
    loop.callLater(ofSeconds(1), () -> trail.add("a at " + loop.time()));
    loop.callAt(ofSeconds(2), () -> trail.add("b at " + loop.time()));

    runFor(ofSeconds(10));
    trail.assertIs("a at PT1S", "b at PT2S", "c at PT3S");
  }

  @Test
  void timers_for_the_same_time_run_in_the_order_in_which_they_were_scheduled() {
    for (int i = 0; i < 6; i++) {
      loop.callAt(ofSeconds(1), trail.adding("timer " + i));
    }

    runFor(ofSeconds(1));
    trail.assertIs("timer 0", "timer 1", "timer 2", "timer 3", "timer 4", "timer 5");
  }

  @Test
  void a_nanosecond_makes_a_difference() {
    loop.callAt(ofNanos(2), () -> trail.add("second at " + loop.time().toNanos()));
    loop.callAt(ofNanos(1), () -> trail.add("first at " + loop.time().toNanos()));

    runFor(ofMillis(1));
    trail.assertIs("first at 1", "second at 2");
  }

  @Test
  void a_timer_that_is_due_runs_after_what_is_ready_and_in_the_same_iteration() {
    loop.callLater(ZERO, trail.adding("zero"));
    loop.callLater(ofSeconds(-1), trail.adding("negative"));
    loop.callAt(ofSeconds(-1), trail.adding("in the past"));
    loop.callSoon(trail.adding("soon"));

    runOnce();
    trail.assertIs("soon", "in the past", "zero", "negative");
  }

  @Test
  void what_a_timer_schedules_without_delay_runs_in_the_next_iteration() {
    loop.callLater(ZERO, () -> {
      trail.add("timer");
      loop.callLater(ZERO, trail.adding("scheduled by the timer"));
    });

    runOnce();
    trail.assertIs("timer");
    runOnce();
    trail.assertIs("scheduled by the timer");
  }

  @Test
  void a_cancelled_timer_does_not_run_and_does_not_hold_the_loop_up() {
    TimerHandle timer = loop.callLater(ofSeconds(1), trail.adding("cancelled"));
    loop.callLater(ofSeconds(2), () -> trail.add("at " + loop.time()));

    timer.cancel();
    assertThat(timer.cancelled()).isTrue();
    runFor(ofSeconds(2));
    trail.assertIs("at PT2S");
  }

  @Test
  void a_timer_can_be_cancelled_by_one_that_is_due_at_the_same_time() {
    TimerHandle[] second = new TimerHandle[1];
    loop.callAt(ofSeconds(1), () -> second[0].cancel());
    second[0] = loop.callAt(ofSeconds(1), trail.adding("second"));

    runFor(ofSeconds(2));
    trail.assertIs();
  }

  @Test
  void cancelling_a_timer_that_has_run_does_nothing() {
    TimerHandle timer = loop.callLater(ZERO, trail.adding("ran"));
    runOnce();
    timer.cancel();

    for (int i = 0; i < 150; i++) {
      loop.callLater(ofSeconds(1), () -> {});
    }
    runOnce();
    trail.assertIs("ran");
    assertThat(loop.scheduler.timers.size()).isEqualTo(150);
  }

  @Test
  void timers_that_are_nearly_all_cancelled_do_not_stay() {
    for (int i = 0; i < 1_000; i++) {
      TimerHandle timer = loop.callLater(ofDays(1), () -> {});
      if (i > 0) {
        timer.cancel();
      }
    }

    runOnce();
    assertThat(loop.scheduler.timers.size()).isEqualTo(1);
  }

  @Test
  void a_timer_knows_when_it_is_due() {
    assertThat(loop.callLater(ofSeconds(5), () -> {}).when()).isEqualTo(ofSeconds(5));
    assertThat(loop.callLater(ofSeconds(-5), () -> {}).when()).isZero();
    assertThat(loop.callAt(ofSeconds(7), () -> {}).when()).isEqualTo(ofSeconds(7));
  }

  @Test
  void a_timer_beyond_292_years_is_never_due() {
    loop.callLater(FOR_EVER, trail.adding("never"));
    loop.callAt(FOR_EVER, trail.adding("never"));
    loop.callLater(ofDays(365 * 100), () -> trail.add("in 100 years"));

    runFor(ofDays(365 * 200));
    trail.assertIs("in 100 years");
    assertThat(loop.callLater(FOR_EVER, () -> {}).when()).isEqualTo(ofNanos(Long.MAX_VALUE));
  }

  @Test
  void a_timer_that_overflows_to_the_past_is_due_at_once() {
    loop.callLater(FOR_EVER.negated(), trail.adding("delay"));
    loop.callAt(FOR_EVER.negated(), trail.adding("time"));

    runOnce();
    trail.assertIs("time", "delay");
  }

  private void runOnce() {
    loop.stop();
    loop.runForever();
  }

  private void runFor(Duration time) {
    loop.runUntilComplete(() -> Asyncio.sleep(time));
  }
}
