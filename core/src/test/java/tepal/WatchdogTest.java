// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.InTask.pass;
import static tepal.InTask.started;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the watchdog says, and when it is silent. The time that it sees is made up; the loops
/// are real.
class WatchdogTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final LogRecords log = LogRecords.ofTepal();

  @AfterEach
  void closeLog() {
    log.close();
  }

  @Test
  void a_busy_task_is_named_once_with_its_own_stack_and_at_the_end_with_how_long_it_took() {
    onLoop(stall -> {
      var busy = Asyncio.createTask(() -> keepBusy(stall), TaskOptions.named("busy"));
      busy.await();
      stall.look(4 * SECOND, false);
      pass(1);
      stall.look(9 * SECOND, false);
    });

    assertThat(log.messages()).hasSize(2);
    assertThat(log.messages().getFirst())
        .startsWith("The loop has not turned for 1.000 s: Task[busy, pending] holds it up")
        .contains("at tepal.WatchdogTest.keepBusy")
        .doesNotContain("tepal.Carrier.run(");
    assertThat(log.messages().getLast()).isEqualTo("The loop turns again, after 4.000 s");
  }

  @Test
  void a_busy_generator_is_shown_with_the_task_that_reads_it() {
    onLoop(stall -> {
      Generator<Integer> busy = Generator.of(_ -> keepBusy(stall));
      var reader = Asyncio.createTask(() -> read(busy), TaskOptions.named("reader"));
      reader.await();
    });

    assertThat(log.messages().getFirst())
        .startsWith("The loop has not turned for 1.000 s: Task[reader, pending] holds it up")
        .containsSubsequence("at tepal.WatchdogTest.keepBusy", "at tepal.WatchdogTest.read(");
  }

  private static void read(Generator<Integer> generator) {
    generator.forEach(_ -> {});
  }

  /// Plays a watchdog that finds the loop busy, from within.
  private void keepBusy(Stall stall) {
    stall.look(0, false);
    stall.look(SECOND - 1, false);
    assertThat(log.messages()).isEmpty();
    stall.look(SECOND, false);
    stall.look(2 * SECOND, false);
    stall.look(3 * SECOND, false);
    assertThat(log.messages()).hasSize(1);
  }

  @Test
  void a_busy_callback_is_named() {
    onLoop(stall -> {
      Asyncio.getRunningLoop().callSoon(() -> keepBusy(stall));
      pass(2);
    });

    assertThat(log.messages().getFirst()).contains("Handle[tepal.WatchdogTest");
  }

  @Test
  void each_stall_is_reported() {
    onLoop(stall -> {
      for (int i = 0; i < 3; i++) {
        stall.look(10L * i * SECOND, false);
        stall.look((10L * i + 1) * SECOND, false);
        pass(1);
      }
    });

    assertThat(log.messages("The loop has not turned")).hasSize(3);
  }

  @Test
  void a_loop_that_turns_is_left_in_peace() {
    onLoop(stall -> {
      for (int i = 0; i < 5; i++) {
        stall.look(i * SECOND, false);
        pass(1);
      }
    });

    assertThat(log.messages()).isEmpty();
  }

  @Test
  void an_idle_loop_is_no_stall() {
    var clock = new IdleHook();
    try (var runner = new Runner(EventLoop.builder().clock(clock))) {
      var stall = new Stall(runner.getLoop().scheduler);
      clock.whenIdle = () -> stall.look(clock.looks++ * SECOND, false);
      runner.run(() -> {
        for (int i = 0; i < 5; i++) {
          Asyncio.sleep(Duration.ofMillis(1));
        }
      });
    }

    assertThat(clock.looks).isGreaterThanOrEqualTo(5);
    assertThat(log.messages()).isEmpty();
  }

  @Test
  @OnlyOpened
  void a_task_that_sleeps_in_jdk_code_is_no_stall() {
    var clock = new IdleHook();
    try (var runner = new Runner(EventLoop.builder().clock(clock))) {
      var stall = new Stall(runner.getLoop().scheduler);
      clock.whenIdle = () -> stall.look(clock.looks++ * SECOND, false);
      runner.run(() -> {
        for (int i = 0; i < 5; i++) {
          JdkCode.parkFor(Duration.ofMillis(1));
        }
      });
    }

    assertThat(clock.looks).isPositive();
    assertThat(log.messages()).isEmpty();
  }

  @Test
  @OnlyPortable
  void in_portable_mode_a_task_that_sleeps_in_jdk_code_is_named() {
    try (var runner = new Runner(EventLoop.builder().stallAfter(Duration.ofMillis(20)))) {
      runner.run(() -> sleepUntilNamed());
    }

    assertThat(log.messages("The loop has not turned").getFirst()).contains(".sleepUntilNamed");
  }

  private void sleepUntilNamed() {
    while (log.messages().isEmpty()) {
      JdkCode.parkFor(Duration.ofMillis(10));
    }
  }

  @Test
  void a_dog_that_is_late_itself_has_seen_nothing() {
    onLoop(stall -> {
      stall.look(0, false);
      stall.look(60 * SECOND, true);
      stall.look(61 * SECOND - 1, false);
      assertThat(log.messages()).isEmpty();
      stall.look(61 * SECOND, false);
      assertThat(log.messages()).hasSize(1);
    });
  }

  @Test
  void a_dog_is_late_that_slept_far_longer_than_it_wanted_to() {
    long period = SECOND / 4;
    assertThat(Watchdog.isLate(period, period)).isFalse();
    assertThat(Watchdog.isLate(2 * period, period)).isFalse();
    assertThat(Watchdog.isLate(3 * period, period)).isTrue();
    assertThat(Watchdog.isLate(1_000 * SECOND, Nanos.FOREVER)).isFalse();
  }

  @Test
  @OnlyOpened
  void a_callback_that_jdk_code_has_suspended_for_too_long_is_named_once() {
    var gate = new CountDownLatch(1);
    onLoop(stall -> {
      Asyncio.getRunningLoop().callSoon(() -> awaitGate(gate));
      pass(2);
      stall.look(0, false);
      pass(1);
      stall.look(SECOND - 1, false);
      assertThat(log.messages()).isEmpty();
      pass(1);
      stall.look(SECOND, false);
      pass(1);
      stall.look(2 * SECOND, false);
      gate.countDown();
      pass(2);
      stall.look(9 * SECOND, false);
    });

    assertThat(log.messages())
        .singleElement()
        .asString()
        .startsWith("JDK code has suspended a callback for 1.000 s, while the loop turns:"
            + " Handle[tepal.WatchdogTest")
        .contains("at tepal.WatchdogTest.awaitGate");
  }

  @Test
  @OnlyOpened
  void a_callback_that_comes_back_in_time_is_not_named() {
    var gates = new CountDownLatch[] {new CountDownLatch(1), new CountDownLatch(1)};
    onLoop(stall -> {
      Asyncio.getRunningLoop().callSoon(() -> {
        awaitGate(gates[0]);
        awaitGate(gates[1]);
      });
      pass(2);
      stall.look(0, false);
      gates[0].countDown();
      pass(2);
      stall.look(SECOND, false);
      gates[1].countDown();
      pass(2);
      stall.look(2 * SECOND, false);
      assertThat(Asyncio.getRunningLoop().scheduler.blockedCallbacks.all()).isEmpty();
    });

    assertThat(log.messages()).isEmpty();
  }

  @Test
  @OnlyOpened
  void a_late_dog_does_not_name_a_callback_either() {
    var gate = new CountDownLatch(1);
    onLoop(stall -> {
      Asyncio.getRunningLoop().callSoon(() -> awaitGate(gate));
      pass(2);
      stall.look(0, false);
      pass(1);
      stall.look(60 * SECOND, true);
      gate.countDown();
      pass(2);
    });

    assertThat(log.messages()).isEmpty();
  }

  @Test
  void the_dog_is_always_on() {
    try (var runner = new Runner(EventLoop.builder().stallAfter(Duration.ofMillis(20)))) {
      runner.run(() -> {
        computeUntilNamed();
        while (log.messages("The loop turns again").isEmpty()) {
          Asyncio.sleep(Duration.ofMillis(1));
        }
      });
    }

    assertThat(log.messages("The loop has not turned").getFirst()).contains(".computeUntilNamed");
  }

  private void computeUntilNamed() {
    while (log.messages().isEmpty()) {
      JdkCode.compute(Duration.ofMillis(1));
    }
  }

  @Test
  void a_log_that_throws_does_not_end_the_dog() {
    var broken = new CompletableFuture<Throwable>();
    var throwing = new ThrowingHandler();
    var logger = Logger.getLogger("tepal");
    var before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> broken.complete(e));
    logger.addHandler(throwing);
    try (var runner = new Runner(EventLoop.builder().stallAfter(Duration.ofMillis(20)))) {
      runner.run(() -> {
        while (!broken.isDone()) {
          JdkCode.compute(Duration.ofMillis(1));
        }
        logger.removeHandler(throwing);
        log.clear();
        pass(1);
        computeUntilNamed();
      });
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }

    assertThat(broken.join()).hasMessage("disk full");
  }

  private static final class ThrowingHandler extends Handler {
    @Override
    public void publish(LogRecord logged) {
      throw new IllegalStateException("disk full");
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void in_debug_mode_the_dog_uses_the_duration_of_slow_callbacks() {
    try (var loop = EventLoop.builder().debug(true).build()) {
      loop.setSlowCallbackDuration(Duration.ofMillis(7));
      var stall = new Stall(loop.scheduler);
      assertThat(stall.limitNanos()).isEqualTo(7_000_000);
      loop.setDebug(false);
      assertThat(stall.limitNanos()).isEqualTo(SECOND);
    }
  }

  private interface Scene {
    void play(Stall stall);
  }

  /// Runs a loop whose real watchdog never barks, and gives the scene another one.
  private static void onLoop(Scene scene) {
    try (var runner = new Runner(EventLoop.builder().debug(false))) {
      var stall = new Stall(runner.getLoop().scheduler);
      runner.run(() -> {
        started(() -> {}).await();
        scene.play(stall);
      });
    }
  }

  private static void awaitGate(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The real clock, which tells when the loop is idle.
  private static final class IdleHook implements LoopClock {
    private Runnable whenIdle = () -> {};
    private int looks;

    @Override
    public long nanoTime() {
      return LoopClock.system().nanoTime();
    }

    @Override
    public long idle(long deadlineNanos, Outstanding outstanding) {
      whenIdle.run();
      return LoopClock.system().idle(deadlineNanos, outstanding);
    }
  }
}
