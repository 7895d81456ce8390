// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.sleep;
import static tepal.InTask.outcome;
import static tepal.InTask.pass;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// What becomes of tasks that are pending when their loop is closed.
class ClosingTest {
  private static final Duration HOURS = Duration.ofHours(2);

  private final Trail trail = new Trail();
  private final EventLoop loop = EventLoop.builder().build();
  private final List<Thread> threads = new ArrayList<>();

  ClosingTest() {
    loop.setExceptionHandler((_, error) -> trail.add(error.message().replaceAll(":.*", "")));
  }

  @Test
  void a_pending_task_is_reported_and_its_finally_blocks_run() {
    var task = start(() -> {
      try {
        sleep(HOURS);
      } finally {
        trail.add("cleaned up");
      }
    });

    loop.close();
    trail.assertIs("Task was destroyed but it is pending", "cleaned up");
    assertThat(task.cancelled()).isTrue();
    assertThatAllThreadsEnded();
  }

  @Test
  void a_task_that_never_started_does_not_start() {
    var task = loop.createTask(() -> trail.add("started"));

    loop.close();
    trail.assertIs("Task was destroyed but it is pending");
    assertThat(task.cancelled()).isTrue();
  }

  @Test
  void a_task_that_was_ready_does_not_go_on() {
    var future = loop.<String>createFuture();
    var task = start(() -> {
      trail.add(future.await());
    });
    future.setResult("value");

    loop.close();
    trail.assertIs("Task was destroyed but it is pending");
    assertThat(task.cancelled()).isTrue();
    assertThatAllThreadsEnded();
  }

  @Test
  void clean_up_that_waits_is_cancelled_again() {
    start(() -> {
      try {
        sleep(HOURS);
      } finally {
        trail.add(outcome(() -> sleep(HOURS)));
        trail.add(outcome(() -> sleep(Duration.ZERO)));
        trail.add("cleaned up");
      }
    });

    loop.close();
    trail.assertIs("Task was destroyed but it is pending", "CancelledError", "done", "cleaned up");
    assertThatAllThreadsEnded();
  }

  @Test
  void tasks_that_wait_for_each_other_end_from_the_inside_out() {
    start(() -> {
      var inner = Asyncio.createTask(() -> endedBy("inner", () -> sleep(HOURS)));
      endedBy("outer", inner::await);
    });

    loop.close();
    trail.assertIs(
        "Task was destroyed but it is pending",
        "Task was destroyed but it is pending",
        "inner CancelledError",
        "outer CancelledError");
    assertThatAllThreadsEnded();
  }

  @Test
  void groups_and_timeouts_are_left() {
    start(() -> endedBy(
        "body",
        () -> TaskGroup.run(group -> {
          group.createTask(() -> endedBy("child", () -> sleep(HOURS)));
          Asyncio.timeout(HOURS, () -> sleep(HOURS));
        })));

    loop.close();
    trail.assertIs(
        "Task was destroyed but it is pending",
        "Task was destroyed but it is pending",
        "child CancelledError",
        "body CancelledError");
    assertThatAllThreadsEnded();
  }

  @Test
  void no_callback_runs_on_a_closed_loop() {
    var task = start(() -> {
      loop.callSoon(trail.adding("callback"));
      loop.callLater(Duration.ZERO, trail.adding("timer"));
      try {
        sleep(HOURS);
      } finally {
        trail.add(outcome(() -> loop.callSoon(trail.adding("late callback"))));
        trail.add(outcome(() -> Asyncio.createTask(() -> trail.add("late task"))));
      }
    });
    trail.assertIs("callback", "timer");
    task.addDoneCallback(_ -> trail.add("done callback"));
    loop.callSoon(trail.adding("scheduled"));

    loop.close();
    trail.assertIs(
        "Task was destroyed but it is pending", "IllegalStateException", "IllegalStateException");
    assertThatAllThreadsEnded();
  }

  @Test
  void a_task_that_cannot_be_stopped_is_reported_and_left() {
    var attempts = new AtomicInteger();
    start(() -> {
      while (attempts.get() < 1_000) {
        try {
          sleep(HOURS);
        } catch (CancelledError e) {
          attempts.incrementAndGet();
        }
      }
    });

    loop.close();
    trail.assertIs(
        "Task was destroyed but it is pending",
        "Task ignored that its loop was closed, and is left suspended");
    assertThat(attempts).hasValue(100);
  }

  @Test
  void a_failure_while_a_task_is_unwound_is_reported() {
    start(() -> {
      try {
        sleep(HOURS);
      } finally {
        throwIllegalState();
      }
    });

    loop.close();
    trail.assertIs("Task was destroyed but it is pending", "Task exception was never retrieved");
    assertThatAllThreadsEnded();
  }

  private static void throwIllegalState() {
    throw new IllegalStateException("in clean-up");
  }

  @Test
  @OnlyOpened
  void a_task_in_jdk_code_is_interrupted() {
    var task = start(() -> endedBy("sleeper", () -> JdkCode.sleep(HOURS)));

    loop.close();
    trail.assertIs("Task was destroyed but it is pending", "sleeper InterruptedException");
    assertThat(task.cancelled()).isTrue();
    assertThatAllThreadsEnded();
  }

  @Test
  @OnlyOpened
  void a_task_in_jdk_code_that_does_not_react_ends_when_it_returns() throws InterruptedException {
    var lock = new ReentrantLock();
    lock.lock();
    try {
      start(() -> {
        lock.lock();
        try {
          trail.add("locked");
          endedBy("next wait", () -> sleep(HOURS));
        } finally {
          lock.unlock();
        }
      });

      loop.close();
      trail.assertIs("Task was destroyed but it is pending");
    } finally {
      lock.unlock();
    }
    assertThatItEnds(threads.getFirst());
    trail.assertIs("locked", "next wait CancelledError");
    assertThat(lock.isLocked()).isFalse();
  }

  @Test
  @OnlyOpened
  void a_callback_in_jdk_code_ends_when_it_returns() throws InterruptedException {
    var gate = new CountDownLatch(1);
    loop.callSoon(() -> {
      threads.add(Thread.currentThread());
      try {
        gate.await();
        trail.add("came back");
      } catch (InterruptedException e) {
        trail.add("interrupted");
      }
    });
    loop.runUntilComplete(() -> pass(2));

    loop.close();
    trail.assertIs();
    gate.countDown();
    assertThatItEnds(threads.getFirst());
    trail.assertIs("came back");
  }

  @Test
  void a_loop_with_pending_tasks_may_be_closed_on_a_virtual_thread() throws InterruptedException {
    start(() -> endedBy("task", () -> sleep(HOURS)));

    Thread closer = Thread.startVirtualThread(loop::close);
    assertThatItEnds(closer);
    trail.assertIs("Task was destroyed but it is pending", "task CancelledError");
    assertThatAllThreadsEnded();
  }

  @Test
  void a_loop_may_be_closed_in_a_task_of_another_one() {
    start(() -> endedBy("task", () -> sleep(HOURS)));

    Asyncio.run(() -> {
      loop.close();
      trail.add(Asyncio.getRunningLoop() == loop ? "wrong loop" : "other loop");
      sleep(Duration.ZERO);
    });
    trail.assertIs("Task was destroyed but it is pending", "task CancelledError", "other loop");
    assertThatAllThreadsEnded();
  }

  @Test
  void ten_thousand_pending_tasks_are_unwound() {
    var ended = new AtomicInteger();
    start(() -> {
      for (int i = 0; i < 10_000; i++) {
        Asyncio.createTask(() -> {
          try {
            sleep(HOURS);
          } finally {
            ended.incrementAndGet();
          }
        });
      }
      pass(1);
    });

    loop.setExceptionHandler((_, _) -> {});
    loop.close();
    assertThat(ended).hasValue(10_000);
  }

  /// Starts a task and lets it come to where it waits.
  private Task<?> start(Action<?> body) {
    var task = loop.createTask(() -> {
      threads.add(Thread.currentThread());
      Asyncio.awaitable(body).await();
    });
    loop.runUntilComplete(() -> pass(3));
    return task;
  }

  private void endedBy(String name, Action<?> body) throws Exception {
    try {
      body.run();
    } catch (Throwable e) {
      trail.add(name + " " + e.getClass().getSimpleName());
      throw Thrown.<Exception>sneak(e);
    }
  }

  private void assertThatAllThreadsEnded() {
    assertThat(threads).isNotEmpty().allSatisfy(ClosingTest::assertThatItEnds);
  }

  private static void assertThatItEnds(Thread thread) throws InterruptedException {
    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
  }
}
