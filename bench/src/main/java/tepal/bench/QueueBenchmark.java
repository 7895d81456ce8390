// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import static tepal.bench.LoopState.OPERATIONS;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import tepal.Asyncio;
import tepal.Task;
import tepal.queues.Queue;

/// A task hands items to another one through a queue.
public class QueueBenchmark {
  private static final int WINDOW = 100;

  /// A queue with room for one item, so that each item takes both tasks a turn.
  ///
  /// @param state the loop
  /// @return how many items were got
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int handOver(LoopState state) {
    return state.run(() -> passOn(1));
  }

  /// A queue with room for a hundred items, so that the tasks take turns once in a hundred.
  ///
  /// @param state the loop
  /// @return how many items were got
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int window(LoopState state) {
    return state.run(() -> passOn(WINDOW));
  }

  private static int passOn(int maxsize) {
    Queue<Integer> queue = new Queue<>(maxsize);
    Task<Integer> consumer = Asyncio.createTask(() -> {
      int got = 0;
      while (queue.get() < OPERATIONS) {
        got++;
      }
      return got + 1;
    });
    for (int item = 1; item <= OPERATIONS; item++) {
      queue.put(item);
    }
    return consumer.await();
  }
}
