// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.currentTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

class RunnerTest {
  private final Trail trail = new Trail();

  // ---- Running programs

  @Test
  void a_program_gives_its_value() {
    assertThat(Asyncio.<String, RuntimeException>run(() -> sleep(ZERO, "value")))
        .isEqualTo("value");
  }

  @Test
  void the_exceptions_of_a_program_leave_it_as_they_are() {
    var failure = new IOException("disk full");

    assertThatThrownBy(() -> Asyncio.run(() -> {
          throw failure;
        }))
        .isSameAs(failure);
  }

  @Test
  void a_program_that_is_cancelled_throws_the_cancellation() {
    assertThatThrownBy(() -> Asyncio.run(() -> {
          Objects.requireNonNull(currentTask()).cancel("enough");
          sleep(ofDays(1));
        }))
        .isInstanceOf(CancelledError.class)
        .hasMessage("enough");
  }

  @Test
  void each_run_has_a_loop_of_its_own_which_is_closed_afterwards() {
    EventLoop first = Asyncio.<EventLoop, RuntimeException>run(Asyncio::getRunningLoop);
    EventLoop second = Asyncio.<EventLoop, RuntimeException>run(Asyncio::getRunningLoop);

    assertThat(first).isNotSameAs(second);
    assertThat(first.isClosed()).isTrue();
  }

  @Test
  void a_second_run_inside_a_running_loop_is_refused_and_the_first_goes_on() {
    Asyncio.run(() -> {
      assertThatIllegalStateException()
          .isThrownBy(() -> Asyncio.run(() -> trail.add("inner")))
          .withMessage("run() cannot be called from a running event loop:"
              + " await or create a task instead");
      try (Runner inner = new Runner()) {
        assertThatIllegalStateException()
            .isThrownBy(() -> inner.run(() -> trail.add("inner")))
            .withMessageStartingWith("Runner.run() cannot be called from a running event loop");
      }
      sleep(ZERO);
      trail.add("outer goes on");
    });

    trail.assertIs("outer goes on");
  }

  @Test
  void a_program_can_run_on_a_virtual_thread() throws InterruptedException {
    Thread thread = Thread.ofVirtual()
        .start(() -> Asyncio.run(() -> {
          TaskGroup.run(group -> {
            group.createTask(trail.adding("a")::run);
            group.createTask(trail.adding("b")::run);
          });
          trail.add("main, on a virtual thread: " + Thread.currentThread().isVirtual());
        }));
    thread.join();

    trail.assertIs("a", "b", "main, on a virtual thread: true");
  }

  @Test
  void what_a_program_throws_on_a_virtual_thread_leaves_it_as_it_is() throws InterruptedException {
    var failure = new IOException("disk full");
    Thread thread = Thread.ofVirtual()
        .start(() -> assertThatThrownBy(() -> Asyncio.run(() -> {
              throw failure;
            }))
            .isSameAs(failure)
            .satisfies(_ -> trail.add("checked")));
    thread.join();

    trail.assertIs("checked");
  }

  @Test
  void monitors_that_the_caller_holds_stay_with_it() {
    Object monitor = new Object();
    try (Runner runner = newRunner()) {
      for (int i = 0; i < 20; i++) {
        synchronized (monitor) {
          // begins first, and is still suspended when the program has ended
          Task<?> _ = runner.getLoop().createTask(() -> sleep(ofDays(1)));
          runner.run(() -> sleep(ZERO));
          assertThat(Thread.holdsLock(monitor)).isTrue();
        }
        assertThat(Thread.holdsLock(monitor)).isFalse();
      }
    }
  }

  @Test
  void several_programs_share_a_loop_and_a_context() {
    ContextVar<String> user = new ContextVar<>("user", "nobody");
    try (Runner runner = newRunner()) {
      runner.run(() -> {
        user.set("anna");
        sleep(ofSeconds(1));
      });
      runner.run(() -> trail.add(user.get() + " at " + getRunningLoop().time()));
    }

    trail.assertIs("anna at PT1S");
    assertThat(user.get()).isEqualTo("nobody");
  }

  @Test
  void a_program_can_be_run_in_a_context() {
    ContextVar<String> user = new ContextVar<>("user", "nobody");
    Context context = new Context();
    try (Runner runner = newRunner()) {
      runner.run(() -> user.set("anna"), context);
      runner.run(() -> trail.add(user.get()));
    }

    assertThat(context.get(user)).isEqualTo("anna");
    trail.assertIs("nobody");
  }

  @Test
  void a_program_sees_the_values_of_its_caller() {
    ContextVar<String> user = new ContextVar<>("user", "nobody");
    new Context().run(() -> {
      user.set("anna");
      Asyncio.run(() -> trail.add(user.get()));
    });

    trail.assertIs("anna");
  }

  @Test
  void a_task_of_one_program_goes_on_in_the_next() {
    try (Runner runner = newRunner()) {
      runner.run(() -> {
        createTask(() -> {
          sleep(ofSeconds(1));
          trail.add("background");
        });
      });
      trail.assertIs();
      runner.run(() -> sleep(ofSeconds(2)));
      trail.assertIs("background");
    }
  }

  // ---- Cleaning up

  @Test
  void tasks_that_are_left_are_cancelled_and_awaited() {
    try (Runner runner = newRunner()) {
      runner.run(() -> {
        createTask(() -> cleaningUp("a", 2));
        createTask(() -> cleaningUp("b", 1));
        sleep(ZERO);
      });
      trail.add("program ended");
    }
    trail.add("closed");

    trail.assertIs(
        "program ended", "a cancelled", "b cancelled", "b cleaned up", "a cleaned up", "closed");
  }

  @Test
  void tasks_are_cleaned_up_after_a_failure_too() {
    assertThatThrownBy(() -> Asyncio.run(() -> {
          createTask(() -> cleaningUp("a", 0));
          sleep(ZERO);
          throw new ArithmeticException("division");
        }))
        .hasMessage("division");

    trail.assertIs("a cancelled", "a cleaned up");
  }

  @Test
  void a_shield_does_not_protect_from_the_end_of_the_program() {
    Asyncio.run(() -> {
      Future<?> shielded = Asyncio.shield(() -> cleaningUp("shielded", 0));
      sleep(ZERO);
      assertThat(shielded.done()).isFalse();
    });

    trail.assertIs("shielded cancelled", "shielded cleaned up");
  }

  @Test
  void a_failure_while_cleaning_up_is_reported() {
    try (Runner runner = newRunner()) {
      runner.getLoop().setExceptionHandler((_, error) -> {
        trail.add(error.message());
        trail.add("" + error.exception());
      });
      runner.run(() -> {
        createTask(() -> {
          try {
            sleep(ofDays(1));
          } finally {
            failNow();
          }
        });
        sleep(ZERO);
      });
    }

    trail.assertIs(
        "unhandled exception during run() shutdown", "java.lang.ArithmeticException: in clean-up");
  }

  @Test
  void a_task_that_is_created_while_cleaning_up_is_not_awaited_but_reported() {
    try (Runner runner = newRunner()) {
      runner.getLoop().setExceptionHandler((_, error) -> trail.add(error.message()));
      runner.run(() -> {
        createTask(() -> {
          try {
            sleep(ofDays(1));
          } finally {
            createTask(() -> sleep(ofDays(2)), TaskOptions.named("latecomer"));
          }
        });
        sleep(ZERO);
      });
    }

    trail.assertIs("Task was destroyed but it is pending: Task[latecomer, waiting for sleep()]");
  }

  @Test
  void the_default_executor_ends_before_the_loop_is_closed() {
    Runner runner = newRunner();
    EventLoop loop = runner.getLoop();
    CountDownLatch programEnded = new CountDownLatch(1);
    runner.run(() -> {
      loop.runInExecutor(null, () -> {
        programEnded.await();
        while (!loop.isRunning() && !loop.isClosed()) {
          Thread.onSpinWait(); // until the runner cleans up
        }
        trail.add("work ends, loop closed: " + loop.isClosed());
        return "x";
      });
    });
    programEnded.countDown();
    runner.close();
    trail.add("runner closed");

    trail.assertIs("work ends, loop closed: false", "runner closed");
  }

  @Test
  void a_default_executor_that_was_set_is_shut_down() {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try (Runner runner = newRunner()) {
      runner.getLoop().setDefaultExecutor(executor);
      runner.run(() -> Asyncio.toThread(() -> trail.add("in the executor")));
      assertThat(executor.isShutdown()).isFalse();
    }

    assertThat(executor.isTerminated()).isTrue();
    trail.assertIs("in the executor");
  }

  // ---- The object

  @Test
  void a_runner_that_was_never_needed_closes_without_a_loop() {
    new Runner(EventLoop.builder().clock(new VirtualClock())).close();
  }

  @Test
  void a_runner_has_one_loop() {
    try (Runner runner = newRunner()) {
      EventLoop loop = runner.getLoop();

      assertThat(runner.getLoop()).isSameAs(loop);
      assertThat(runner.<EventLoop, RuntimeException>run(Asyncio::getRunningLoop))
          .isSameAs(loop);
    }
  }

  @Test
  void a_closed_runner_runs_nothing_and_can_be_closed_again() {
    Runner runner = newRunner();
    runner.run(() -> trail.add("ran"));
    runner.close();
    runner.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> runner.run(() -> trail.add("ran again")))
        .withMessage("Runner is closed");
    assertThatIllegalStateException().isThrownBy(runner::getLoop);
    trail.assertIs("ran");
  }

  @Test
  void a_loop_is_made_as_the_builder_says() {
    try (Runner runner = new Runner(EventLoop.builder().debug(true))) {
      assertThat(runner.getLoop().getDebug()).isTrue();
    }
  }

  private static Runner newRunner() {
    return new Runner(EventLoop.builder().clock(new VirtualClock()));
  }

  private static void failNow() {
    throw new ArithmeticException("in clean-up");
  }

  private void cleaningUp(String name, int seconds) {
    try {
      sleep(ofDays(1));
    } catch (CancelledError e) {
      trail.add(name + " cancelled");
      sleep(ofSeconds(seconds));
      trail.add(name + " cleaned up");
      throw e;
    }
  }
}
