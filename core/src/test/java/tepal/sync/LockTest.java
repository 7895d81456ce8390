// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.Task;
import tepal.TaskOptions;
import tepal.testing.Trail;

class LockTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);
  private final Lock lock = new Lock();

  @Test
  void a_free_lock_is_acquired_without_suspending() {
    onLoop(() -> {
      Asyncio.getRunningLoop().callSoon(() -> trail.add("callback"));
      lock.acquire();
      trail.add("acquired");
      pass();
      trail.assertIs("acquired", "callback");
    });
  }

  @Test
  void a_free_lock_is_acquired_where_no_loop_runs() {
    lock.acquire();
    assertThat(lock.locked()).isTrue();
  }

  @Test
  void tasks_get_the_lock_in_the_order_in_which_they_asked() {
    onLoop(() -> {
      lock.acquire();
      tasks.start("a", lock::acquire);
      tasks.start("b", lock::acquire);
      pass();

      lock.release();
      pass();
      trail.assertIs("a done");
      lock.release();
      pass();
      trail.assertIs("b done");
    });
  }

  @Test
  void a_release_leaves_the_lock_free_until_the_woken_task_resumes() {
    onLoop(() -> {
      lock.acquire();
      tasks.start("a", lock::acquire);
      pass();

      lock.release();
      assertThat(lock).hasToString("Lock[unlocked, 1 waiting]");
      pass();
      assertThat(lock).hasToString("Lock[locked by a task that has ended]");
    });
  }

  @Test
  void no_task_overtakes_one_that_was_woken() {
    onLoop(() -> {
      lock.acquire();
      tasks.start("a", () -> {
        lock.acquire();
        trail.add("a acquired");
        lock.release();
      });
      pass();

      lock.release();
      lock.acquire();
      trail.add("main acquired");
      trail.assertIs("a acquired", "a done", "main acquired");
    });
  }

  @Test
  void a_task_cannot_acquire_the_lock_twice() {
    onLoop(() -> {
      var task = tasks.start("a", () -> {
        lock.acquire();
        lock.acquire();
      });
      pass();
      pass();
      assertThat(task.done()).isFalse();
    });
  }

  @Test
  void closing_what_acquire_returned_releases_the_lock() {
    try (var held = lock.acquire()) {
      assertThat(lock.locked()).isTrue();
      assertThat(held).isNotNull();
    }
    assertThat(lock.locked()).isFalse();
  }

  @Test
  void a_block_that_throws_releases_the_lock() {
    assertThatThrownBy(() -> {
          try (var _ = lock.acquire()) {
            throw new ArithmeticException("in the block");
          }
        })
        .hasMessage("in the block");
    assertThat(lock.locked()).isFalse();
  }

  @Test
  void every_acquire_returns_the_same_object() {
    var first = lock.acquire();
    first.close();
    assertThat(lock.acquire()).isSameAs(first);
  }

  @Test
  void a_task_cancelled_while_it_waits_leaves_the_line() {
    onLoop(() -> {
      lock.acquire();
      var a = tasks.start("a", lock::acquire);
      tasks.start("b", lock::acquire);
      pass();

      a.cancel();
      pass();
      trail.assertIs("a cancelled");
      assertThat(lock.statistics()).isEqualTo(new LockStatistics(true, 1));
      lock.release();
      pass();
      trail.assertIs("b done");
    });
  }

  @Test
  void a_task_cancelled_after_it_was_woken_wakes_the_next() {
    onLoop(() -> {
      lock.acquire();
      var a = tasks.start("a", lock::acquire);
      tasks.start("b", lock::acquire);
      pass();

      lock.release();
      a.cancel();
      pass();
      trail.assertIs("a cancelled");
      pass();
      trail.assertIs("b done");
    });
  }

  @Test
  void a_release_behind_a_cancelled_head_reaches_the_next_when_the_head_resumes() {
    onLoop(() -> {
      lock.acquire();
      var a = tasks.start("a", lock::acquire);
      tasks.start("b", lock::acquire);
      pass();

      a.cancel();
      lock.release();
      pass();
      trail.assertIs("a cancelled");
      pass();
      trail.assertIs("b done");
    });
  }

  @Test
  void a_task_may_pass_by_a_line_in_which_all_are_cancelled() {
    onLoop(() -> {
      lock.acquire();
      var a = tasks.start("a", lock::acquire);
      pass();

      a.cancel();
      lock.release();
      lock.acquire();
      trail.add("main acquired");
      pass();
      trail.assertIs("main acquired", "a cancelled");
      assertThat(lock.toString()).matches("Lock\\[locked by Task-\\d+]");
    });
  }

  @Test
  void a_cancelled_task_wakes_nobody_while_the_lock_is_locked() {
    onLoop(() -> {
      lock.acquire();
      var a = tasks.start("a", lock::acquire);
      tasks.start("b", lock::acquire);
      pass();

      a.cancel();
      pass();
      pass();
      trail.assertIs("a cancelled");
    });
  }

  @Test
  void a_lock_that_is_not_locked_cannot_be_released() {
    assertThatIllegalStateException()
        .isThrownBy(lock::release)
        .withMessage("Expected a locked lock to release, found Lock[unlocked]");
  }

  @Test
  void a_lock_cannot_be_released_again_before_the_woken_task_resumes() {
    onLoop(() -> {
      lock.acquire();
      tasks.start("a", lock::acquire);
      pass();

      lock.release();
      assertThatIllegalStateException().isThrownBy(lock::release);
      pass();
      trail.assertIs("a done");
    });
  }

  @Test
  void a_callback_may_release_but_not_wait() {
    onLoop(() -> {
      lock.acquire();
      Asyncio.getRunningLoop().callSoon(() -> {
        assertThatIllegalStateException().isThrownBy(lock::acquire);
        assertThat(lock.statistics().tasksWaiting()).isZero();
        lock.release();
        trail.add("released");
      });
      pass();
      trail.assertIs("released");
      assertThat(lock.locked()).isFalse();
    });
  }

  @Test
  void nobody_waits_where_no_loop_runs() {
    lock.acquire();
    assertThatIllegalStateException().isThrownBy(lock::acquire);
    assertThat(lock).hasToString("Lock[locked by " + Thread.currentThread().getName() + "]");
  }

  @Test
  void a_wait_on_another_loop_than_the_first_is_refused() {
    lock.acquire();
    onLoop(() -> {
      tasks.start("first", lock::acquire);
      pass();
    });
    trail.assertIs("first cancelled");

    onLoop(() -> assertThatIllegalStateException()
        .isThrownBy(lock::acquire)
        .withMessageContaining(lock + " belongs"));
  }

  @Test
  void statistics_count_the_tasks_that_wait() {
    assertThat(lock.statistics()).isEqualTo(new LockStatistics(false, 0));
    onLoop(() -> {
      lock.acquire();
      tasks.start("a", lock::acquire);
      tasks.start("b", lock::acquire);
      pass();
      assertThat(lock.statistics()).isEqualTo(new LockStatistics(true, 2));
      assertThat(lock.toString()).matches("Lock\\[locked by Task-\\d+, 2 waiting]");
    });
  }

  @Test
  void a_lock_knows_who_holds_it() {
    onLoop(() -> {
      assertThat(lock.holder()).isNull();
      lock.acquire();
      assertThat(lock.holder()).isSameAs(Thread.currentThread());
      assertThat(Task.of(Thread.currentThread())).isSameAs(Asyncio.currentTask());

      Asyncio.createTask(() -> lock.acquire(), TaskOptions.named("reader"));
      pass();
      lock.release();
      pass();
      assertThat(lock).hasToString("Lock[locked by reader]");
    });
  }

  @Test
  void another_task_than_the_holder_may_release_the_lock() {
    onLoop(() -> {
      lock.acquire();
      tasks.start("a", lock::release);
      pass();

      trail.assertIs("a done");
      assertThat(lock.holder()).isNull();
      assertThat(lock).hasToString("Lock[unlocked]");
    });
  }

  @Test
  void a_lock_that_a_callback_holds_says_so() {
    onLoop(() -> {
      Asyncio.getRunningLoop().callSoon(lock::acquire);
      pass();
      assertThat(lock).hasToString("Lock[locked by tepal-callbacks]");
    });
  }
}
