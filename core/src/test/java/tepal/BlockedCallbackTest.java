// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;
import static tepal.InTask.pass;
import static tepal.InTask.started;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// A callback that JDK code suspends: it waits on a thread of its own, and the loop turns.
@OnlyOpened
class BlockedCallbackTest {
  private static final Duration A_LITTLE = Duration.ofMillis(20);

  private final Trail trail = new Trail();

  @Test
  void a_monitor_held_across_a_sleep_does_not_stop_the_loop_when_a_callback_wants_it() {
    var monitor = new Object();
    run(() -> {
      var holder = started(() -> {
        synchronized (monitor) {
          sleep(A_LITTLE);
          trail.add("slept");
        }
      });
      getRunningLoop().callSoon(() -> {
        trail.add("wants it");
        synchronized (monitor) {
          trail.add("has it");
        }
      });
      getRunningLoop().callSoon(() -> trail.add("next callback"));
      holder.await();
      sleep(A_LITTLE);
    });
    trail.assertIs("wants it", "next callback", "slept", "has it");
  }

  @Test
  void a_lock_held_across_an_await_does_not_stop_the_loop_when_a_callback_wants_it() {
    var lock = new ReentrantLock();
    run(() -> {
      var release = getRunningLoop().<String>createFuture();
      var holder = started(() -> {
        lock.lock();
        try {
          release.await();
        } finally {
          lock.unlock();
        }
      });
      var locked = getRunningLoop().<String>createFuture();
      getRunningLoop().callSoon(() -> {
        lock.lock();
        try {
          locked.setResult("locked");
        } finally {
          lock.unlock();
        }
      });
      getRunningLoop().callSoon(() -> release.setResult("now"));
      assertThat(locked.await()).isEqualTo("locked");
      holder.await();
    });
  }

  @Test
  void other_callbacks_keep_their_order_around_one_that_blocks() {
    var gate = new CountDownLatch(1);
    run(() -> {
      var loop = getRunningLoop();
      loop.callSoon(() -> trail.add("first"));
      loop.callSoon(() -> {
        trail.add("blocks");
        await(gate);
        trail.add("goes on");
      });
      loop.callSoon(() -> trail.add("third"));
      loop.callSoon(() -> trail.add("fourth"));
      pass(1);
      trail.assertIs("first", "blocks", "third", "fourth");
      loop.callSoon(() -> trail.add("fifth"));
      loop.callSoon(gate::countDown);
      loop.callSoon(() -> trail.add("sixth"));
      pass(3);
      trail.assertIs("fifth", "sixth", "goes on");
    });
  }

  @Test
  void a_done_callback_may_block() {
    var gate = new CountDownLatch(1);
    run(() -> {
      var future = getRunningLoop().<String>createFuture();
      future.addDoneCallback(done -> {
        await(gate);
        trail.add("callback of " + done.result());
      });
      future.addDoneCallback(_ -> trail.add("next callback"));
      future.setResult("value");
      assertThat(future.await()).isEqualTo("value");
      pass(2);
      trail.add("task");
      gate.countDown();
      pass(2);
    });
    trail.assertIs("next callback", "task", "callback of value");
  }

  @Test
  void a_timer_may_block() {
    var gate = new CountDownLatch(1);
    run(() -> {
      var loop = getRunningLoop();
      loop.callLater(Duration.ofMillis(1), () -> {
        await(gate);
        trail.add("first timer");
      });
      loop.callLater(Duration.ofMillis(2), () -> {
        trail.add("second timer");
        gate.countDown();
      });
      sleep(A_LITTLE);
    });
    trail.assertIs("second timer", "first timer");
  }

  @Test
  void an_exception_handler_may_block() {
    var gate = new CountDownLatch(1);
    run(() -> {
      var loop = getRunningLoop();
      loop.setExceptionHandler((_, context) -> {
        await(gate);
        trail.add("handled " + context.message().startsWith("Exception in callback"));
      });
      loop.callSoon(() -> {
        throw new IllegalStateException("for the handler");
      });
      loop.callSoon(() -> trail.add("next callback"));
      pass(2);
      trail.assertIs("next callback");
      gate.countDown();
      pass(2);
      trail.assertIs("handled true");
    });
  }

  @Test
  void a_callback_that_blocked_may_use_the_loop_as_before() {
    var variable = new ContextVar<>("variable", "unset");
    run(() -> {
      variable.set("as scheduled");
      var loop = getRunningLoop();
      var ended = loop.<String>createFuture();
      loop.callSoon(() -> {
        JdkCode.parkFor(A_LITTLE);
        assertThat(getRunningLoop()).isSameAs(loop);
        createTask(() -> ended.setResult(variable.get()));
      });
      variable.set("changed");
      loop.callSoon(() -> trail.add(variable.get()));
      assertThat(ended.await()).isEqualTo("as scheduled");
    });
    trail.assertIs("changed");
  }

  @Test
  void a_callback_that_blocked_and_failed_is_reported() {
    run(() -> {
      var loop = getRunningLoop();
      var reported = loop.<@Nullable Throwable>createFuture();
      loop.setExceptionHandler((_, context) -> reported.setResult(context.exception()));
      loop.callSoon(() -> {
        JdkCode.parkFor(A_LITTLE);
        throw new IllegalStateException("late");
      });
      assertThat(reported.await()).hasMessage("late");
    });
  }

  @Test
  void a_blocked_callback_keeps_its_thread_and_ends_it() throws InterruptedException {
    var gate = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    run(() -> {
      var loop = getRunningLoop();
      loop.callSoon(() -> {
        threads.add(Thread.currentThread());
        await(gate);
      });
      loop.callSoon(() -> threads.add(Thread.currentThread()));
      pass(1);
      gate.countDown();
      loop.callSoon(() -> threads.add(Thread.currentThread()));
      pass(3);
      assertThat(threads.get(1)).isNotSameAs(threads.get(0)).isSameAs(threads.get(2));
      assertThat(threads.get(0).isAlive()).isFalse();
    });
    assertThat(threads.get(1).join(Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void a_hundred_callbacks_may_block_at_once() {
    var gate = new CountDownLatch(1);
    List<Integer> order = new ArrayList<>();
    run(() -> {
      var loop = getRunningLoop();
      for (int i = 0; i < 100; i++) {
        int number = i;
        loop.callSoon(() -> {
          await(gate);
          order.add(number);
        });
      }
      pass(2);
      assertThat(order).isEmpty();
      gate.countDown();
      while (order.size() < 100) {
        pass(1);
      }
    });
    assertThat(order).hasSize(100).doesNotHaveDuplicates();
  }

  @Test
  void a_callback_that_is_blocked_when_a_run_ends_goes_on_in_the_next() {
    var value = new CompletableFuture<String>();
    try (var runner = new Runner()) {
      runner.run(() -> {
        getRunningLoop().callSoon(() -> trail.add(value.join()));
        pass(2);
      });
      value.complete("came back");
      trail.assertIs();
      runner.run(() -> pass(2));
      trail.assertIs("came back");
    }
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
