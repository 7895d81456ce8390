// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.testing.Trail;

class SemaphoreTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);

  @Test
  void free_slots_are_taken_without_suspending() {
    var semaphore = new Semaphore(2);
    onLoop(() -> {
      Asyncio.getRunningLoop().callSoon(() -> trail.add("callback"));
      semaphore.acquire();
      semaphore.acquire();
      trail.assertIs();
      assertThat(semaphore).hasToString("Semaphore[locked]");
    });
  }

  @Test
  void a_semaphore_has_one_slot_unless_told_otherwise() {
    assertThat(new Semaphore().statistics()).isEqualTo(new SemaphoreStatistics(1, 0));
    assertThat(new BoundedSemaphore().statistics()).isEqualTo(new SemaphoreStatistics(1, 0));
  }

  @Test
  void a_release_hands_the_slot_to_the_task_that_waited_longest() {
    var semaphore = new Semaphore(0);
    onLoop(() -> {
      tasks.start("a", semaphore::acquire);
      tasks.start("b", semaphore::acquire);
      pass();
      assertThat(semaphore).hasToString("Semaphore[locked, 2 waiting]");

      semaphore.release();
      assertThat(semaphore.statistics()).isEqualTo(new SemaphoreStatistics(0, 2));
      pass();
      trail.assertIs("a done");
      semaphore.release();
      pass();
      trail.assertIs("b done");
    });
  }

  @Test
  void several_releases_at_once_wake_several_tasks() {
    var semaphore = new Semaphore(0);
    onLoop(() -> {
      tasks.start("a", semaphore::acquire);
      tasks.start("b", semaphore::acquire);
      pass();

      semaphore.release();
      semaphore.release();
      semaphore.release();
      pass();
      trail.assertIs("a done", "b done");
      assertThat(semaphore).hasToString("Semaphore[unlocked, 1 free]");
    });
  }

  @Test
  void a_newcomer_waits_behind_woken_tasks_though_a_slot_is_free() {
    var semaphore = new Semaphore(0);
    onLoop(() -> {
      tasks.start("a", semaphore::acquire);
      pass();

      semaphore.release();
      semaphore.release();
      assertThat(semaphore.locked()).isTrue();
      assertThat(semaphore.statistics().value()).isOne();
      semaphore.acquire();
      trail.add("main acquired");
      trail.assertIs("a done", "main acquired");
    });
  }

  @Test
  void a_release_without_an_acquire_adds_a_slot() {
    var semaphore = new Semaphore(1);
    semaphore.release();
    assertThat(semaphore).hasToString("Semaphore[unlocked, 2 free]");
  }

  @Test
  void there_is_a_most_of_what_can_be_free() {
    var semaphore = new Semaphore(Integer.MAX_VALUE);
    assertThatIllegalStateException()
        .isThrownBy(semaphore::release)
        .withMessageContaining("2147483647 free");
  }

  @Test
  void closing_what_acquire_returned_releases_the_slot() {
    var semaphore = new Semaphore(1);
    try (var held = semaphore.acquire()) {
      assertThat(semaphore.locked()).isTrue();
      assertThat(held).isNotNull();
    }
    assertThat(semaphore.locked()).isFalse();
  }

  @Test
  void a_negative_value_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Semaphore(-1))
        .withMessage("Expected an initial value of at least 0, found -1");
    assertThatIllegalArgumentException().isThrownBy(() -> new BoundedSemaphore(-1));
  }

  @Test
  void a_bounded_semaphore_refuses_more_releases_than_acquires() {
    var semaphore = new BoundedSemaphore(2);
    semaphore.acquire();
    semaphore.release();
    assertThatIllegalStateException()
        .isThrownBy(semaphore::release)
        .withMessage("Expected at most 2 free slots, found one more released to "
            + "BoundedSemaphore[unlocked, 2 free]");
    assertThat(semaphore.statistics().value()).isEqualTo(2);
  }

  @Test
  void closing_twice_is_releasing_twice() {
    var semaphore = new BoundedSemaphore(1);
    var held = semaphore.acquire();
    held.close();
    assertThatIllegalStateException().isThrownBy(held::close);
  }

  @Test
  void a_bounded_semaphore_hands_slots_over_like_any_other() {
    var semaphore = new BoundedSemaphore(1);
    onLoop(() -> {
      semaphore.acquire();
      tasks.start("a", semaphore::acquire);
      pass();

      semaphore.release();
      pass();
      trail.assertIs("a done");
      semaphore.release();
      assertThatIllegalStateException().isThrownBy(semaphore::release);
    });
  }

  @Test
  void a_wait_on_another_loop_than_the_first_is_refused() {
    var semaphore = new Semaphore(0);
    onLoop(() -> {
      tasks.start("first", semaphore::acquire);
      pass();
    });
    onLoop(() -> assertThatIllegalStateException()
        .isThrownBy(semaphore::acquire)
        .withMessageContaining("Semaphore[locked] belongs"));
    assertThat(semaphore.statistics().tasksWaiting()).isZero();
  }
}
