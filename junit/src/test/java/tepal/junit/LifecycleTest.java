// SPDX-License-Identifier: Apache-2.0
package tepal.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.currentTask;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.Task;
import tepal.testing.Trail;

/// The order of things, and what becomes of what a test throws.
class LifecycleTest {
  private static final Trail TRAIL = new Trail();

  private static void add(String word) {
    Task<?> task = currentTask();
    TRAIL.add(word + (task == null ? "" : " as " + task.getName()));
  }

  @OnLoop
  static class Complete {
    @BeforeAll
    static void beforeAll() {
      add("before all");
    }

    Complete() {
      add("constructor");
    }

    @BeforeEach
    void before() {
      add("before each");
      Task<?> _ = createTask(() -> {
        try {
          Asyncio.getRunningLoop().createFuture().await();
        } finally {
          TRAIL.add("background ends");
        }
      });
    }

    @Test
    @OnLoop(allowPendingTasks = true)
    void test() {
      add("test");
    }

    @AfterEach
    void after() {
      add("after each");
    }

    @AfterAll
    static void afterAll() {
      add("after all");
    }
  }

  @Test
  void methods_around_a_test_are_tasks_and_what_is_left_is_cancelled_after_them() {
    assertThat(TestRun.of(Complete.class).summary()).isEqualTo("test: successful");

    TRAIL.assertIs(
        "before all",
        "constructor",
        "before each as before",
        "test as test",
        "after each as after",
        "background ends",
        "after all");
  }

  @OnLoop
  static class FailingBefore {
    @BeforeEach
    void before() {
      throw new IllegalStateException("no server");
    }

    @Test
    void test() {
      add("test");
    }

    @AfterEach
    void after() {
      add("after each");
    }
  }

  @Test
  void a_test_does_not_run_if_what_is_done_before_it_fails() {
    assertThat(TestRun.of(FailingBefore.class).failure()).hasMessage("no server");

    TRAIL.assertIs("after each as after");
  }

  @OnLoop
  static class FailingConstructor {
    FailingConstructor(Trail trail) {
      throw new IllegalStateException("no instance for " + trail);
    }

    @Test
    void test() {
      add("test");
    }
  }

  @Test
  void a_loop_that_was_made_for_a_constructor_that_fails_is_closed() {
    assertThat(TestRun.of(FailingConstructor.class).failure())
        .hasMessage("no instance for Trail[]")
        .hasNoSuppressedExceptions();
    TRAIL.assertIs();
  }

  // ---- Failures

  @OnLoop
  static class Failing {
    static final Map<String, Throwable> THROWN = new HashMap<>();

    private static <X extends Throwable> X noted(String name, X failure) {
      THROWN.put(name, failure);
      return failure;
    }

    @Test
    void assertion() {
      throw noted("assertion", new AssertionFailedError("no", 1, 2));
    }

    @Test
    void checked() throws IOException {
      throw noted("checked", new IOException("disk full"));
    }

    @Test
    void wrapper() {
      throw noted("wrapper", new CompletionException(new IOException("cause")));
    }

    @Test
    void cancellation() {
      throw noted("cancellation", new CancelledError("by itself"));
    }

    @Test
    void assumption() {
      assumeTrue(false, "not here");
    }
  }

  @Test
  void what_a_test_throws_is_its_failure_as_it_is() {
    TestRun run = TestRun.of(Failing.class);

    assertThat(Failing.THROWN).hasSize(4).allSatisfy((name, thrown) -> {
      assertThat(run.failureOf(name)).isSameAs(thrown).hasNoSuppressedExceptions();
    });
    assertThat(run.failureOf("assumption")).isInstanceOf(TestAbortedException.class);
    assertThat(run.summary()).contains("assumption: aborted");
  }

  @OnLoop
  static class FailingTwice {
    @Test
    void test() {
      throw new IllegalStateException("test");
    }

    @AfterEach
    void after() {
      throw new IllegalStateException("after");
    }
  }

  @Test
  void a_failure_after_a_test_that_failed_is_suppressed() {
    assertThat(TestRun.of(FailingTwice.class).failure())
        .hasMessage("test")
        .satisfies(failure -> assertThat(failure.getSuppressed())
            .extracting(Throwable::getMessage)
            .containsExactly("after"));
  }
}
