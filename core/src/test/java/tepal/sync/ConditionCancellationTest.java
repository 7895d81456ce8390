// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;
import static tepal.testing.Testing.waitAllTasksBlocked;

import org.junit.jupiter.api.Test;
import tepal.CancelledError;
import tepal.testing.Trail;

class ConditionCancellationTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);
  private final Condition condition = new Condition();

  @Test
  void a_task_cancelled_while_it_waits_has_the_lock_when_it_throws() {
    onLoop(() -> {
      var a = tasks.start("a", () -> awaitSignal("a"));
      pass();

      a.cancel();
      pass();
      trail.assertIs("a out of wait: Condition[locked]", "a cancelled");
      assertThat(condition).hasToString("Condition[unlocked]");
    });
  }

  @Test
  void a_cancelled_task_waits_for_the_lock_before_it_throws() {
    onLoop(() -> {
      var a = tasks.start("a", () -> awaitSignal("a"));
      pass();

      try (var _ = condition.acquire()) {
        a.cancel();
        waitAllTasksBlocked();
        trail.assertIs();
      }
      pass();
      trail.assertIs("a out of wait: Condition[locked]", "a cancelled");
    });
  }

  @Test
  void the_last_of_several_cancellations_is_thrown() {
    onLoop(() -> {
      var a = tasks.start("a", () -> awaitSignal("a"));
      pass();

      try (var _ = condition.acquire()) {
        a.cancel("first");
        waitAllTasksBlocked();
        a.cancel("second");
        waitAllTasksBlocked();
        a.cancel("third");
        waitAllTasksBlocked();
        assertThat(condition.statistics().lockStatistics().tasksWaiting()).isOne();
      }
      waitAllTasksBlocked();
      trail.assertIs("a out of wait: Condition[locked]", "a cancelled(third)");
    });
  }

  @Test
  void a_task_cancelled_while_it_waits_for_the_lock_throws_although_it_was_signalled() {
    onLoop(() -> {
      var a = tasks.start("a", () -> awaitSignal("a"));
      pass();

      try (var _ = condition.acquire()) {
        condition.signal();
        waitAllTasksBlocked();
        a.cancel();
        waitAllTasksBlocked();
        trail.assertIs();
      }
      pass();
      trail.assertIs("a out of wait: Condition[locked]", "a cancelled");
    });
  }

  @Test
  void a_task_cancelled_after_it_was_signalled_wakes_another() {
    onLoop(() -> {
      var a = tasks.start("a", () -> awaitSignal("a"));
      tasks.start("b", () -> awaitSignal("b"));
      pass();

      try (var _ = condition.acquire()) {
        condition.signal();
        a.cancel();
      }
      waitAllTasksBlocked();
      trail.assertIs(
          "a out of wait: Condition[locked, 1 waiting]", "a cancelled",
          "b out of wait: Condition[locked]", "b done");
    });
  }

  @Test
  void a_task_cancelled_without_a_signal_wakes_another_all_the_same() {
    onLoop(() -> {
      var a = tasks.start("a", () -> awaitSignal("a"));
      tasks.start("b", () -> awaitSignal("b"));
      pass();

      a.cancel();
      waitAllTasksBlocked();
      trail.assertIs(
          "a out of wait: Condition[locked, 1 waiting]", "a cancelled",
          "b out of wait: Condition[locked]", "b done");
    });
  }

  @Test
  void the_lock_is_held_where_the_cancellation_is_caught() {
    onLoop(() -> {
      var a = tasks.start("a", () -> {
        condition.acquire();
        try {
          condition.await();
        } catch (CancelledError error) {
          trail.add("holds " + condition.locked());
          condition.release();
          throw error;
        }
      });
      pass();
      a.cancel("stop");
      pass();
      trail.assertIs("holds true", "a cancelled(stop)");
    });
  }

  private void awaitSignal(String name) {
    try (var _ = condition.acquire()) {
      try {
        condition.await();
      } finally {
        trail.add(name + " out of wait: " + condition);
      }
    }
  }
}
