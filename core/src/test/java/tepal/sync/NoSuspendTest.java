// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;
import static tepal.testing.Testing.waitAllTasksBlocked;

import org.junit.jupiter.api.Test;
import tepal.Action;
import tepal.Asyncio;
import tepal.queues.Queue;
import tepal.queues.QueueStatistics;
import tepal.testing.Trail;

/// What a refused wait leaves of a primitive: what was there before.
class NoSuspendTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);

  @Test
  void a_lock_that_is_held_is_refused_and_a_free_one_is_not() {
    onLoop(() -> {
      Lock lock = new Lock();
      Asyncio.noSuspend(() -> lock.acquire());
      assertRefused(lock::acquire);
      assertThat(lock.statistics()).isEqualTo(new LockStatistics(true, 0));
      lock.release();
    });
  }

  @Test
  void a_semaphore_an_event_and_a_barrier_are_as_before() {
    onLoop(() -> {
      Semaphore semaphore = new Semaphore(0);
      Event event = new Event();
      Barrier barrier = new Barrier(2);
      assertRefused(semaphore::acquire);
      assertRefused(event::await);
      assertRefused(barrier::await);
      assertThat(semaphore.statistics()).isEqualTo(new SemaphoreStatistics(0, 0));
      assertThat(event.statistics()).isEqualTo(new EventStatistics(false, 0));
      assertThat(barrier.statistics()).isEqualTo(new BarrierStatistics(2, 0, false));
    });
  }

  @Test
  void a_condition_keeps_its_lock_also_if_others_wait_for_it() {
    onLoop(() -> {
      Condition condition = new Condition();
      try (var _ = condition.acquire()) {
        tasks.start("other", () -> {
          try (var _ = condition.acquire()) {
            trail.add("other has it");
          }
        });
        pass();
        assertRefused(condition::await);
        assertThat(condition.locked()).isTrue();
        waitAllTasksBlocked();
        trail.assertIs();
      }
      waitAllTasksBlocked();
      trail.assertIs("other has it", "other done");
    });
  }

  @Test
  void a_queue_is_as_before() {
    onLoop(() -> {
      Queue<String> queue = new Queue<>(1);
      assertRefused(queue::get);
      Asyncio.noSuspend(() -> queue.put("x"));
      assertRefused(() -> queue.put("y"));
      assertRefused(queue::join);
      assertThat(queue.statistics()).isEqualTo(new QueueStatistics(1, 1, 0, 0, 1, false));
      assertThat(Asyncio.<String, RuntimeException>noSuspend(() -> queue.get())).isEqualTo("x");
    });
  }

  private static void assertRefused(Action<RuntimeException> wait) {
    assertThatIllegalStateException()
        .isThrownBy(() -> Asyncio.noSuspend(wait))
        .withMessageContaining("it would have to wait for ");
  }
}
