// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.Action;
import tepal.Asyncio;
import tepal.Blocker;
import tepal.Future;
import tepal.Task;
import tepal.TaskOptions;
import tepal.queues.Queue;

/// What a task says it waits for, with each primitive.
class WaitDescriptionTest {

  @Test
  void a_task_that_waits_for_a_lock_names_its_holder() {
    onLoop(() -> {
      Lock lock = new Lock();
      started("fetch-1", () -> {
        lock.acquire();
        Asyncio.getRunningLoop().createFuture().await();
      });
      assertThat(started("fetch-3", lock::acquire))
          .hasToString("Task[fetch-3, waiting for Lock[locked by fetch-1, 1 waiting]]");
    });
  }

  @Test
  void a_task_that_waits_for_a_semaphore_or_an_event_says_so() {
    onLoop(() -> {
      assertThat(started("a", new Semaphore(0)::acquire))
          .hasToString("Task[a, waiting for Semaphore[locked, 1 waiting]]");
      assertThat(started("b", new Event()::await))
          .hasToString("Task[b, waiting for Event[unset, 1 waiting]]");
    });
  }

  @Test
  void a_task_that_waits_for_a_signal_waits_for_the_condition() {
    onLoop(() -> {
      Condition condition = new Condition();
      Task<?> task = started("a", () -> {
        try (var _ = condition.acquire()) {
          condition.await();
        }
      });
      assertThat(task).hasToString("Task[a, waiting for Condition[unlocked, 1 waiting]]");
    });
  }

  @Test
  void a_task_that_was_signalled_waits_for_the_lock() {
    onLoop(() -> {
      Condition condition = new Condition();
      Task<?> task = started("a", () -> {
        try (var _ = condition.acquire()) {
          condition.await();
        }
      });
      started("b", () -> {
        try (var _ = condition.acquire()) {
          condition.signal();
          Asyncio.getRunningLoop().createFuture().await();
        }
      });
      pass();
      assertThat(task).hasToString("Task[a, waiting for Lock[locked by b, 1 waiting]]");
    });
  }

  @Test
  void a_task_that_waits_at_a_barrier_says_so() {
    onLoop(() -> assertThat(started("a", new Barrier(2)::await))
        .hasToString("Task[a, waiting for Barrier[filling, 1 of 2 waiting]]"));
  }

  @Test
  void a_task_that_waits_for_a_queue_says_so() {
    onLoop(() -> {
      Queue<String> queue = new Queue<>(1);
      assertThat(started("getter", queue::get))
          .hasToString("Task[getter, waiting for Queue[0 of 1, 1 getter waiting]]");
      queue.put("x");
      pass();
      queue.put("y");
      assertThat(started("putter", () -> queue.put("z")))
          .hasToString("Task[putter, waiting for Queue[1 of 1, 1 putter waiting, 2 unfinished]]");
      assertThat(started("joiner", queue::join))
          .hasToString("Task[joiner, waiting for Queue[1 of 1, 1 putter waiting, 2 unfinished]]");
    });
  }

  @Test
  void a_primitive_of_ones_own_can_say_so_too() {
    onLoop(() -> {
      Turnstile turnstile = new Turnstile();
      started("first", () -> {
        turnstile.pass();
        Asyncio.getRunningLoop().createFuture().await();
      });
      Task<?> second = started("second", turnstile::pass);

      assertThat(second).hasToString("Task[second, waiting for Turnstile]");
      assertThat(Asyncio.formatCallGraph(Task.of(turnstile.taken())))
          .containsSubsequence("* Task[first, ", "+ Awaited by:", "* Task[second, ");
    });
  }

  private static final class Turnstile implements Blocker {
    private @Nullable Thread holder;

    void pass() {
      if (holder != null) {
        Future<String> waiter = Asyncio.getRunningLoop().createWaiter(this);
        String _ = waiter.await();
      }
      holder = Thread.currentThread();
    }

    Thread taken() {
      Thread present = holder;
      return present == null ? Thread.currentThread() : present;
    }

    @Override
    public @Nullable Thread holder() {
      return holder;
    }

    @Override
    public String toString() {
      return "Turnstile";
    }
  }

  private static Task<?> started(String name, Action<?> body) {
    Task<?> task = Asyncio.createTask(body, TaskOptions.named(name));
    pass();
    return task;
  }
}
