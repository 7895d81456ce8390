// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.toThread;
import static tepal.InTask.me;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A profiler that takes the stacks of tasks while they switch: it bars a thread from running
/// for a moment, which must cost no turn and change no order.
class StrandStackSamplerTest {
  private static final int SAMPLES = 2_000;
  private static final int TASKS = 4;

  @Test
  void tasks_keep_their_turns_and_their_order_while_their_stacks_are_taken() throws Exception {
    List<Integer> order = new ArrayList<>();
    run(() -> whileSampled(enough -> TaskGroup.run(group -> {
      for (int i = 0; i < TASKS; i++) {
        int number = i;
        group.createTask(() -> {
          while (!enough.get()) {
            order.add(number);
            sleep(Duration.ZERO);
          }
        });
      }
    })));
    assertThat(order).hasSizeGreaterThan(TASKS);
    for (int i = 0; i < order.size(); i++) {
      if (order.get(i) != i % TASKS) {
        assertThat(order.get(i)).as("turn %s of %s", i, order.size()).isEqualTo(i % TASKS);
      }
    }
  }

  @Test
  void generators_lose_no_value_while_stacks_are_taken() throws Exception {
    var read = new AtomicInteger();
    run(() -> whileSampled(enough -> TaskGroup.run(group -> {
      for (int i = 0; i < TASKS; i++) {
        group.createTask(() -> {
          Generator<Integer> counting = Generator.of(self -> {
            for (int j = 0; ; j++) {
              self.yield(j);
              sleep(Duration.ZERO);
            }
          });
          for (int expected = 0; !enough.get(); expected++) {
            assertThat(counting.next()).isEqualTo(expected);
            read.incrementAndGet();
          }
          counting.close();
        });
      }
    })));
    assertThat(read.get()).isPositive();
  }

  @Test
  void futures_hand_over_without_loss_while_stacks_are_taken() throws Exception {
    var handovers = new AtomicInteger();
    run(() -> whileSampled(enough -> TaskGroup.run(group -> {
      var court = new Court();
      group.createTask(() -> court.play(0, enough, handovers));
      group.createTask(() -> court.play(1, enough, handovers));
    })));
    assertThat(handovers.get()).isPositive();
  }

  @Test
  void calls_in_threads_come_back_while_stacks_are_taken() throws Exception {
    var calls = new AtomicInteger();
    run(() -> whileSampled(enough -> TaskGroup.run(group -> {
      for (int i = 0; i < TASKS; i++) {
        group.createTask(() -> {
          while (!enough.get()) {
            int _ = Asyncio.<Integer, RuntimeException>toThread(calls::incrementAndGet);
          }
        });
      }
    })));
    assertThat(calls.get()).isPositive();
  }

  @Test
  @OnlyOpened
  void threads_that_jdk_code_suspended_come_back_while_stacks_are_taken() throws Exception {
    var naps = new AtomicInteger();
    run(() -> whileSampled(enough -> TaskGroup.run(group -> {
      for (int i = 0; i < TASKS; i++) {
        group.createTask(() -> {
          while (!enough.get()) {
            JdkCode.parkFor(Duration.ofNanos(10_000));
            naps.incrementAndGet();
          }
        });
      }
    })));
    assertThat(naps.get()).isPositive();
  }

  /// Returns the threads of a task: its own, and that of a generator that it reads.
  private static Stream<@Nullable Thread> threads(Task<?> task) {
    Strand strand = task.strandOrNull();
    return strand == null
        ? Stream.of()
        : Stream.of(strand.thread(), strand.root().thread());
  }

  private interface Sampled {
    void run(AtomicBoolean enough) throws Exception;
  }

  /// Runs `body` while another thread takes the stacks of all tasks, and tells it when there
  /// were enough.
  private static void whileSampled(Sampled body) throws Exception {
    var loop = Asyncio.getRunningLoop();
    var enough = new AtomicBoolean();
    var threads = new CompletableFuture<List<Thread>>();
    loop.callLater(
        Duration.ofMillis(1),
        () -> threads.complete(
            Asyncio.allTasks().stream().flatMap(StrandStackSamplerTest::threads).toList()));
    Thread sampler = Thread.ofPlatform().daemon().start(() -> {
      List<@Nullable Thread> targets = new ArrayList<>(threads.join());
      for (int i = 0; i < SAMPLES; i++) {
        Thread target = targets.get(i % targets.size());
        if (target != null) {
          StackTraceElement[] _ = target.getStackTrace();
        }
      }
      enough.set(true);
    });
    body.run(enough);
    toThread(() -> sampler.join());
    assertThat(me().cancelling()).isZero();
  }

  /// Two players and a ball, which is a future.
  private static final class Court {
    private final Future<String> service = Asyncio.getRunningLoop().createFuture();
    private Future<String> ball = service;

    void play(int player, AtomicBoolean enough, AtomicInteger handovers) {
      if (player == 1) {
        service.await();
      }
      while (!enough.get()) {
        Future<String> thrown = ball;
        Future<String> next = Asyncio.getRunningLoop().createFuture();
        ball = next;
        if (!thrown.done()) {
          thrown.setResult("to the other");
        }
        handovers.incrementAndGet();
        next.await();
      }
      if (!ball.done()) {
        ball.setResult("the end");
      }
    }
  }
}
