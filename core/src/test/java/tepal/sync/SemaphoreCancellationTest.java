// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

class SemaphoreCancellationTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);
  private final Semaphore semaphore = new Semaphore(0);

  @Test
  void a_task_cancelled_while_it_waits_leaves_the_line() {
    onLoop(() -> {
      var a = tasks.start("a", semaphore::acquire);
      tasks.start("b", semaphore::acquire);
      pass();

      a.cancel();
      pass();
      trail.assertIs("a cancelled");
      assertThat(semaphore.statistics()).isEqualTo(new SemaphoreStatistics(0, 1));
      semaphore.release();
      pass();
      trail.assertIs("b done");
    });
  }

  @Test
  void a_task_cancelled_after_it_got_its_slot_gives_it_to_the_next() {
    onLoop(() -> {
      var a = tasks.start("a", semaphore::acquire);
      tasks.start("b", semaphore::acquire);
      pass();

      semaphore.release();
      a.cancel();
      pass();
      trail.assertIs("a cancelled");
      pass();
      trail.assertIs("b done");
      assertThat(semaphore).hasToString("Semaphore[locked]");
    });
  }

  @Test
  void a_slot_that_nobody_else_wants_is_free_again() {
    onLoop(() -> {
      var a = tasks.start("a", semaphore::acquire);
      pass();

      semaphore.release();
      a.cancel();
      pass();
      trail.assertIs("a cancelled");
      assertThat(semaphore).hasToString("Semaphore[unlocked, 1 free]");
    });
  }

  @Test
  void a_release_passes_over_a_task_that_is_cancelled_already() {
    onLoop(() -> {
      var a = tasks.start("a", semaphore::acquire);
      tasks.start("b", semaphore::acquire);
      pass();

      a.cancel();
      semaphore.release();
      pass();
      trail.assertIs("a cancelled", "b done");
    });
  }

  @Test
  void a_newcomer_that_waited_behind_a_cancelled_task_gets_the_free_slot() {
    onLoop(() -> {
      var a = tasks.start("a", semaphore::acquire);
      pass();

      semaphore.release();
      semaphore.release();
      tasks.start("b", semaphore::acquire);
      tasks.start("c", semaphore::acquire);
      a.cancel();
      pass();
      trail.assertIs("a cancelled", "b done", "c done");
    });
  }

  @Test
  void all_woken_tasks_cancelled_lose_no_slot() {
    onLoop(() -> {
      var a = tasks.start("a", semaphore::acquire);
      var b = tasks.start("b", semaphore::acquire);
      tasks.start("c", semaphore::acquire);
      pass();

      semaphore.release();
      semaphore.release();
      a.cancel();
      b.cancel();
      pass();
      trail.assertIs("a cancelled", "b cancelled");
      pass();
      trail.assertIs("c done");
      assertThat(semaphore).hasToString("Semaphore[unlocked, 1 free]");
    });
  }

  @Test
  void a_line_of_cancelled_tasks_keeps_no_one_waiting() {
    onLoop(() -> {
      var a = tasks.start("a", semaphore::acquire);
      pass();

      a.cancel();
      semaphore.release();
      semaphore.acquire();
      trail.add("main acquired");
      pass();
      trail.assertIs("main acquired", "a cancelled");
    });
  }
}
