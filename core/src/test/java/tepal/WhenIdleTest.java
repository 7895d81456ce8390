// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.toThread;
import static tepal.testing.Testing.waitAllTasksBlocked;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.queues.Queue;
import tepal.testing.Trail;

/// `EventLoop.whenIdle`, and `Testing.waitAllTasksBlocked`, which waits for it.
@OnLoop
class WhenIdleTest {
  private final Trail trail = new Trail();

  // ---- What is idle

  @Test
  void it_comes_when_all_other_tasks_are_blocked() {
    Future<String> gate = getRunningLoop().createFuture();
    Task<?> _ = createTask(() -> {
      for (int i = 0; i < 50; i++) {
        sleep(ZERO);
      }
      Task<?> _ = createTask(trail.adding("started last")::run);
      trail.add("waits");
      gate.await();
    });
    waitAllTasksBlocked();
    trail.add("all blocked");

    trail.assertIs("waits", "started last", "all blocked");
    gate.setResult("open");
  }

  @Test
  void a_callback_that_is_ready_comes_first_and_a_timer_that_is_due() {
    EventLoop loop = getRunningLoop();
    loop.callSoon(() -> {
      trail.add("callback");
      loop.callLater(ZERO, trail.adding("due"));
      loop.callLater(Duration.ofNanos(1), trail.adding("not due"));
    });
    waitAllTasksBlocked();

    trail.assertIs("callback", "due");
  }

  @Test
  void time_does_not_jump_before_it() {
    Task<?> _ = createTask(() -> addAfter(ofSeconds(1), "timer"));
    waitAllTasksBlocked();
    trail.add("all blocked at " + getRunningLoop().time());
    sleep(ofSeconds(2));

    trail.assertIs("all blocked at PT0S", "timer");
  }

  @Test
  void a_task_that_waits_for_a_thread_is_blocked() {
    CountDownLatch end = new CountDownLatch(1);
    Task<?> call = createTask(() -> {
      toThread(() -> end.await());
      trail.add("back");
    });
    waitAllTasksBlocked();
    trail.assertIs();

    end.countDown();
    call.await();
    trail.assertIs("back");
  }

  @Test
  @OnlyOpened
  void a_task_that_jdk_code_suspended_is_blocked() {
    CountDownLatch end = new CountDownLatch(1);
    Task<?> task = createTask(() -> {
      end.await();
      trail.add("back");
    });
    waitAllTasksBlocked();
    trail.assertIs();

    end.countDown();
    task.await();
    trail.assertIs("back");
  }

  @Test
  void what_another_thread_brings_within_the_cushion_comes_first() {
    EventLoop loop = getRunningLoop();
    Future<?> idle = loop.whenIdle(ofHours(1));
    Thread _ = Thread.ofPlatform().start(() -> loop.callSoonThreadsafe(idle::cancel));

    assertThatThrownBy(idle::await).isInstanceOf(CancelledError.class);
  }

  // ---- Several at a time

  @Test
  void those_with_the_same_cushion_go_on_together_in_the_order_in_which_they_came() {
    Task<?> _ = createTask(() -> addWhenIdle(ZERO, "a"));
    Task<?> _ = createTask(() -> addWhenIdle(ZERO, "b"));
    Task<?> _ = createTask(() -> addWhenIdle(ofSeconds(-1), "c"));
    sleep(ofSeconds(1));

    trail.assertIs("a idle", "a", "b idle", "b", "c idle", "c");
  }

  @Test
  void the_shortest_cushion_goes_first_and_the_others_begin_anew() {
    Task<?> _ = createTask(() -> addWhenIdle(ofMillis(20), "long"));
    Task<?> _ = createTask(() -> {
      for (int i = 0; i < 3; i++) {
        addWhenIdle(ofMillis(10), "short");
      }
    });
    Task<?> _ = createTask(() -> addWhenIdle(ZERO, "none"));
    waitAllTasksBlocked(ofMillis(30));
    trail.add("longest");

    trail.assertIs(
        "none idle",
        "none",
        "short idle",
        "short",
        "short idle",
        "short",
        "short idle",
        "short",
        "long idle",
        "long",
        "longest");
  }

  // ---- Given up

  @Test
  void a_task_that_is_cancelled_before_it_waits_leaves_nothing_behind() {
    Task<?> task = createTask(() -> {
      sleep(ZERO);
      addWhenIdle(ofHours(1), "a");
    });
    sleep(ZERO);
    sleep(ZERO);
    task.cancel();

    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
    assertNothingIsLeft();
  }

  @Test
  void a_task_that_is_cancelled_while_it_waits_leaves_nothing_behind() {
    Task<?> task = InTask.started(() -> waitAllTasksBlocked(ofHours(1)));
    task.cancel();

    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
    assertNothingIsLeft();
  }

  @Test
  void a_task_that_is_cancelled_after_it_was_woken_leaves_nothing_behind() {
    Task<?>[] task = new Task<?>[1];
    Future<?> first = getRunningLoop().whenIdle(ZERO);
    first.addDoneCallback(_ -> task[0].cancel());
    task[0] = createTask(() -> waitAllTasksBlocked());

    assertThatThrownBy(() -> task[0].await()).isInstanceOf(CancelledError.class);
    assertNothingIsLeft();
  }

  @Test
  void a_future_that_is_cancelled_leaves_the_line_to_the_others() {
    Future<?> first = getRunningLoop().whenIdle(ZERO);
    Future<?> second = getRunningLoop().whenIdle(ZERO);
    first.cancel();
    second.await();

    assertThat(first.cancelled()).isTrue();
    assertNothingIsLeft();
  }

  /// A virtual clock stands still as long as somebody waits for the loop to be idle.
  private static void assertNothingIsLeft() {
    sleep(ofSeconds(1));
    assertThat(getRunningLoop().scheduler.idleWaits().isEmpty()).isTrue();
  }

  @Test
  void a_callback_cannot_wait_and_leaves_nothing_behind() {
    getRunningLoop().callSoon(() -> {
      try {
        waitAllTasksBlocked(ofHours(1));
      } catch (IllegalStateException e) {
        trail.add(String.valueOf(e.getMessage()).replaceFirst(",.*", ""));
      }
    });
    sleep(ZERO);

    trail.assertIs("waitAllTasksBlocked() must be called in a task");
    assertNothingIsLeft();
  }

  // ---- Other loops and threads

  @Test
  void it_must_be_asked_for_on_the_loop() {
    EventLoop loop = getRunningLoop();
    Throwable refused = toThread(() -> catchThrowable(() -> loop.whenIdle(ZERO)));

    assertThat(refused)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("whenIdle() must be called on the loop's own thread");
  }

  private static @Nullable Throwable catchThrowable(Runnable action) {
    try {
      action.run();
      return null;
    } catch (Throwable e) {
      return e;
    }
  }

  @Test
  void a_consumer_is_seen_where_it_waits() {
    Queue<String> queue = new Queue<>();
    Task<?> consumer = createTask(() -> {
      while (true) {
        trail.add(queue.get());
      }
    });
    queue.putNowait("a");
    queue.putNowait("b");
    waitAllTasksBlocked();

    trail.assertIs("a", "b");
    consumer.cancel();
  }

  private void addWhenIdle(Duration cushion, String word) {
    Future<?> idle = getRunningLoop().whenIdle(cushion);
    idle.addDoneCallback(_ -> trail.add(word + " idle"));
    idle.await();
    trail.add(word);
  }

  private void addAfter(Duration delay, String word) {
    sleep(delay);
    trail.add(word);
  }
}
