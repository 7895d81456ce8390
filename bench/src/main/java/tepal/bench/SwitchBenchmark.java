// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import static tepal.bench.LoopState.OPERATIONS;
import static tepal.bench.LoopState.ZERO;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import tepal.Asyncio;
import tepal.Task;

/// A task lets others run: `sleep(0)`, which is a full iteration of the loop.
public class SwitchBenchmark {
  static final int TASKS = 100;

  /// One task, which is its own successor.
  ///
  /// @param state the loop
  /// @return how often it let others run
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int one(LoopState state) {
    return state.run(() -> yieldTimes(OPERATIONS));
  }

  /// A hundred tasks, one after the other.
  ///
  /// @param state the loop
  /// @return how often they let others run
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int hundred(LoopState state) {
    return state.run(() -> {
      List<Task<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < TASKS; i++) {
        tasks.add(Asyncio.createTask(() -> yieldTimes(OPERATIONS / TASKS)));
      }
      return tasks.stream().mapToInt(Task::await).sum();
    });
  }

  private static int yieldTimes(int times) {
    int count = 0;
    while (count < times) {
      Asyncio.sleep(ZERO);
      count++;
    }
    return count;
  }
}
