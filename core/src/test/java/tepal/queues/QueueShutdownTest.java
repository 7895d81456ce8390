// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import org.junit.jupiter.api.Test;
import tepal.Action;
import tepal.sync.NamedTasks;
import tepal.testing.Trail;

class QueueShutdownTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);
  private final Queue<String> queue = new Queue<>(2);

  @Test
  void nothing_can_be_put_into_a_queue_that_is_shut_down() {
    queue.shutdown();
    assertShutDown(() -> queue.putNowait("x"));
    assertThatExceptionOfType(QueueShutDownException.class)
        .isThrownBy(() -> queue.put("x"))
        .withMessage("Expected an open queue to put, found Queue[0 of 2, shut down]");
  }

  @Test
  void what_is_in_it_can_be_got_before_getting_throws() {
    queue.putNowait("x");
    queue.putNowait("y");
    queue.shutdown();
    assertThat(queue.get()).isEqualTo("x");
    assertThat(queue.getNowait()).isEqualTo("y");
    assertShutDown(queue::get);
    assertShutDown(queue::getNowait);
  }

  @Test
  void a_full_queue_that_is_shut_down_throws_shut_down_and_not_full() {
    queue.putNowait("x");
    queue.putNowait("y");
    queue.shutdown();
    assertShutDown(() -> queue.put("z"));
    assertShutDown(() -> queue.putNowait("z"));
  }

  @Test
  void tasks_that_wait_in_get_are_woken_and_throw() {
    onLoop(() -> {
      tasks.start("a", queue::get);
      tasks.start("b", queue::get);
      pass();

      queue.shutdown();
      assertThat(queue.statistics()).isEqualTo(new QueueStatistics(0, 2, 0, 0, 0, true));
      pass();
      trail.assertIs("a threw QueueShutDownException", "b threw QueueShutDownException");
    });
  }

  @Test
  void tasks_that_wait_in_put_are_woken_and_throw() {
    onLoop(() -> {
      queue.putNowait("x");
      queue.putNowait("y");
      tasks.start("a", () -> queue.put("z"));
      pass();

      queue.shutdown();
      pass();
      trail.assertIs("a threw QueueShutDownException");
      assertThat(queue.qsize()).isEqualTo(2);
    });
  }

  @Test
  void a_putter_that_has_room_when_it_resumes_throws_all_the_same() {
    onLoop(() -> {
      queue.putNowait("x");
      queue.putNowait("y");
      tasks.start("a", () -> queue.put("z"));
      pass();

      queue.getNowait();
      queue.shutdown();
      pass();
      trail.assertIs("a threw QueueShutDownException");
    });
  }

  @Test
  void a_getter_that_has_an_item_when_it_resumes_gets_it() {
    onLoop(() -> {
      tasks.start("a", () -> trail.add("got " + queue.get()));
      pass();

      queue.putNowait("x");
      queue.shutdown();
      pass();
      trail.assertIs("got x", "a done");
    });
  }

  @Test
  void a_task_cancelled_in_the_iteration_of_the_shutdown_is_cancelled() {
    onLoop(() -> {
      var a = tasks.start("a", queue::get);
      pass();

      queue.shutdown();
      a.cancel();
      pass();
      trail.assertIs("a cancelled");
    });
  }

  @Test
  void an_immediate_shutdown_removes_the_items() {
    queue.putNowait("x");
    queue.putNowait("y");
    queue.shutdown(true);
    assertThat(queue).hasToString("Queue[0 of 2, shut down]");
    assertShutDown(queue::get);
  }

  @Test
  void an_immediate_shutdown_lets_join_return_if_all_that_was_unfinished_was_in_the_queue() {
    onLoop(() -> {
      queue.putNowait("x");
      tasks.start("a", queue::join);
      pass();

      queue.shutdown(true);
      pass();
      trail.assertIs("a done");
    });
  }

  @Test
  void an_immediate_shutdown_leaves_items_that_were_got_unfinished() {
    onLoop(() -> {
      queue.putNowait("x");
      queue.putNowait("y");
      queue.getNowait();
      tasks.start("a", queue::join);
      pass();

      queue.shutdown(true);
      pass();
      trail.assertIs();
      assertThat(queue.statistics().unfinishedTasks()).isOne();
      queue.taskDone();
      pass();
      trail.assertIs("a done");
    });
  }

  @Test
  void an_immediate_shutdown_of_items_marked_as_done_too_early_counts_none_twice() {
    queue.putNowait("x");
    queue.taskDone();
    queue.shutdown(true);
    assertThat(queue.statistics().unfinishedTasks()).isZero();
  }

  @Test
  void a_plain_shutdown_does_not_let_join_return() {
    onLoop(() -> {
      queue.putNowait("x");
      tasks.start("a", queue::join);
      queue.shutdown();
      pass();
      pass();
      trail.assertIs();
    });
  }

  @Test
  void shutting_down_again_changes_nothing_unless_it_is_immediate() {
    queue.putNowait("x");
    queue.shutdown();
    queue.shutdown();
    assertThat(queue.qsize()).isOne();
    queue.shutdown(true);
    assertThat(queue.qsize()).isZero();
  }

  private static void assertShutDown(Action<RuntimeException> call) {
    assertThatExceptionOfType(QueueShutDownException.class).isThrownBy(call::run);
  }
}
