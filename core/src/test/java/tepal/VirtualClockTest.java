// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

class VirtualClockTest {
  private static final Duration YEAR = ofDays(365);
  private static final long NO_LIMIT = Long.MAX_VALUE;

  private final Trail trail = new Trail();
  private final VirtualClock clock = new VirtualClock(ofMillis(50));

  // ---- The clock alone

  @Test
  void a_clock_starts_at_zero_and_jumps_to_the_deadline_if_nothing_is_outstanding() {
    assertThat(clock.nanoTime()).isZero();
    assertThat(clock.idle(1_000, new Expecting(false, false, 0))).isZero();
    assertThat(clock.nanoTime()).isEqualTo(1_000);
    assertThat(clock).hasToString("VirtualClock[PT0.000001S]");
  }

  @Test
  void a_clock_does_not_go_back() {
    clock.idle(1_000, new Expecting(false, false, 0));

    assertThat(clock.idle(500, new Expecting(false, false, 0))).isZero();
    assertThat(clock.nanoTime()).isEqualTo(1_000);
  }

  @Test
  void while_work_is_outstanding_the_clock_stands_still_however_long_that_takes() {
    assertThat(clock.idle(1_000, new Expecting(true, false, 0))).isEqualTo(NO_LIMIT);
    assertThat(clock.idle(1_000, new Expecting(true, true, NO_LIMIT))).isEqualTo(NO_LIMIT);
    assertThat(clock.nanoTime()).isZero();
  }

  @Test
  void for_what_may_come_the_clock_waits_until_the_grace_is_over() {
    assertThat(clock.idle(1_000, new Expecting(false, true, 0))).isEqualTo(50_000_000);
    assertThat(clock.idle(1_000, new Expecting(false, true, 20_000_000))).isEqualTo(30_000_000);
    assertThat(clock.nanoTime()).isZero();

    assertThat(clock.idle(1_000, new Expecting(false, true, 50_000_000))).isZero();
    assertThat(clock.nanoTime()).isEqualTo(1_000);
  }

  @Test
  void without_a_timer_there_is_nowhere_to_jump_to() {
    assertThat(clock.idle(NO_LIMIT, new Expecting(false, false, 0))).isEqualTo(NO_LIMIT);
    assertThat(clock.idle(NO_LIMIT, new Expecting(false, true, NO_LIMIT))).isEqualTo(NO_LIMIT);
    assertThat(clock.nanoTime()).isZero();
  }

  @Test
  void a_grace_is_not_negative() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new VirtualClock(ofMillis(-1)))
        .withMessage("Expected a grace of zero or more, got PT-0.001S");
  }

  private record Expecting(boolean work, boolean maybe, long idleNanos)
      implements LoopClock.Outstanding {}

  // ---- A loop with it

  @Test
  @OnLoop
  void a_program_that_sleeps_for_a_week_is_done_at_once() {
    createTask(() -> logAfter("day 3", ofDays(3)));
    createTask(() -> logAfter("day 1", ofDays(1)));
    sleep(ofDays(7));
    trail.add("day 7");

    trail.assertIs("day 1", "day 3", "day 7");
    assertThat(getRunningLoop().time()).isEqualTo(ofDays(7));
  }

  @Test
  @OnLoop
  void time_stands_still_while_anything_is_ready() {
    createTask(() -> logAfter("a nanosecond later", Duration.ofNanos(1)));
    for (int i = 0; i < 1_000; i++) {
      sleep(ZERO);
    }
    trail.add("a thousand turns");
    sleep(ofSeconds(1));

    trail.assertIs("a thousand turns", "a nanosecond later");
  }

  @Test
  @OnLoop
  void time_stands_still_while_a_call_is_in_an_executor() {
    Scheduler scheduler = getRunningLoop().scheduler;
    createTask(() -> logAfter("timer", ofSeconds(1)));
    Asyncio.toThread(() -> {
      awaitIdle(scheduler);
      trail.add("work ends at " + scheduler.loop.time());
    });
    sleep(ofSeconds(2));

    trail.assertIs("work ends at PT0S", "timer");
  }

  @Test
  void within_the_grace_time_stands_still_while_a_future_of_the_jdk_is_awaited() {
    CompletableFuture<String> source = new CompletableFuture<>();
    try (Runner runner = new Runner(EventLoop.builder().clock(new VirtualClock(YEAR)))) {
      Scheduler scheduler = runner.getLoop().scheduler;
      runner.run(() -> {
        createTask(() -> logAfter("timer", ofSeconds(1)));
        Thread.ofPlatform().start(() -> {
          awaitIdle(scheduler);
          source.complete("value at " + scheduler.loop.time());
        });
        trail.add(Asyncio.<String>wrapFuture(source).await());
        sleep(ofSeconds(2));
      });
    }

    trail.assertIs("value at PT0S", "timer");
  }

  @Test
  @OnLoop
  void a_future_of_the_jdk_may_wait_for_a_timer_of_the_loop() {
    CompletableFuture<String> source = new CompletableFuture<>();
    createTask(() -> {
      sleep(ofSeconds(1));
      source.complete("value");
    });

    assertThat(Asyncio.<String>wrapFuture(source).await()).isEqualTo("value");
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(1));
  }

  @Test
  @OnLoop
  void a_call_that_nobody_waits_for_any_more_still_takes_its_time() {
    Scheduler scheduler = getRunningLoop().scheduler;
    AtomicBoolean begun = new AtomicBoolean();
    Future<?> call = getRunningLoop().runInExecutor(null, () -> {
      begun.set(true);
      awaitIdle(scheduler);
      trail.add("work ends at " + scheduler.loop.time());
      return "x";
    });
    while (!begun.get()) {
      sleep(ZERO);
    }

    call.cancel();
    sleep(ofSeconds(1));
    trail.add("sleep ends");
    trail.assertIs("work ends at PT0S", "sleep ends");
  }

  @Test
  @OnLoop
  @OnlyOpened
  void a_task_that_jdk_code_suspended_may_wait_for_a_timer_of_another_task() {
    LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
    Task<String> taker = createTask(queue::take);
    createTask(() -> {
      sleep(ofSeconds(1));
      queue.add("item");
    });

    assertThat(taker.await()).isEqualTo("item");
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(1));
  }

  @Test
  @OnLoop
  void very_long_sleeps_end_and_longer_ones_do_not() {
    Task<?> longest = createTask(() -> sleep(ofSeconds(Long.MAX_VALUE)));
    sleep(YEAR.multipliedBy(280));
    Task<?> beyond = createTask(() -> sleep(YEAR.multipliedBy(280)));
    sleep(YEAR.multipliedBy(5));

    assertThat(longest.done()).isFalse();
    assertThat(beyond.done()).isFalse();
    longest.cancel();
    beyond.cancel();
    assertThatThrownBy(longest::await).isInstanceOf(CancelledError.class);
    assertThatThrownBy(beyond::await).isInstanceOf(CancelledError.class);
  }

  @Test
  @OnLoop
  void a_negative_sleep_is_a_turn() {
    createTask(() -> trail.add("other"));
    sleep(ofSeconds(Long.MIN_VALUE));
    trail.add("main");

    trail.assertIs("other", "main");
    assertThat(getRunningLoop().time()).isZero();
  }

  @Test
  @OnLoop
  void a_sleep_gives_its_result() {
    assertThat(sleep(ofSeconds(1), "result")).isEqualTo("result");
    assertThat(sleep(ZERO, "result")).isEqualTo("result");
  }

  private void logAfter(String step, Duration delay) {
    sleep(delay);
    trail.add(step);
  }

  private static void awaitIdle(Scheduler scheduler) {
    while (!scheduler.idle) {
      Thread.onSpinWait();
    }
  }
}
