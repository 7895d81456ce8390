// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.sync.NamedTasks;
import tepal.testing.Trail;

class QueueJoinTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);
  private final Queue<String> queue = new Queue<>();

  @Test
  void joining_a_queue_without_unfinished_items_does_not_suspend() {
    onLoop(() -> {
      Asyncio.getRunningLoop().callSoon(() -> trail.add("callback"));
      queue.join();
      queue.putNowait("x");
      queue.taskDone();
      queue.join();
      trail.assertIs();
    });
  }

  @Test
  void join_returns_when_every_item_is_done_not_when_it_was_got() {
    onLoop(() -> {
      queue.putNowait("x");
      queue.putNowait("y");
      tasks.start("a", queue::join);
      pass();

      queue.getNowait();
      queue.getNowait();
      queue.taskDone();
      pass();
      trail.assertIs();
      assertThat(queue).hasToString("Queue[0 items, 1 unfinished]");
      queue.taskDone();
      pass();
      trail.assertIs("a done");
    });
  }

  @Test
  void all_tasks_that_join_resume() {
    onLoop(() -> {
      queue.putNowait("x");
      tasks.start("a", queue::join);
      tasks.start("b", queue::join);
      pass();

      queue.taskDone();
      pass();
      trail.assertIs("a done", "b done");
    });
  }

  @Test
  void an_item_put_before_the_joining_task_resumes_does_not_keep_it() {
    onLoop(() -> {
      queue.putNowait("x");
      tasks.start("a", queue::join);
      pass();

      queue.taskDone();
      queue.putNowait("y");
      pass();
      trail.assertIs("a done");
    });
  }

  @Test
  void more_task_done_than_items_is_refused() {
    assertThatIllegalStateException()
        .isThrownBy(queue::taskDone)
        .withMessage("Expected an unfinished item, found none in Queue[0 items]");
    queue.putNowait("x");
    queue.taskDone();
    assertThatIllegalStateException()
        .isThrownBy(queue::taskDone)
        .withMessage("Expected an unfinished item, found none in Queue[1 item]");
  }
}
