// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;
import static tepal.testing.Testing.waitAllTasksBlocked;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.Task;
import tepal.sync.NamedTasks;
import tepal.testing.Trail;

class QueueTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);
  private final Queue<String> queue = new Queue<>(2);

  @Test
  void items_come_out_in_the_order_in_which_they_went_in() {
    queue.putNowait("x");
    queue.putNowait("y");
    assertThat(queue.getNowait()).isEqualTo("x");
    assertThat(queue.getNowait()).isEqualTo("y");
  }

  @Test
  void put_and_get_do_not_suspend_if_they_need_not() {
    onLoop(() -> {
      Asyncio.getRunningLoop().callSoon(() -> trail.add("callback"));
      queue.put("x");
      assertThat(queue.get()).isEqualTo("x");
      trail.assertIs();
    });
  }

  @Test
  void a_getter_resumes_one_iteration_after_the_put() {
    onLoop(() -> {
      get("a");
      pass();

      queue.putNowait("x");
      trail.assertIs();
      pass();
      trail.assertIs("a got x", "a done");
    });
  }

  @Test
  void a_putter_resumes_one_iteration_after_the_get() {
    onLoop(() -> {
      fill();
      put("a", "x");
      pass();
      assertThat(queue).hasToString("Queue[2 of 2, 1 putter waiting, 2 unfinished]");

      queue.getNowait();
      trail.assertIs();
      pass();
      trail.assertIs("a done");
      assertThat(queue.full()).isTrue();
    });
  }

  @Test
  void getters_are_served_in_the_order_in_which_they_came() {
    onLoop(() -> {
      get("a");
      get("b");
      pass();

      queue.putNowait("x");
      queue.putNowait("y");
      pass();
      trail.assertIs("a got x", "a done", "b got y", "b done");
    });
  }

  @Test
  void putters_are_served_in_the_order_in_which_they_came() {
    onLoop(() -> {
      fill();
      put("a", "x");
      put("b", "y");
      pass();

      queue.getNowait();
      queue.getNowait();
      pass();
      trail.assertIs("a done", "b done");
      assertThat(queue.getNowait()).isEqualTo("x");
    });
  }

  @Test
  void an_item_taken_before_the_woken_getter_resumes_makes_it_wait_again() {
    onLoop(() -> {
      get("a");
      pass();

      queue.putNowait("x");
      assertThat(queue.getNowait()).isEqualTo("x");
      pass();
      trail.assertIs();
      assertThat(queue).hasToString("Queue[0 of 2, 1 getter waiting, 1 unfinished]");
      queue.putNowait("y");
      pass();
      trail.assertIs("a got y", "a done");
    });
  }

  @Test
  void a_getter_that_lost_its_item_waits_behind_the_others() {
    onLoop(() -> {
      get("a");
      get("b");
      pass();

      queue.putNowait("x");
      queue.getNowait();
      pass();
      queue.putNowait("y");
      queue.putNowait("z");
      pass();
      trail.assertIs("b got y", "b done", "a got z", "a done");
    });
  }

  @Test
  void room_taken_before_the_woken_putter_resumes_makes_it_wait_again() {
    onLoop(() -> {
      fill();
      put("a", "x");
      pass();

      queue.getNowait();
      queue.putNowait("overtaking");
      pass();
      trail.assertIs();
      queue.getNowait();
      pass();
      trail.assertIs("a done");
    });
  }

  @Test
  void get_nowait_throws_if_the_queue_is_empty() {
    assertThatExceptionOfType(QueueEmptyException.class)
        .isThrownBy(queue::getNowait)
        .withMessage("Expected an item, found Queue[0 of 2]");
  }

  @Test
  void put_nowait_throws_if_the_queue_is_full() {
    fill();
    assertThatExceptionOfType(QueueFullException.class)
        .isThrownBy(() -> queue.putNowait("x"))
        .withMessage("Expected room for an item, found Queue[2 of 2, 2 unfinished]");
  }

  @Test
  void a_queue_without_a_bound_is_never_full() {
    for (int maxsize : new int[] {0, -1}) {
      var unbounded = new Queue<Integer>(maxsize);
      for (int item = 0; item < 1_000; item++) {
        unbounded.putNowait(item);
      }
      assertThat(unbounded.full()).isFalse();
      assertThat(unbounded.qsize()).isEqualTo(1_000);
      assertThat(unbounded.maxsize()).isEqualTo(maxsize);
    }
  }

  @Test
  void statistics_and_to_string_tell_the_same() {
    assertThat(new Queue<String>()).hasToString("Queue[0 items]");
    onLoop(() -> {
      get("a");
      get("b");
      pass();
      assertThat(queue.statistics()).isEqualTo(new QueueStatistics(0, 2, 2, 0, 0, false));
      assertThat(queue).hasToString("Queue[0 of 2, 2 getters waiting]");
    });
  }

  @Test
  void a_callback_may_put_but_not_wait() {
    onLoop(() -> {
      get("a");
      Asyncio.getRunningLoop().callSoon(() -> {
        queue.putNowait("x");
        queue.putNowait("y");
        assertThatIllegalStateException().isThrownBy(() -> queue.put("z"));
      });
      waitAllTasksBlocked();
      trail.assertIs("a got x", "a done");
      assertThat(queue.statistics().puttersWaiting()).isZero();
    });
  }

  @Test
  void a_wait_on_another_loop_than_the_first_is_refused() {
    onLoop(() -> {
      get("first");
      pass();
    });
    fill();
    onLoop(() -> assertThatIllegalStateException()
        .isThrownBy(() -> queue.put("x"))
        .withMessageContaining("Queue[2 of 2, 2 unfinished] belongs"));
  }

  @Test
  void items_may_be_null() {
    var ending = new Queue<@Nullable String>();
    ending.putNowait(null);
    assertThat(ending.qsize()).isOne();
    assertThat(ending.getNowait()).isNull();
  }

  private void fill() {
    queue.putNowait("1");
    queue.putNowait("2");
  }

  private Task<?> get(String name) {
    return tasks.start(name, () -> trail.add(name + " got " + queue.get()));
  }

  private Task<?> put(String name, String item) {
    return tasks.start(name, () -> queue.put(item));
  }
}
