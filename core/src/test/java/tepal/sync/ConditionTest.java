// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;
import static tepal.testing.Testing.waitAllTasksBlocked;

import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.testing.Trail;

class ConditionTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);
  private final Condition condition = new Condition();

  @Test
  void waiting_releases_the_lock_and_returns_with_it() {
    onLoop(() -> {
      tasks.start("a", () -> {
        try (var _ = condition.acquire()) {
          trail.add("a waits");
          trail.add("a got " + condition.await() + " " + condition);
        }
      });
      pass();
      assertThat(condition).hasToString("Condition[unlocked, 1 waiting]");

      try (var _ = condition.acquire()) {
        condition.signal();
      }
      pass();
      trail.assertIs("a waits", "a got true Condition[locked]", "a done");
    });
  }

  @Test
  void a_signalled_task_does_not_resume_before_the_lock_is_released() {
    onLoop(() -> {
      tasks.start("a", this::awaitSignal);
      pass();

      try (var _ = condition.acquire()) {
        condition.signal();
        pass();
        pass();
        trail.assertIs();
        assertThat(condition.statistics())
            .isEqualTo(new ConditionStatistics(0, new LockStatistics(true, 1)));
      }
      pass();
      trail.assertIs("a done");
    });
  }

  @Test
  void signals_wake_tasks_in_the_order_in_which_they_waited() {
    onLoop(() -> {
      tasks.start("a", this::awaitSignal);
      tasks.start("b", this::awaitSignal);
      tasks.start("c", this::awaitSignal);
      pass();

      signal(2);
      waitAllTasksBlocked();
      trail.assertIs("a done", "b done");
      signal(1);
      waitAllTasksBlocked();
      trail.assertIs("c done");
    });
  }

  @Test
  void signal_all_wakes_all() {
    onLoop(() -> {
      tasks.start("a", this::awaitSignal);
      tasks.start("b", this::awaitSignal);
      pass();

      try (var _ = condition.acquire()) {
        condition.signalAll();
      }
      waitAllTasksBlocked();
      trail.assertIs("a done", "b done");
    });
  }

  @Test
  void two_signals_at_once_wake_two_tasks() {
    onLoop(() -> {
      tasks.start("a", this::awaitSignal);
      tasks.start("b", this::awaitSignal);
      pass();

      try (var _ = condition.acquire()) {
        condition.signal();
        condition.signal();
      }
      waitAllTasksBlocked();
      trail.assertIs("a done", "b done");
    });
  }

  @Test
  void a_signal_is_not_kept_for_later() {
    onLoop(() -> {
      signal(1);
      tasks.start("a", this::awaitSignal);
      waitAllTasksBlocked();
      trail.assertIs();
    });
  }

  @Test
  void a_signal_to_no_task_or_fewer_wakes_none() {
    onLoop(() -> {
      tasks.start("a", this::awaitSignal);
      pass();
      signal(0);
      signal(-1);
      waitAllTasksBlocked();
      trail.assertIs();
    });
  }

  @Test
  void wait_for_returns_at_once_if_the_predicate_is_true() {
    onLoop(() -> {
      Asyncio.getRunningLoop().callSoon(() -> trail.add("callback"));
      try (var _ = condition.acquire()) {
        assertThat(condition.waitFor(() -> true)).isTrue();
      }
      trail.assertIs();
    });
  }

  @Test
  void wait_for_goes_on_waiting_until_the_predicate_is_true() {
    var orders = new ArrayDeque<String>();
    onLoop(() -> {
      tasks.start("a", () -> {
        try (var _ = condition.acquire()) {
          condition.waitFor(() -> {
            trail.add(orders.isEmpty() ? "none yet" : "one");
            return !orders.isEmpty();
          });
        }
      });
      pass();
      signal(1);
      waitAllTasksBlocked();
      orders.add("order");
      signal(1);
      waitAllTasksBlocked();
      trail.assertIs("none yet", "none yet", "one", "a done");
    });
  }

  @Test
  void several_conditions_share_one_lock() {
    var lock = new Lock();
    var full = new Condition(lock);
    var empty = new Condition(lock);
    onLoop(() -> {
      tasks.start("full", () -> {
        try (var _ = full.acquire()) {
          full.await();
        }
      });
      pass();

      try (var _ = empty.acquire()) {
        assertThat(full.locked()).isTrue();
        empty.signal();
        full.signal();
      }
      waitAllTasksBlocked();
      trail.assertIs("full done");
      assertThat(lock.locked()).isFalse();
    });
  }

  @Test
  void waiting_and_signalling_need_the_lock() {
    assertThatIllegalStateException()
        .isThrownBy(condition::await)
        .withMessage("Expected the lock to be held for await(), found Condition[unlocked]");
    assertThatIllegalStateException()
        .isThrownBy(condition::signal)
        .withMessage("Expected the lock to be held for signal(), found Condition[unlocked]");
    assertThatIllegalStateException().isThrownBy(condition::signalAll);
    assertThatIllegalStateException().isThrownBy(() -> condition.waitFor(() -> false));
    assertThatIllegalStateException().isThrownBy(condition::release);
  }

  @Test
  void a_condition_needs_a_lock() {
    assertThatNullPointerException().isThrownBy(() -> new Condition(nothing()));
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }

  @Test
  void a_wait_on_another_loop_than_the_first_is_refused_and_leaves_the_lock_locked() {
    onLoop(() -> {
      tasks.start("first", this::awaitSignal);
      pass();
    });
    onLoop(() -> {
      condition.acquire();
      assertThatIllegalStateException()
          .isThrownBy(condition::await)
          .withMessageContaining("Condition[locked] belongs");
      assertThat(condition.locked()).isTrue();
    });
  }

  private void awaitSignal() {
    try (var _ = condition.acquire()) {
      condition.await();
    }
  }

  private void signal(int count) {
    try (var _ = condition.acquire()) {
      condition.signal(count);
    }
  }
}
