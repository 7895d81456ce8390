// SPDX-License-Identifier: Apache-2.0
package tepal.loops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.Task;
import tepal.queues.QueueEmptyException;
import tepal.queues.QueueFullException;
import tepal.queues.QueueShutDownException;
import tepal.queues.QueueStatistics;

/// The protocol of a queue between loops, one step after the other.
class SharedQueueTest {
  private final List<String> steps = new CopyOnWriteArrayList<>();

  // ---- Without waiting

  @Test
  void items_come_out_in_the_order_in_which_they_were_put_null_included() {
    SharedQueue<@Nullable String> queue = new SharedQueue<>(3);
    queue.put("a");
    queue.put(null);
    queue.putNowait("b");

    assertThat(queue.full()).isTrue();
    assertThat(queue.toString()).isEqualTo("SharedQueue[3 of 3]");
    assertThatExceptionOfType(QueueFullException.class).isThrownBy(() -> queue.putNowait("c"));
    assertThat(queue.get()).isEqualTo("a");
    assertThat(queue.getNowait()).isNull();
    assertThat(queue.get()).isEqualTo("b");
    assertThat(queue.empty()).isTrue();
    assertThatExceptionOfType(QueueEmptyException.class).isThrownBy(queue::getNowait);
  }

  @Test
  void a_queue_has_a_bound() {
    assertThatIllegalArgumentException().isThrownBy(() -> new SharedQueue<>(0));
    assertThat(new SharedQueue<>(7).maxsize()).isEqualTo(7);
  }

  // ---- Waiting

  @Test
  void a_task_waits_for_an_item_of_a_thread_and_a_thread_for_one_of_a_task() throws Exception {
    SharedQueue<String> queue = new SharedQueue<>(1);
    SharedQueue<String> answers = new SharedQueue<>(1);
    Thread thread = Thread.ofPlatform().start(() -> {
      queue.put("question");
      steps.add(answers.get());
    });
    Asyncio.run(() -> {
      assertThat(queue.get()).isEqualTo("question");
      answers.put("answer");
    });
    thread.join();
    assertThat(steps).containsExactly("answer");
  }

  @Test
  void getters_are_served_in_the_order_in_which_they_began_to_wait() throws Exception {
    SharedQueue<String> queue = new SharedQueue<>(10);
    Asyncio.run(() -> {
      List<Task<?>> getters = new ArrayList<>();
      for (String name : List.of("first ", "second ", "third ")) {
        getters.add(createTask(() -> steps.add(name + queue.get())));
      }
      sleep(Duration.ZERO);
      assertThat(queue.statistics()).isEqualTo(new QueueStatistics(0, 10, 3, 0, 0, false));
      queue.put("a");
      queue.put("b");
      assertThatExceptionOfType(QueueEmptyException.class)
          .as("both are kept")
          .isThrownBy(queue::getNowait);
      queue.put("c");
      queue.put("d");
      assertThat(queue.getNowait()).as("the oldest that is there").isEqualTo("a");
      for (Task<?> each : getters) {
        each.await();
      }
    });
    assertThat(steps).containsExactly("first b", "second c", "third d");
  }

  @Test
  void putters_are_served_in_the_order_in_which_they_began_to_wait() throws Exception {
    SharedQueue<String> queue = new SharedQueue<>(1);
    Asyncio.run(() -> {
      queue.put("a");
      Task<?> second = createTask(() -> queue.put("b"));
      Task<?> third = createTask(() -> queue.put("c"));
      sleep(Duration.ZERO);
      assertThat(queue.get()).isEqualTo("a");
      assertThatExceptionOfType(QueueFullException.class)
          .as("the place is kept")
          .isThrownBy(() -> queue.putNowait("overtakes"));
      assertThat(queue.get()).isEqualTo("b");
      assertThat(queue.get()).isEqualTo("c");
      second.await();
      third.await();
    });
  }

  // ---- Cancellation

  @Test
  void a_getter_that_is_cancelled_while_it_waits_takes_nothing() throws Exception {
    SharedQueue<String> queue = new SharedQueue<>(1);
    Asyncio.run(() -> {
      Task<String> getter = createTask(queue::get);
      sleep(Duration.ZERO);
      getter.cancel();
      sleep(Duration.ZERO);
      assertThat(getter.cancelled()).isTrue();
      assertThat(queue.statistics().gettersWaiting()).isZero();
      queue.put("item");
      assertThat(queue.getNowait()).isEqualTo("item");
    });
  }

  @Test
  void a_getter_that_is_cancelled_after_it_was_called_leaves_the_item_to_the_next()
      throws Exception {
    SharedQueue<String> queue = new SharedQueue<>(1);
    Asyncio.run(() -> {
      Task<String> getter = createTask(queue::get);
      Task<String> next = createTask(queue::get);
      sleep(Duration.ZERO);
      queue.put("item");
      getter.cancel();
      assertThat(next.await()).isEqualTo("item");
      assertThat(getter.cancelled()).isTrue();
    });
  }

  @Test
  void a_getter_that_is_cancelled_when_it_was_woken_leaves_the_item() throws Exception {
    SharedQueue<String> queue = new SharedQueue<>(1);
    Asyncio.run(() -> {
      Task<String> getter = createTask(queue::get);
      sleep(Duration.ZERO);
      queue.put("item");
      getRunningLoop().callSoon(getter::cancel); // runs after the future was completed
      assertThatThrownBy(getter::await).isInstanceOf(CancelledError.class);
      assertThat(queue.getNowait()).isEqualTo("item");
    });
  }

  @Test
  void a_putter_that_is_cancelled_after_it_was_called_leaves_the_room_to_the_next()
      throws Exception {
    SharedQueue<String> queue = new SharedQueue<>(1);
    Asyncio.run(() -> {
      queue.put("a");
      Task<?> putter = createTask(() -> queue.put("never"));
      Task<?> next = createTask(() -> queue.put("b"));
      sleep(Duration.ZERO);
      assertThat(queue.get()).isEqualTo("a");
      putter.cancel();
      next.await();
      assertThat(queue.get()).isEqualTo("b");
      assertThat(putter.cancelled()).isTrue();
      assertThat(queue.empty()).isTrue();
    });
  }

  @Test
  void an_interrupted_thread_gives_up_and_takes_nothing() throws Exception {
    SharedQueue<String> queue = new SharedQueue<>(1);
    Thread thread = Thread.ofPlatform().start(() -> {
      try {
        queue.get();
      } catch (CancelledError e) {
        steps.add("cancelled, interrupted: " + Thread.currentThread().isInterrupted());
      }
    });
    while (queue.statistics().gettersWaiting() == 0) {
      Thread.onSpinWait();
    }
    thread.interrupt();
    thread.join();
    assertThat(steps).containsExactly("cancelled, interrupted: true");
    queue.put("item");
    assertThat(queue.getNowait()).isEqualTo("item");
  }

  @Test
  void a_loop_that_is_closed_takes_no_item_with_it() {
    SharedQueue<String> queue = new SharedQueue<>(5);
    EventLoop loop = Asyncio.newEventLoop();
    loop.setExceptionHandler((_, _) -> steps.add("pending task reported"));
    loop.createTask(queue::get);
    loop.createTask(queue::get);
    loop.runUntilComplete(() -> sleep(Duration.ZERO));
    queue.put("called, but its loop does not run");
    loop.close();
    queue.put("another");

    assertThat(steps).containsExactly("pending task reported", "pending task reported");
    assertThat(queue.getNowait()).isEqualTo("called, but its loop does not run");
    assertThat(queue.getNowait()).isEqualTo("another");
    assertThat(queue.statistics()).isEqualTo(new QueueStatistics(0, 5, 0, 0, 2, false));
  }

  @Test
  void what_would_wait_is_refused_in_a_callback() throws Exception {
    SharedQueue<String> queue = new SharedQueue<>(1);
    Asyncio.run(() -> {
      getRunningLoop().callSoon(() -> {
        queue.put("no wait");
        assertThatIllegalStateException().isThrownBy(() -> queue.put("would wait"));
        assertThat(queue.get()).isEqualTo("no wait");
        assertThatIllegalStateException().isThrownBy(queue::get);
        steps.add("refused");
      });
      sleep(Duration.ofMillis(1));
    });
    assertThat(steps).containsExactly("refused");
    assertThat(queue.statistics().gettersWaiting()).isZero();
  }

  // ---- The end

  @Test
  void after_a_shutdown_what_is_there_can_be_got_and_then_all_are_told() throws Exception {
    SharedQueue<String> queue = new SharedQueue<>(1);
    queue.put("last");
    Asyncio.run(() -> {
      Task<?> putter = createTask(() -> queue.put("never"));
      sleep(Duration.ZERO);
      queue.shutdown();
      assertThatThrownBy(putter::await).isInstanceOf(QueueShutDownException.class);
      assertThatExceptionOfType(QueueShutDownException.class)
          .isThrownBy(() -> queue.putNowait("never"));
      assertThat(queue.get()).isEqualTo("last");
      assertThatExceptionOfType(QueueShutDownException.class).isThrownBy(queue::get);
      assertThat(queue.toString()).isEqualTo("SharedQueue[0 of 1, shut down]");
    });
  }

  @Test
  void a_shutdown_waits_for_the_item_that_is_kept_for_somebody() throws Exception {
    SharedQueue<String> queue = new SharedQueue<>(1);
    Asyncio.run(() -> {
      Task<String> called = createTask(queue::get);
      sleep(Duration.ZERO);
      queue.put("kept");
      queue.shutdown();
      Task<String> late = createTask(() -> {
        steps.add("waits");
        return queue.get();
      });
      called.cancel();
      assertThat(late.await()).isEqualTo("kept");
      assertThatExceptionOfType(QueueShutDownException.class).isThrownBy(queue::get);
    });
    assertThat(steps).containsExactly("waits");
  }

  @Test
  void an_immediate_shutdown_drops_the_items_and_ends_join() throws Exception {
    SharedQueue<String> queue = new SharedQueue<>(2);
    queue.put("a");
    queue.put("b");
    Asyncio.run(() -> {
      Task<?> joining = createTask(queue::join);
      sleep(Duration.ZERO);
      queue.shutdown(true);
      joining.await();
      assertThatExceptionOfType(QueueShutDownException.class).isThrownBy(queue::get);
    });
  }

  @Test
  void join_waits_until_the_work_on_all_items_is_done() throws Exception {
    SharedQueue<String> queue = new SharedQueue<>(2);
    Asyncio.run(() -> {
      queue.put("a");
      Task<?> joining = createTask(queue::join);
      assertThat(queue.get()).isEqualTo("a");
      sleep(Duration.ofMillis(1));
      assertThat(joining.done()).isFalse();
      queue.taskDone();
      joining.await();
      assertThatIllegalStateException().isThrownBy(queue::taskDone);
      queue.join();
    });
  }

  @Test
  void a_queue_is_read_by_a_plain_for_until_it_is_shut_down() throws Exception {
    SharedQueue<String> queue = new SharedQueue<>(1);
    Asyncio.run(() -> {
      Task<?> reader = createTask(() -> {
        for (String item : queue) {
          steps.add(item);
        }
      });
      queue.put("a");
      queue.put("b");
      queue.shutdown();
      reader.await();
    });
    assertThat(steps).containsExactly("a", "b");
  }
}
