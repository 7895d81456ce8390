// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import org.junit.jupiter.api.Test;
import tepal.sync.NamedTasks;
import tepal.testing.Trail;

class QueueOrderTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);

  @Test
  void a_lifo_queue_gives_the_newest_item_first() {
    Queue<Integer> queue = new LifoQueue<>();
    assertThat(putAndGetAll(queue, 2, 3, 1)).containsExactly(1, 3, 2);
  }

  @Test
  void a_priority_queue_gives_the_least_item_first() {
    Queue<Integer> queue = new PriorityQueue<>();
    assertThat(putAndGetAll(queue, 2, 3, 1)).containsExactly(1, 2, 3);
  }

  @Test
  void a_priority_queue_may_have_an_order_of_its_own() {
    Queue<Integer> queue = new PriorityQueue<>(Comparator.reverseOrder());
    assertThat(putAndGetAll(queue, 2, 3, 1)).containsExactly(3, 2, 1);
  }

  @Test
  void bounds_and_waiting_are_the_same_in_every_order() {
    List<Queue<Integer>> queues = List.of(
        new LifoQueue<>(1),
        new PriorityQueue<>(1),
        new PriorityQueue<>(1, Comparator.naturalOrder()),
        Queue.over(new ArrayDeque<>(), 1));
    onLoop(() -> {
      for (var queue : queues) {
        queue.put(1);
        tasks.start("putter", () -> queue.put(2));
        pass();
        trail.assertIs();
        assertThat(queue.get()).isOne();
        pass();
        trail.assertIs("putter done");
      }
    });
  }

  @Test
  void every_queue_is_named_in_its_to_string() {
    assertThat(new LifoQueue<String>(3)).hasToString("LifoQueue[0 of 3]");
    assertThat(new PriorityQueue<String>()).hasToString("PriorityQueue[0 items]");
  }

  @Test
  void items_without_an_order_are_refused_when_they_are_compared() {
    var queue = new PriorityQueue<Object>();
    queue.putNowait(new Object());
    assertThatExceptionOfType(ClassCastException.class)
        .isThrownBy(() -> queue.putNowait(new Object()));
    assertThat(queue).hasToString("PriorityQueue[1 item, 1 unfinished]");
  }

  @Test
  void a_queue_may_be_made_over_any_storage_of_the_jdk() {
    var storage = new java.util.PriorityQueue<>(Comparator.comparingInt(String::length));
    assertThat(putAndGetAll(Queue.over(storage), "three", "a", "is"))
        .containsExactly("a", "is", "three");
  }

  @Test
  void what_a_storage_holds_already_can_be_got_and_counts_as_finished() {
    var queue = Queue.over(new ArrayDeque<>(List.of("x")));
    assertThat(queue).hasToString("Queue[1 item]");
    assertThat(queue.getNowait()).isEqualTo("x");
  }

  @Test
  void an_item_that_the_storage_refuses_is_not_in_the_queue() {
    var queue = Queue.over(new ArrayBlockingQueue<String>(1));
    queue.putNowait("x");
    assertThatIllegalStateException().isThrownBy(() -> queue.putNowait("y"));
    assertThat(queue.statistics()).isEqualTo(new QueueStatistics(1, 0, 0, 0, 1, false));
  }

  @Test
  @SuppressWarnings("NullAway") // the point of it
  void a_storage_and_an_order_must_be_given() {
    assertThatNullPointerException().isThrownBy(() -> Queue.over(null));
    assertThatNullPointerException().isThrownBy(() -> new PriorityQueue<String>(0, null));
  }

  @SafeVarargs
  private static <T> List<T> putAndGetAll(Queue<T> queue, T... items) {
    for (T item : items) {
      queue.putNowait(item);
    }
    var got = new ArrayList<T>();
    while (!queue.empty()) {
      got.add(queue.getNowait());
    }
    return got;
  }
}
