// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.timeout;
import static tepal.Asyncio.waitFor;
import static tepal.InTask.me;
import static tepal.InTask.outcome;
import static tepal.InTask.pass;
import static tepal.InTask.started;
import static tepal.JdkCode.AN_HOUR;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// Where a cancellation that reached blocking code goes: through scopes, clean-up and code that
/// swallows it, and without leaving the thread interrupted.
@OnlyOpened
class InterruptedScopesTest {
  private static final Duration SOON = Duration.ofMillis(20);

  private final Trail trail = new Trail();

  // ---- Scopes

  @Test
  void a_timeout_ends_blocking_code_and_is_a_timeout_exception() {
    run(() -> {
      assertThatThrownBy(() -> timeout(SOON, () -> JdkCode.sleep(AN_HOUR)))
          .isInstanceOf(TimeoutException.class)
          .hasCauseInstanceOf(CancelledError.class);
      assertThat(me().cancelling()).isZero();
      sleep(Duration.ZERO);
    });
  }

  @Test
  void wait_for_ends_blocking_code_of_its_body() throws InterruptedException {
    run(() -> {
      assertThatThrownBy(() -> waitFor(() -> new LinkedBlockingQueue<String>().take(), SOON))
          .isInstanceOf(TimeoutException.class);
      JdkCode.sleep(Duration.ofMillis(1));
      sleep(Duration.ZERO);
    });
  }

  @Test
  void wait_for_ends_blocking_code_of_its_task() {
    run(() -> {
      var task = createTask(() -> JdkCode.sleep(AN_HOUR));
      assertThatThrownBy(() -> waitFor(task, SOON)).isInstanceOf(TimeoutException.class);
      assertThat(task.cancelled()).isTrue();
    });
  }

  @Test
  void an_exit_stack_keeps_a_cancellation_that_ended_a_blocking_closer() {
    run(() -> {
      var task = started(() -> {
        trail.add(outcome(() -> ExitStack.run(stack -> {
          stack.callback(() -> JdkCode.sleep(AN_HOUR));
          throw new IOException("broken");
        })));
        sleep(AN_HOUR);
      });
      task.cancel();
      assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
    });
    trail.assertIs("IOException");
  }

  @Test
  void an_outer_timeout_passes_through_an_inner_one() {
    run(() -> {
      var thrown = catchThrowable(() -> timeout(SOON, () -> {
        trail.add(outcome(() -> timeout(AN_HOUR, () -> JdkCode.sleep(AN_HOUR))));
        throw new IllegalStateException("swallowed");
      }));
      assertThat(thrown).isInstanceOf(IllegalStateException.class);
    });
    trail.assertIs("CancelledError");
  }

  @Test
  void a_group_ends_the_blocking_code_of_its_tasks_and_of_its_body() {
    run(() -> {
      var thrown = catchThrowable(() -> TaskGroup.run(group -> {
        group.createTask(() -> trail.add("child " + outcome(() -> JdkCode.sleep(AN_HOUR))));
        group.createTask(() -> {
          sleep(SOON);
          throw new IOException("no route");
        });
        JdkCode.sleep(AN_HOUR);
      }));
      assertThat(thrown)
          .isInstanceOfSatisfying(
              ExceptionGroup.class,
              group ->
                  assertThat(group.exceptions()).singleElement().isInstanceOf(IOException.class));
      assertThat(me().cancelling()).isZero();
    });
    trail.assertIs("child InterruptedException");
  }

  @Test
  void a_cancelled_group_is_left_by_the_cancellation() {
    run(() -> {
      var task = started(() -> TaskGroup.run(group -> {
        group.createTask(() -> JdkCode.sleep(AN_HOUR));
        JdkCode.sleep(AN_HOUR);
      }));
      task.cancel("all of it");
      assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
      assertThat(task.cancelled()).isTrue();
    });
  }

  // ---- Swallowed, ignored, cleaned up

  @Test
  void a_swallowed_interrupt_is_a_swallowed_cancellation() {
    run(() -> {
      Task<String> task = createTask(() -> {
        trail.add(outcome(() -> JdkCode.sleep(AN_HOUR)));
        sleep(SOON);
        return "went on";
      });
      pass(2);
      task.cancel();
      assertThat(task.await()).isEqualTo("went on");
      assertThat(task.cancelled()).isFalse();
    });
    trail.assertIs("InterruptedException");
  }

  @Test
  void a_lock_does_not_react_and_the_next_wait_throws() {
    var lock = new ReentrantLock();
    assertNextWaitThrows(lock::lock, lock::unlock, lock);
  }

  @Test
  void a_monitor_does_not_react_and_the_next_wait_throws() {
    var monitor = new Object();
    run(() -> {
      var release = Asyncio.getRunningLoop().<String>createFuture();
      createTask(() -> {
        synchronized (monitor) {
          release.await();
        }
      });
      var task = started(() -> {
        synchronized (monitor) {
          trail.add("entered, interrupted: " + Thread.currentThread().isInterrupted());
        }
        sleep(Duration.ZERO);
        trail.add("not reached");
      });
      task.cancel("meanwhile");
      pass(3);
      trail.assertIs();
      release.setResult("now");
      assertThatThrownBy(task::await).isInstanceOf(CancelledError.class).hasMessage("meanwhile");
    });
    trail.assertIs("entered, interrupted: true");
  }

  @Test
  void a_task_that_ends_after_code_that_does_not_react_is_cancelled() {
    var lock = new ReentrantLock();
    run(() -> {
      var release = Asyncio.getRunningLoop().<String>createFuture();
      holdUntil(release, lock);
      var task = started(lock::lock);
      task.cancel();
      release.setResult("now");
      assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
    });
  }

  @Test
  void clean_up_may_await_and_block() {
    run(() -> {
      var task = started(() -> {
        try {
          JdkCode.sleep(AN_HOUR);
        } finally {
          sleep(SOON);
          trail.add("slept");
          JdkCode.sleep(SOON);
          trail.add("blocked");
          Asyncio.toThread(() -> JdkCode.sleep(SOON));
          trail.add("called a thread");
        }
      });
      task.cancel();
      assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
      assertThat(task.cancelled()).isTrue();
    });
    trail.assertIs("slept", "blocked", "called a thread");
  }

  // ---- The flag

  @Test
  void the_flag_does_not_leak_to_later_code_of_the_task() {
    var lock = new ReentrantLock();
    run(() -> {
      var release = Asyncio.getRunningLoop().<String>createFuture();
      holdUntil(release, lock);
      var task = started(() -> {
        trail.add(outcome(() -> timeout(AN_HOUR, lock::lock)));
        trail.add("interrupted: " + Thread.currentThread().isInterrupted());
        trail.add(outcome(() -> sleep(Duration.ZERO)));
        trail.add(outcome(() -> JdkCode.sleep(SOON)));
      });
      task.cancel();
      release.setResult("now");
      task.await();
    });
    trail.assertIs("done", "interrupted: false", "CancelledError", "done");
  }

  @Test
  void the_flag_does_not_leak_to_other_tasks_callbacks_or_the_thread_that_runs_the_loop() {
    run(() -> {
      var loop = Asyncio.getRunningLoop();
      var task = started(() -> JdkCode.sleep(AN_HOUR));
      task.cancel();
      var after = createTask(
          () -> trail.add("task interrupted: " + Thread.currentThread().isInterrupted()));
      loop.callSoon(
          () -> trail.add("callback interrupted: " + Thread.currentThread().isInterrupted()));
      after.await();
      pass(2);
      assertThat(task.cancelled()).isTrue();
    });
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    trail.assertIs("task interrupted: false", "callback interrupted: false");
  }

  @Test
  void a_task_in_a_wait_of_ours_is_not_interrupted() {
    run(() -> {
      var task = started(() -> {
        try {
          sleep(AN_HOUR);
        } finally {
          trail.add("interrupted: " + Thread.currentThread().isInterrupted());
        }
      });
      task.cancel();
      assertThatThrownBy(task::await).isInstanceOf(CancelledError.class).hasNoCause();
    });
    trail.assertIs("interrupted: false");
  }

  private void assertNextWaitThrows(Action<?> lock, Action<?> unlock, ReentrantLock held) {
    run(() -> {
      var release = Asyncio.getRunningLoop().<String>createFuture();
      holdUntil(release, held);
      var task = started(() -> {
        Asyncio.awaitable(lock).await();
        trail.add("locked, interrupted: " + Thread.currentThread().isInterrupted());
        Asyncio.awaitable(unlock).await();
        trail.add(outcome(() -> sleep(Duration.ZERO)));
        trail.add("then interrupted: " + Thread.currentThread().isInterrupted());
        sleep(Duration.ZERO);
        trail.add("once only");
      });
      task.cancel();
      pass(3);
      trail.assertIs();
      release.setResult("now");
      task.await();
    });
    trail.assertIs(
        "locked, interrupted: true", "CancelledError", "then interrupted: false", "once only");
  }

  private static void holdUntil(Future<?> release, ReentrantLock lock) {
    createTask(() -> {
      lock.lock();
      try {
        release.await();
      } finally {
        lock.unlock();
      }
    });
  }
}
