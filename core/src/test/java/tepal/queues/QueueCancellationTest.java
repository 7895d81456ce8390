// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import org.junit.jupiter.api.Test;
import tepal.Task;
import tepal.sync.NamedTasks;
import tepal.testing.Trail;

class QueueCancellationTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);
  private final Queue<String> queue = new Queue<>(1);

  @Test
  void a_getter_cancelled_while_it_waits_leaves_the_line() {
    onLoop(() -> {
      var a = get("a");
      get("b");
      pass();

      a.cancel();
      pass();
      trail.assertIs("a cancelled");
      assertThat(queue.statistics().gettersWaiting()).isOne();
      queue.putNowait("x");
      pass();
      trail.assertIs("b got x", "b done");
    });
  }

  @Test
  void a_getter_cancelled_after_it_was_woken_wakes_the_next_and_the_item_stays() {
    onLoop(() -> {
      var a = get("a");
      get("b");
      pass();

      queue.putNowait("x");
      a.cancel();
      pass();
      trail.assertIs("a cancelled");
      pass();
      trail.assertIs("b got x", "b done");
    });
  }

  @Test
  void a_put_passes_over_a_getter_that_is_cancelled_already() {
    onLoop(() -> {
      var a = get("a");
      get("b");
      pass();

      a.cancel();
      queue.putNowait("x");
      pass();
      trail.assertIs("a cancelled", "b got x", "b done");
    });
  }

  @Test
  void a_woken_and_cancelled_getter_wakes_nobody_for_an_item_that_is_gone() {
    onLoop(() -> {
      var a = get("a");
      get("b");
      pass();

      queue.putNowait("x");
      a.cancel();
      queue.getNowait();
      pass();
      trail.assertIs("a cancelled");
      assertThat(queue).hasToString("Queue[0 of 1, 1 getter waiting, 1 unfinished]");
    });
  }

  @Test
  void a_putter_cancelled_while_it_waits_leaves_the_line_and_does_not_put() {
    onLoop(() -> {
      queue.putNowait("x");
      var a = put("a");
      put("b");
      pass();

      a.cancel();
      pass();
      trail.assertIs("a cancelled");
      assertThat(queue.statistics().puttersWaiting()).isOne();
      queue.getNowait();
      pass();
      trail.assertIs("b done");
      assertThat(queue.getNowait()).isEqualTo("from b");
    });
  }

  @Test
  void a_putter_cancelled_after_it_was_woken_wakes_the_next() {
    onLoop(() -> {
      queue.putNowait("x");
      var a = put("a");
      put("b");
      pass();

      queue.getNowait();
      a.cancel();
      pass();
      trail.assertIs("a cancelled");
      pass();
      trail.assertIs("b done");
    });
  }

  @Test
  void a_get_passes_over_a_putter_that_is_cancelled_already() {
    onLoop(() -> {
      queue.putNowait("x");
      var a = put("a");
      put("b");
      pass();

      a.cancel();
      queue.getNowait();
      pass();
      trail.assertIs("a cancelled", "b done");
    });
  }

  @Test
  void a_woken_and_cancelled_putter_wakes_nobody_for_room_that_is_gone() {
    onLoop(() -> {
      queue.putNowait("x");
      var a = put("a");
      put("b");
      pass();

      queue.getNowait();
      queue.putNowait("overtaking");
      a.cancel();
      pass();
      pass();
      trail.assertIs("a cancelled");
      assertThat(queue.statistics().puttersWaiting()).isOne();
    });
  }

  @Test
  void a_task_cancelled_in_join_leaves_nothing_behind() {
    onLoop(() -> {
      queue.putNowait("x");
      var a = tasks.start("a", queue::join);
      tasks.start("b", queue::join);
      pass();

      a.cancel();
      pass();
      trail.assertIs("a cancelled");
      queue.taskDone();
      pass();
      trail.assertIs("b done");
    });
  }

  private Task<?> get(String name) {
    return tasks.start(name, () -> trail.add(name + " got " + queue.get()));
  }

  private Task<?> put(String name) {
    return tasks.start(name, () -> queue.put("from " + name));
  }
}
