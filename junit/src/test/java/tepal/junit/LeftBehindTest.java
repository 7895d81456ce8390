// SPDX-License-Identifier: Apache-2.0
package tepal.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tepal.CancelledError;
import tepal.Task;
import tepal.TaskOptions;
import tepal.sync.Event;
import tepal.testing.Trail;

/// Tasks and errors that a test leaves behind.
class LeftBehindTest {
  private static final Trail TRAIL = new Trail();

  private static void waitForEver() {
    try {
      new Event().await();
    } catch (CancelledError e) {
      TRAIL.add("cancelled");
      throw e;
    }
  }

  private static Task<?> start(String name) {
    return createTask(LeftBehindTest::waitForEver, new TaskOptions(name, null, false));
  }

  // ---- Tasks

  @OnLoop
  static class Leaking {
    @Test
    void test() {
      start("consumer");
      start("producer");
    }
  }

  @Test
  void tasks_that_are_pending_after_a_test_fail_it_and_are_cancelled() {
    assertThat(TestRun.of(Leaking.class).failure())
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "Expected a test that leaves no task pending, but 2 are: consumer, producer\n"
                + "EventLoop[not running, ")
        .hasMessageContaining("Task[consumer, waiting for Event[unset, 1 waiting]]")
        .hasMessageContaining("at tepal.junit.LeftBehindTest.waitForEver(LeftBehindTest.java:")
        .hasNoSuppressedExceptions();
    TRAIL.assertIs("cancelled", "cancelled");
  }

  @OnLoop(allowPendingTasks = true)
  static class AllowedToLeak {
    @Test
    void test() {
      start("consumer");
    }
  }

  @Test
  void a_test_that_is_allowed_to_leave_tasks_passes_and_they_are_cancelled() {
    assertThat(TestRun.of(AllowedToLeak.class).summary()).isEqualTo("test: successful");
    TRAIL.assertIs("cancelled");
  }

  @OnLoop
  static class CancelsAfterwards {
    private final List<Task<?>> tasks = new ArrayList<>();

    @Test
    void test() {
      tasks.add(start("consumer"));
    }

    @AfterEach
    void cancel() {
      tasks.forEach(Task::cancel);
    }
  }

  @Test
  void a_task_that_is_about_to_end_is_not_left_behind() {
    assertThat(TestRun.of(CancelsAfterwards.class).summary()).isEqualTo("test: successful");
    TRAIL.assertIs("cancelled");
  }

  @OnLoop
  static class NeverQuiet {
    @Test
    void test() {
      Task<?> _ = createTask(
          () -> {
            while (true) {
              sleep(Duration.ZERO);
            }
          },
          new TaskOptions("spinner", null, false));
    }
  }

  @Test
  void a_task_that_is_never_quiet_is_left_behind() {
    assertThat(TestRun.of(NeverQuiet.class).failure())
        .hasMessageStartingWith("Expected a test that leaves no task pending, but 1 is: spinner\n");
  }

  @OnLoop
  static class FailingAndLeaking {
    @Test
    void test() {
      start("consumer");
      throw new IllegalStateException("failed");
    }
  }

  @Test
  void tasks_of_a_test_that_failed_are_cancelled_and_no_news() {
    assertThat(TestRun.of(FailingAndLeaking.class).failure())
        .hasMessage("failed")
        .hasNoSuppressedExceptions();
    TRAIL.assertIs("cancelled");
  }

  // ---- Errors

  @OnLoop
  static class FailingInTheBackground {
    @Test
    void test() {
      Task<?> _ = createTask(() -> {
        throw new IllegalStateException("first");
      });
      getRunningLoop().callSoon(() -> {
        throw new IllegalStateException("second");
      });
      sleep(Duration.ofSeconds(1));
    }
  }

  @Test
  void errors_that_nobody_was_told_of_fail_a_test() {
    Throwable failure = TestRun.of(FailingInTheBackground.class).failure();

    assertThat(failure)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "Expected a loop on which somebody is told of every error, but nobody was of: ")
        .hasMessageContaining("Task exception was never retrieved: Task[")
        .hasMessageContaining("] (java.lang.IllegalStateException: first)")
        .hasMessageContaining("(java.lang.IllegalStateException: second)");
    assertThat(List.of(failure.getCause(), failure.getSuppressed()[0]))
        .extracting(Throwable::getMessage)
        .containsExactlyInAnyOrder("first", "second");
  }

  @OnLoop
  static class HandlesErrors {
    @Test
    void test() {
      getRunningLoop().setExceptionHandler((_, error) -> TRAIL.add(error.message()));
      Task<?> _ = createTask(() -> {
        throw new IllegalStateException("expected");
      });
      sleep(Duration.ofSeconds(1));
    }
  }

  @Test
  void a_test_that_handles_errors_itself_passes() {
    assertThat(TestRun.of(HandlesErrors.class).summary()).isEqualTo("test: successful");
    assertThat(TRAIL.words())
        .singleElement()
        .asString()
        .startsWith("Task exception was never retrieved: Task[");
    TRAIL.assertIs(TRAIL.words().getFirst());
  }

  @OnLoop
  static class FailingTwice {
    @Test
    void test() {
      Task<?> _ = createTask(() -> {
        throw new IllegalStateException("cause");
      });
      sleep(Duration.ofSeconds(1));
      throw new IllegalStateException("consequence");
    }
  }

  @Test
  void errors_beside_a_failure_are_suppressed() {
    assertThat(TestRun.of(FailingTwice.class).failure())
        .hasMessage("consequence")
        .satisfies(failure -> assertThat(failure.getSuppressed())
            .singleElement()
            .extracting(Throwable::getCause)
            .extracting(Throwable::getMessage)
            .isEqualTo("cause"));
  }

  @OnLoop
  static class FailingWhenCancelled {
    @Test
    void test() {
      Task<?> _ = createTask(() -> {
        try {
          new Event().await();
        } finally {
          throwOnTheWayOut();
        }
      });
    }

    private static void throwOnTheWayOut() {
      throw new IllegalStateException("on the way out");
    }
  }

  @Test
  void what_a_cancelled_task_throws_is_told_as_well() {
    Throwable failure = TestRun.of(FailingWhenCancelled.class).failure();

    assertThat(failure).hasMessageStartingWith("Expected a test that leaves no task pending");
    assertThat(failure.getSuppressed())
        .singleElement()
        .extracting(Throwable::getMessage)
        .asString()
        .endsWith("unhandled exception during run() shutdown"
            + " (java.lang.IllegalStateException: on the way out)");
  }
}
