// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.InTask.outcome;
import static tepal.InTask.pass;
import static tepal.InTask.started;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What debug mode says beside the watchdog.
class DebugReportsTest {
  private static final Duration SLOW = Duration.ofMillis(5);
  private static final Duration HOURS = Duration.ofHours(2);

  private final LogRecords log = LogRecords.ofTepal();

  @AfterEach
  void closeLog() {
    log.close();
  }

  @Test
  void a_slow_turn_of_a_task_is_reported() {
    inDebugMode(SLOW, () -> {
      createTask(() -> JdkCode.compute(SLOW), TaskOptions.named("slow")).await();
      pass(1);
    });

    assertThat(log.messages("Executing Task[slow, "))
        .singleElement()
        .asString()
        .containsPattern(" took 0\\.\\d\\d\\d s$");
  }

  @Test
  void a_slow_callback_is_reported_with_the_place_where_it_was_scheduled() {
    inDebugMode(SLOW, () -> {
      getRunningLoop().callSoon(() -> JdkCode.compute(SLOW));
      pass(2);
    });

    assertThat(log.messages("Executing Handle[tepal.DebugReportsTest"))
        .singleElement()
        .asString()
        .contains("created at tepal.DebugReportsTest");
  }

  @Test
  void quick_turns_are_not_reported() {
    inDebugMode(HOURS, () -> {
      getRunningLoop().callSoon(() -> {});
      pass(5);
    });

    assertThat(log.messages()).isEmpty();
  }

  @Test
  @OnlyOpened
  void a_task_that_jdk_code_suspends_is_named_once_for_each_place() {
    inDebugMode(HOURS, () -> {
      for (int i = 0; i < 3; i++) {
        started(() -> nap()).await();
      }
      createTask(() -> JdkCode.sleep(SLOW), TaskOptions.named("napper")).await();
      pass(1);
    });

    assertThat(log.messages()).hasSize(2);
    assertThat(log.messages().getFirst())
        .contains("was suspended by JDK code, not by an await, at tepal.JdkCode.parkFor");
    assertThat(log.messages().getLast()).contains("Task[napper, ").contains("tepal.JdkCode.sleep");
  }

  private static void nap() {
    JdkCode.parkFor(SLOW);
  }

  @Test
  @OnlyOpened
  void a_callback_that_jdk_code_suspends_is_named() {
    inDebugMode(HOURS, () -> {
      getRunningLoop().callSoon(DebugReportsTest::nap);
      sleep(SLOW.multipliedBy(4));
    });

    assertThat(log.messages("Handle[tepal.DebugReportsTest"))
        .singleElement()
        .asString()
        .contains("was suspended by JDK code");
  }

  @Test
  void a_swallowed_cancellation_is_reported() {
    inDebugMode(HOURS, () -> {
      var task = started(() -> assertThat(outcome(() -> sleep(HOURS))).isEqualTo("CancelledError"));
      task.setName("swallower");
      task.cancel();
      task.await();
      pass(1);
    });

    assertThat(log.messages())
        .singleElement()
        .asString()
        .startsWith("Task[swallower, result=null")
        .contains("was cancelled but returned normally");
  }

  @Test
  void a_cancellation_that_was_taken_back_is_not_reported() {
    inDebugMode(HOURS, () -> {
      assertThat(outcome(() -> Asyncio.timeout(SLOW, () -> sleep(HOURS))))
          .isEqualTo("TimeoutException");
      var task = started(() -> {
        outcome(() -> sleep(HOURS));
        InTask.me().uncancel();
      });
      task.cancel();
      task.await();
      pass(1);
    });

    assertThat(log.messages()).isEmpty();
  }

  @Test
  void futures_tasks_and_callbacks_say_where_they_were_created() {
    inDebugMode(HOURS, () -> {
      var loop = getRunningLoop();
      String place = "created at tepal.DebugReportsTest";
      assertThat(loop.createFuture().toString()).contains(place);
      assertThat(loop.callSoon(() -> {}).toString()).contains(place);
      assertThat(loop.callLater(SLOW, () -> {}).toString()).contains(place);
    });
  }

  @Test
  void an_error_that_nobody_was_told_of_is_logged_with_the_place_where_its_task_was_created() {
    inDebugMode(HOURS, () -> {
      var task = createTask(
          () -> {
            throw new IllegalStateException("unnoticed");
          },
          TaskOptions.named("failing"));
      pass(2);
      assertThat(task.done()).isTrue();
    });

    assertThat(log.messages("Task exception was never retrieved"))
        .singleElement()
        .asString()
        .contains("Task[failing]")
        .contains("created at tepal.DebugReportsTest");
  }

  @Test
  void an_error_of_a_callback_is_logged_with_the_place_where_it_was_scheduled() {
    inDebugMode(HOURS, () -> {
      getRunningLoop().callSoon(() -> {
        throw new IllegalStateException("in a callback");
      });
      pass(2);
    });

    assertThat(log.messages("Exception in callback"))
        .singleElement()
        .asString()
        .contains("created at tepal.DebugReportsTest");
  }

  @Test
  void a_call_from_another_thread_is_refused_in_both_modes() {
    for (boolean debug : new boolean[] {true, false}) {
      try (var runner = new Runner(EventLoop.builder().debug(debug))) {
        runner.run(() -> {
          var loop = getRunningLoop();
          var future = loop.<String>createFuture();
          refused("callSoon()", () -> loop.callSoon(() -> {}));
          refused("callLater()", () -> loop.callLater(SLOW, () -> {}));
          refused("createTask()", () -> loop.createTask(() -> "value"));
          refused("setResult()", () -> future.setResult("value"));
          refused("setException()", () -> future.setException(new IllegalStateException()));
          refused("cancel()", future::cancel);
          refused("addDoneCallback()", () -> future.addDoneCallback(_ -> {}));
          refused("runInExecutor()", () -> loop.runInExecutor(null, () -> "value"));
          assertThat(future.done()).isFalse();
        });
      }
    }
  }

  private static void refused(String what, Action<?> call) {
    var thrown = new CompletableFuture<Throwable>();
    Thread _ = Thread.ofPlatform().start(() -> thrown.complete(catchThrowable(call::run)));
    assertThat(thrown.join())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(what)
        .hasMessageContaining("use callSoonThreadsafe");
  }

  @Test
  @OnlyOpened
  void a_description_that_takes_a_lock_does_not_stop_the_loop() {
    var lock = new ReentrantLock();
    inDebugMode(Duration.ZERO, () -> {
      var release = getRunningLoop().<String>createFuture();
      var holder = started(() -> {
        lock.lock();
        try {
          release.await();
        } finally {
          lock.unlock();
        }
      });
      getRunningLoop().callSoon(new LockingDescription(lock));
      pass(3);
      release.setResult("now");
      holder.await();
      sleep(SLOW);
    });

    assertThat(log.messages("Executing Handle[described")).hasSize(1);
  }

  private record LockingDescription(ReentrantLock lock) implements Runnable {
    @Override
    public void run() {}

    @Override
    public String toString() {
      lock.lock();
      try {
        return "described";
      } finally {
        lock.unlock();
      }
    }
  }

  @Test
  void nothing_of_this_is_said_outside_debug_mode() {
    try (var runner = new Runner(EventLoop.builder().debug(false))) {
      runner.getLoop().setSlowCallbackDuration(Duration.ZERO);
      runner.run(() -> {
        JdkCode.parkFor(Duration.ofMillis(1));
        var task = started(() -> outcome(() -> sleep(HOURS)));
        task.cancel();
        task.await();
        assertThat(getRunningLoop().createFuture()).hasToString("Future[pending]");
      });
    }

    assertThat(log.messages()).isEmpty();
  }

  private static void inDebugMode(Duration slow, Action<RuntimeException> body) {
    try (var runner = new Runner(EventLoop.builder().debug(true))) {
      runner.getLoop().setSlowCallbackDuration(slow);
      runner.run(body);
    }
  }
}
