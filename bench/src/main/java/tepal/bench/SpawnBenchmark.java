// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import static tepal.bench.LoopState.OPERATIONS;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import tepal.Asyncio;
import tepal.Task;

/// A task is created, runs to its end at once, and is awaited.
public class SpawnBenchmark {
  static final int TASKS = 100;

  /// Each is awaited before the next is created.
  ///
  /// @param state the loop
  /// @return how many tasks ran
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int createAndAwait(LoopState state) {
    return state.run(() -> {
      int ran = 0;
      while (ran < OPERATIONS) {
        ran += Asyncio.createTask(() -> 1).await();
      }
      return ran;
    });
  }

  /// A hundred are created before the first is awaited.
  ///
  /// @param state the loop
  /// @return how many tasks ran
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int createHundred(LoopState state) {
    return state.run(() -> {
      int ran = 0;
      while (ran < OPERATIONS) {
        List<Task<Integer>> tasks = new ArrayList<>(TASKS);
        for (int i = 0; i < TASKS; i++) {
          tasks.add(Asyncio.createTask(() -> 1));
        }
        for (Task<Integer> task : tasks) {
          ran += task.await();
        }
      }
      return ran;
    });
  }
}
