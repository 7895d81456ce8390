// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.toThread;
import static tepal.testing.Testing.waitAllTasksBlocked;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tepal.sync.Event;
import tepal.sync.Lock;
import tepal.testing.DeadlockException;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

/// Virtual time tells when nothing can happen any more.
class DeadlockTest {
  private final Trail trail = new Trail();
  private VirtualClock clock = new VirtualClock(ZERO).failOnDeadlock(ZERO);

  private <X extends Throwable> void run(Action<X> main) throws X {
    try (Runner runner = new Runner(EventLoop.builder().clock(clock))) {
      runner.run(main);
    }
  }

  @Test
  void a_run_on_which_nothing_can_happen_any_more_ends() {
    assertThatThrownBy(() -> run(() -> {
          sleep(ofSeconds(3));
          new Event().await();
        }))
        .isInstanceOf(DeadlockException.class)
        .hasMessage(
            "Deadlock at PT3S: no task is ready, no timer is left, no call in an executor is"
                + " outstanding, and no other thread called in for PT0S");
  }

  @Test
  void its_tasks_can_be_looked_at_before_they_are_cancelled() {
    Lock left = new Lock();
    Lock right = new Lock();
    Runner runner = new Runner(EventLoop.builder().clock(clock));
    assertThatThrownBy(() -> runner.run(() -> {
          Task<?> other = createTask(() -> takeBoth(right, left, "other"));
          takeBoth(left, right, "main");
          other.await();
        }))
        .isInstanceOf(DeadlockException.class);

    assertThat(Asyncio.allTasks(runner.getLoop())).hasSize(2);
    trail.assertIs();
    runner.close();
    trail.assertIs("main cancelled", "other cancelled");
  }

  private void takeBoth(Lock first, Lock second, String name) {
    try (var _ = first.acquire()) {
      sleep(ZERO);
      try (var _ = second.acquire()) {
        trail.add(name + " has both");
      } catch (CancelledError e) {
        trail.add(name + " cancelled");
        throw e;
      }
    }
  }

  @Test
  void a_task_that_goes_on_in_spite_of_its_cancellation_ends_the_closing_as_well() {
    assertThatThrownBy(() -> run(() -> {
          getRunningLoop().setExceptionHandler((_, error) -> trail.add(error.message()));
          Task<?> _ = createTask(() -> {
            try {
              new Event().await();
            } finally {
              new Event().await();
            }
          });
          sleep(ZERO);
        }))
        .isInstanceOf(DeadlockException.class);
    assertThat(trail.words())
        .singleElement()
        .asString()
        .startsWith("Task was destroyed but it is pending: Task[");
  }

  // ---- What can still happen

  @Test
  void timers_calls_in_threads_and_waits_for_idleness_are_not_over() {
    run(() -> {
      sleep(ofHours(1));
      toThread(trail.adding("in a thread")::run);
      waitAllTasksBlocked(ofMillis(1));
      trail.add("idle");
    });

    trail.assertIs("in a thread", "idle");
  }

  @Test
  void a_future_of_the_jdk_may_come() {
    run(() -> {
      CompletableFuture<String> source = new CompletableFuture<>();
      Scheduler scheduler = getRunningLoop().scheduler;
      Thread _ = Thread.ofPlatform().start(() -> {
        while (!scheduler.idle) {
          Thread.onSpinWait();
        }
        source.complete("value");
      });
      trail.add(Asyncio.<String>wrapFuture(source).await());
    });

    trail.assertIs("value");
  }

  @Test
  void a_thread_of_which_the_loop_knows_nothing_is_waited_for() {
    clock = new VirtualClock().failOnDeadlock(ofHours(1));
    run(() -> {
      EventLoop loop = getRunningLoop();
      Future<String> answer = loop.createFuture();
      Thread _ = Thread.ofPlatform().start(() -> {
        while (!loop.scheduler.idle) {
          Thread.onSpinWait();
        }
        loop.callSoonThreadsafe(() -> answer.setResult("from outside"));
      });
      trail.add(answer.await());
    });

    trail.assertIs("from outside");
  }

  // ---- Moved by hand

  @Test
  void a_clock_that_nobody_moves_is_a_deadlock_too() {
    clock = VirtualClock.manual().failOnDeadlock(ZERO);

    assertThatThrownBy(() -> run(() -> sleep(ofSeconds(5))))
        .isInstanceOf(DeadlockException.class)
        .hasMessageContaining(
            "the next timer is for PT5S, where a clock moved by hand does not get by itself");
  }

  @Test
  void a_clock_that_a_task_moves_is_none() {
    clock = VirtualClock.manual().failOnDeadlock(ZERO);
    run(() -> {
      Task<?> sleeper = createTask(() -> sleep(ofSeconds(5)));
      clock.advance(ofSeconds(5));
      assertThat(sleeper.done()).isTrue();
    });
  }

  @Test
  void the_time_to_wait_for_threads_is_not_negative() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> clock.failOnDeadlock(ofSeconds(-1)))
        .withMessage("Expected a time of zero or more, got PT-1S");
  }
}
