// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.run;
import static tepal.InTask.me;
import static tepal.InTask.pass;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// JDK code that blocks, in a task: it suspends the task, and in portable mode the loop.
class BlockingCodeTest {
  private static final Duration A_LITTLE = Duration.ofMillis(30);

  private final Trail trail = new Trail();

  @Test
  @OnlyOpened
  void a_sleeping_thread_suspends_the_task_only() {
    assertOthersRunDuring(() -> JdkCode.sleep(A_LITTLE), () -> {});
  }

  @Test
  @OnlyOpened
  void taking_from_an_empty_blocking_queue_suspends_the_task_only() {
    var queue = new LinkedBlockingQueue<String>();
    assertOthersRunDuring(
        () -> assertThat(queue.take()).isEqualTo("item"), () -> queue.add("item"));
  }

  @Test
  @OnlyOpened
  void a_completable_future_suspends_the_task_only() {
    var future = new CompletableFuture<String>();
    assertOthersRunDuring(
        () -> assertThat(future.get()).isEqualTo("value"), () -> future.complete("value"));
  }

  @Test
  @OnlyOpened
  void a_latch_suspends_the_task_only() {
    var latch = new CountDownLatch(1);
    assertOthersRunDuring(latch::await, latch::countDown);
  }

  @Test
  @OnlyOpened
  void a_semaphore_of_the_jdk_suspends_the_task_only() {
    var semaphore = new Semaphore(0);
    assertOthersRunDuring(semaphore::acquire, semaphore::release);
  }

  @Test
  @OnlyOpened
  void waiting_on_a_monitor_suspends_the_task_only() {
    var monitor = new Object();
    var notified = new AtomicBoolean();
    assertOthersRunDuring(
        () -> {
          synchronized (monitor) {
            while (!notified.get()) {
              monitor.wait();
            }
          }
        },
        () -> {
          synchronized (monitor) {
            notified.set(true);
            monitor.notifyAll();
          }
        });
  }

  @Test
  @OnlyOpened
  void joining_a_thread_suspends_the_task_only() {
    var gate = new CountDownLatch(1);
    Thread other = Thread.ofPlatform().daemon().start(() -> awaitQuietly(gate));
    assertOthersRunDuring(other::join, gate::countDown);
  }

  @Test
  @OnlyOpened
  void reading_from_a_socket_suspends_the_task_only() throws Exception {
    try (var sockets = new JdkCode.Sockets()) {
      assertOthersRunDuring(() -> assertThat(sockets.read()).isEqualTo(7), () -> sockets.answer(7));
    }
  }

  @Test
  @OnlyOpened
  void reading_from_a_channel_suspends_the_task_only() throws Exception {
    try (var channels = new JdkCode.Channels()) {
      assertOthersRunDuring(
          () -> assertThat(channels.read()).isEqualTo(7), () -> channels.answer(7));
    }
  }

  @Test
  @OnlyOpened
  void accepting_a_connection_suspends_the_task_only() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertOthersRunDuring(
          () -> server.accept().close(),
          () -> new Socket(server.getInetAddress(), server.getLocalPort()).close());
    }
  }

  @Test
  @OnlyOpened
  void a_lock_that_another_task_holds_across_an_await_suspends_the_task_only() {
    var lock = new ReentrantLock();
    run(() -> {
      var release = Asyncio.getRunningLoop().<String>createFuture();
      createTask(() -> {
        lock.lock();
        try {
          release.await();
        } finally {
          lock.unlock();
        }
        trail.add("unlocked");
      });
      var second = createTask(() -> {
        lock.lock();
        try {
          trail.add("locked");
        } finally {
          lock.unlock();
        }
      });
      pass(3);
      trail.add("another task runs");
      release.setResult("now");
      second.await();
    });
    trail.assertIs("another task runs", "unlocked", "locked");
  }

  @Test
  @OnlyOpened
  void a_monitor_that_another_task_holds_across_an_await_suspends_the_task_only() {
    var monitor = new Object();
    run(() -> {
      var release = Asyncio.getRunningLoop().<String>createFuture();
      createTask(() -> {
        synchronized (monitor) {
          release.await();
        }
        trail.add("left");
      });
      var second = createTask(() -> {
        synchronized (monitor) {
          trail.add("entered");
        }
      });
      pass(3);
      trail.add("another task runs");
      release.setResult("now");
      second.await();
    });
    trail.assertIs("another task runs", "left", "entered");
  }

  @Test
  @OnlyOpened
  void a_thousand_tasks_sleep_at_the_same_time() {
    long before = System.nanoTime();
    run(() -> TaskGroup.run(group -> {
      for (int i = 0; i < 1_000; i++) {
        group.createTask(() -> JdkCode.sleep(Duration.ofMillis(50)));
      }
    }));
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  @OnlyOpened
  void a_task_keeps_its_context_and_its_place_when_jdk_code_gives_it_back() {
    var variable = new ContextVar<>("variable", "unset");
    run(() -> {
      variable.set("main's");
      var task = createTask(
          () -> {
            variable.set("its own");
            JdkCode.sleep(A_LITTLE);
            assertThat(variable.get()).isEqualTo("its own");
            assertThat(me().getName()).isEqualTo("it");
          },
          TaskOptions.named("it"));
      task.await();
      assertThat(variable.get()).isEqualTo("main's");
    });
  }

  @Test
  @OnlyOpened
  void a_task_that_starts_eagerly_and_blocks_lets_its_maker_go_on() {
    run(() -> {
      var task = createTask(
          () -> {
            trail.add("starts");
            JdkCode.sleep(A_LITTLE);
            trail.add("goes on");
          },
          TaskOptions.eager());
      trail.add("maker");
      task.await();
    });
    trail.assertIs("starts", "maker", "goes on");
  }

  @Test
  @OnlyOpened
  void a_blocked_task_says_so() {
    run(() -> {
      var task = createTask(() -> JdkCode.sleep(JdkCode.AN_HOUR), TaskOptions.named("sleeper"));
      pass(2);
      assertThat(task).hasToString("Task[sleeper, suspended by JDK code]");
    });
  }

  @Test
  @OnlyPortable
  void in_portable_mode_a_sleeping_thread_holds_up_the_loop() {
    assertOthersWaitFor(() -> JdkCode.sleep(A_LITTLE));
  }

  @Test
  @OnlyPortable
  void in_portable_mode_a_socket_holds_up_the_loop() throws Exception {
    try (var sockets = new JdkCode.Sockets()) {
      var delay = CompletableFuture.delayedExecutor(30, java.util.concurrent.TimeUnit.MILLISECONDS);
      delay.execute(() -> {
        try {
          sockets.answer(7);
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      });
      assertOthersWaitFor(() -> assertThat(sockets.read()).isEqualTo(7));
    }
  }

  @Test
  void to_thread_lets_blocking_code_suspend_the_task_only_in_both_modes() {
    var queue = new LinkedBlockingQueue<String>();
    assertOthersRunDuring(
        () -> assertThat(Asyncio.<String, Exception>toThread(queue::take)).isEqualTo("item"),
        () -> queue.add("item"));
  }

  /// Asserts that other tasks run while `blocking` waits for `release`, which one of them
  /// calls.
  private void assertOthersRunDuring(Action<?> blocking, Action<?> release) {
    run(() -> {
      var blocked = createTask(() -> {
        trail.add("blocks");
        Asyncio.awaitable(blocking).await();
        trail.add("goes on");
      });
      createTask(() -> {
        pass(3);
        trail.add("another task runs");
        Asyncio.awaitable(release).await();
      });
      blocked.await();
    });
    trail.assertIs("blocks", "another task runs", "goes on");
  }

  private void assertOthersWaitFor(Action<?> blocking) {
    run(() -> {
      var blocked = createTask(() -> {
        trail.add("blocks");
        Asyncio.awaitable(blocking).await();
        trail.add("goes on");
      });
      createTask(() -> trail.add("another task runs"));
      blocked.await();
    });
    trail.assertIs("blocks", "goes on", "another task runs");
  }

  private static void awaitQuietly(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
