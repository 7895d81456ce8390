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
import tepal.sync.Lock;

/// A lock that nobody else wants, and one that ten tasks want.
public class LockBenchmark {
  static final int TASKS = 10;

  /// Acquires and releases without waiting.
  ///
  /// @param state the loop
  /// @return how often the lock was held
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int free(LoopState state) {
    return state.run(() -> {
      Lock lock = new Lock();
      int held = 0;
      while (held < OPERATIONS) {
        try (var _ = lock.acquire()) {
          held++;
        }
      }
      return held;
    });
  }

  /// Ten tasks in turn hold the lock across a `sleep(0)`.
  ///
  /// @param state the loop
  /// @return how often the lock was held
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int contended(LoopState state) {
    return state.run(() -> {
      Lock lock = new Lock();
      List<Task<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < TASKS; i++) {
        tasks.add(Asyncio.createTask(() -> holdTimes(lock, OPERATIONS / TASKS)));
      }
      return tasks.stream().mapToInt(Task::await).sum();
    });
  }

  private static int holdTimes(Lock lock, int times) {
    int held = 0;
    while (held < times) {
      try (var _ = lock.acquire()) {
        Asyncio.sleep(ZERO);
        held++;
      }
    }
    return held;
  }
}
