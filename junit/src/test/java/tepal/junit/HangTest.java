// SPDX-License-Identifier: Apache-2.0
package tepal.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.toThread;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tepal.EventLoop;
import tepal.Runner;
import tepal.Task;
import tepal.sync.Event;
import tepal.testing.DeadlockException;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

/// Tests that do not end.
class HangTest {
  private static final Trail TRAIL = new Trail();

  private static void waitForEver() {
    try {
      new Event().await();
    } finally {
      TRAIL.add("test ends");
    }
  }

  // ---- In virtual time

  @OnLoop(deadlockAfterMillis = 0)
  static class Deadlocked {
    @Test
    void never_ends() {
      sleep(Duration.ofSeconds(3));
      waitForEver();
    }

    @AfterEach
    void after() {
      sleep(Duration.ofSeconds(1));
      TRAIL.add("after each");
    }
  }

  @Test
  void a_test_for_which_nothing_can_happen_any_more_fails_at_once_and_shows_its_tasks() {
    assertThat(TestRun.of(Deadlocked.class).failure())
        .isInstanceOf(AssertionError.class)
        .hasCauseInstanceOf(DeadlockException.class)
        .hasMessageStartingWith("never_ends: Deadlock at PT3S: no task is ready")
        .hasMessageContaining("Task[never_ends, waiting for Event[unset, 1 waiting]]")
        .hasMessageContaining("at tepal.junit.HangTest$Deadlocked.never_ends(HangTest.java:")
        .hasMessageNotContaining("org.junit")
        .hasMessageNotContaining("TestLoop")
        .hasNoSuppressedExceptions();
    TRAIL.assertIs("test ends", "after each");
  }

  @OnLoop(deadlockAfterMillis = 0)
  static class ThrowingADeadlock {
    static final List<DeadlockException> THROWN = new ArrayList<>();

    @Test
    void test() {
      VirtualClock clock = new VirtualClock().failOnDeadlock(Duration.ZERO);
      toThread(() -> {
        try (Runner runner = new Runner(EventLoop.builder().clock(clock))) {
          runner.run(() -> new Event().await());
        } catch (DeadlockException e) {
          THROWN.add(e);
          throw e;
        }
      });
    }
  }

  @Test
  void a_deadlock_of_another_loop_is_a_failure_as_any_other() {
    assertThat(TestRun.of(ThrowingADeadlock.class).failure())
        .isSameAs(ThrowingADeadlock.THROWN.getFirst());
  }

  @OnLoop
  static class WokenFromOutside {
    @Test
    void test() {
      EventLoop loop = getRunningLoop();
      var answer = loop.<String>createFuture();
      Thread _ = Thread.ofPlatform()
          .start(() -> loop.callSoonThreadsafe(() -> answer.setResult("answer")));
      TRAIL.add(answer.await());
    }
  }

  @Test
  void a_thread_that_the_loop_does_not_know_of_has_time_to_call_in() {
    assertThat(TestRun.of(WokenFromOutside.class).summary()).isEqualTo("test: successful");
    TRAIL.assertIs("answer");
  }

  @OnLoop(deadlockAfterMillis = 0)
  static class GoesOnInSpiteOfCancellation {
    @Test
    void test() {
      Task<?> _ = createTask(() -> {
        try {
          new Event().await();
        } finally {
          waitForEver();
        }
      });
      sleep(Duration.ofSeconds(1));
    }
  }

  @Test
  void a_task_that_cannot_be_cancelled_does_not_keep_the_loop_from_being_closed() {
    Throwable failure = TestRun.of(GoesOnInSpiteOfCancellation.class).failure();

    assertThat(failure).hasMessageStartingWith("Expected a test that leaves no task pending");
    assertThat(failure.getSuppressed()[0])
        .hasMessage("The loop could not be closed in order")
        .hasCauseInstanceOf(DeadlockException.class);
    TRAIL.assertIs("test ends");
  }

  // ---- In real time

  @OnLoop(clock = OnLoop.Clock.SYSTEM, timeoutSeconds = 1)
  static class TooLong {
    @Test
    void test() {
      Task<?> _ = createTask(() -> sleep(Duration.ofHours(1)));
      waitForEver();
    }

    @AfterEach
    void after() {
      TRAIL.add("after each");
    }
  }

  @Test
  void a_test_that_takes_too_long_shows_its_tasks_and_is_cancelled() {
    assertThat(TestRun.of(TooLong.class).failure())
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("test did not end within 1 s; its loop has\nEventLoop[running, ")
        .hasMessageContaining("Task[test, waiting for ")
        .hasNoSuppressedExceptions();
    TRAIL.assertIs("test ends", "after each");
  }

  @OnLoop(clock = OnLoop.Clock.SYSTEM)
  static class TooLongForJUnit {
    @Test
    @Timeout(
        value = 100,
        unit = TimeUnit.MILLISECONDS,
        threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void on_a_separate_thread() {
      waitForEver();
    }

    @Test
    @Timeout(value = 100, unit = TimeUnit.MILLISECONDS, threadMode = Timeout.ThreadMode.SAME_THREAD)
    void on_the_same_thread() {
      waitForEver();
    }

    @AfterEach
    void after() {
      TRAIL.add("after each");
    }
  }

  @Test
  void when_a_limit_of_junit_is_over_the_tasks_are_logged_and_the_test_is_cancelled() {
    try (Log log = new Log()) {
      TestRun run = TestRun.of(TooLongForJUnit.class);

      assertThat(run.failureOf("on a separate thread")).isInstanceOf(TimeoutException.class);
      assertThat(run.failureOf("on the same thread")).isInstanceOf(TimeoutException.class);
      assertThat(log.messages)
          .anyMatch(each -> each.contains("Task[on_a_separate_thread, waiting for "))
          .anyMatch(each -> each.contains("Task[on_the_same_thread, waiting for "));
    }
    TRAIL.assertIs("test ends", "after each", "test ends", "after each");
  }

  @OnLoop(timeoutSeconds = 1)
  static class BlockedByJdkCode {
    @Test
    void test() throws InterruptedException {
      try {
        new CountDownLatch(1).await();
      } finally {
        TRAIL.add("test ends");
      }
    }

    @AfterEach
    void after() {
      TRAIL.add("after each");
    }
  }

  @Test
  void a_test_that_waits_in_jdk_code_is_interrupted() {
    assertThat(TestRun.of(BlockedByJdkCode.class).failure())
        .hasMessageStartingWith("test did not end within 1 s; its loop has\nEventLoop[");
    TRAIL.assertIs("test ends", "after each");
  }

  @OnLoop(timeoutSeconds = 1)
  static class DoesNotReact {
    static volatile boolean released;

    @Test
    void test() {
      while (!released) {
        LockSupport.parkNanos(1_000_000);
      }
    }

    @AfterEach
    void after() {
      TRAIL.add("after each");
    }
  }

  @Test
  void a_test_that_does_not_react_is_given_up_with_its_loop() {
    try {
      assertThat(TestRun.of(DoesNotReact.class).failure())
          .hasMessageStartingWith("test did not end within 1 s; its loop has\nEventLoop[")
          .hasMessageEndingWith("\nIt did not end when it was cancelled, and is left as it is.")
          .satisfies(failure -> assertThat(failure.getSuppressed())
              .extracting(Throwable::getMessage)
              .containsExactly("after was not run, as test still hangs"));
      TRAIL.assertIs();
    } finally {
      DoesNotReact.released = true;
    }
  }

  /// What is logged with the logger `tepal`.
  private static final class Log extends Handler implements AutoCloseable {
    final List<String> messages = new ArrayList<>();
    private final Logger logger = Logger.getLogger("tepal");

    Log() {
      logger.addHandler(this);
      logger.setUseParentHandlers(false);
    }

    @Override
    public synchronized void publish(LogRecord entry) {
      messages.add(entry.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
      logger.setUseParentHandlers(true);
    }
  }
}
