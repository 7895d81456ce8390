// SPDX-License-Identifier: Apache-2.0
package tepal.loops;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.sleep;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tepal.CancelledError;
import tepal.Task;
import tepal.queues.QueueShutDownException;

/// Tasks of three loops and plain threads at one queue, of which many are cancelled at random.
class SharedQueueStressTest {
  private static final int ITEMS_EACH = 2_000;

  private final ConcurrentLinkedQueue<Integer> put = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Integer> got = new ConcurrentLinkedQueue<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void no_item_is_lost_and_none_comes_twice(long seed) throws Exception {
    SharedQueue<Integer> queue = new SharedQueue<>(3);
    try (LoopGroup group = LoopGroup.start(3)) {
      List<CompletableFuture<?>> putting = new ArrayList<>();
      List<CompletableFuture<?>> getting = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int base = i * ITEMS_EACH;
        Random random = new Random(seed * 31 + i);
        putting.add(group.startTaskSoon(() -> putAll(queue, base, random)));
      }
      Thread putter = Thread.ofPlatform().start(() -> {
        for (int i = 3 * ITEMS_EACH; i < 4 * ITEMS_EACH; i++) {
          queue.put(i);
          put.add(i);
        }
      });
      for (int i = 0; i < 3; i++) {
        Random random = new Random(seed * 37 + i);
        getting.add(group.startTaskSoon(() -> getAll(queue, random)));
      }
      Thread getter = Thread.ofPlatform().start(() -> queue.forEach(got::add));

      putting.forEach(CompletableFuture::join);
      putter.join();
      queue.shutdown();
      getting.forEach(CompletableFuture::join);
      getter.join();
    }
    assertThat(got.stream().sorted().toList()).isEqualTo(put.stream().sorted().toList());
    assertThat(put).hasSizeGreaterThan(ITEMS_EACH);
    assertThat(queue.statistics().gettersWaiting()).isZero();
    assertThat(queue.statistics().puttersWaiting()).isZero();
  }

  /// Puts items, each by a task of its own, of which every third is cancelled after a while.
  private void putAll(SharedQueue<Integer> queue, int base, Random random) {
    IntStream.range(base, base + ITEMS_EACH).forEach(item -> {
      Task<?> putting = createTask(() -> {
        queue.put(item);
        put.add(item);
      });
      awaitOrCancel(putting, random);
    });
  }

  private void getAll(SharedQueue<Integer> queue, Random random) {
    while (true) {
      boolean[] ended = {false};
      Task<?> getting = createTask(() -> {
        try {
          got.add(queue.get());
        } catch (QueueShutDownException e) {
          ended[0] = true;
        }
      });
      awaitOrCancel(getting, random);
      if (ended[0]) {
        return;
      }
    }
  }

  private static void awaitOrCancel(Task<?> task, Random random) {
    if (random.nextInt(3) == 0) {
      for (int i = random.nextInt(4); i > 0; i--) {
        sleep(Duration.ZERO);
      }
      task.cancel();
    }
    try {
      Object _ = task.await();
    } catch (CancelledError e) {
      assertThat(task.cancelled()).isTrue();
    }
  }
}
