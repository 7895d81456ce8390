// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import static tepal.bench.LoopState.OPERATIONS;
import static tepal.bench.LoopState.ZERO;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.Future;
import tepal.Task;

/// A task creates a future and awaits it; another one gives it a value and lets the first run.
public class FutureBenchmark {

  /// Two turns an operation: of the task that waits and of the one that sets.
  ///
  /// @param state the loop
  /// @return the sum of what was awaited: 1 an operation
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int setByAnother(LoopState state) {
    return state.run(() -> {
      Wanted wanted = new Wanted(state.loop());
      Task<?> setter = Asyncio.createTask(() -> {
        for (int i = 0; i < OPERATIONS; i++) {
          wanted.future.setResult(1);
          Asyncio.sleep(ZERO);
        }
      });
      int sum = 0;
      for (int i = 0; i < OPERATIONS; i++) {
        wanted.future = state.loop().createFuture();
        sum += wanted.future.await();
      }
      var _ = setter.await();
      return sum;
    });
  }

  /// The future that the first task waits for.
  private static final class Wanted {
    Future<Integer> future;

    Wanted(EventLoop loop) {
      future = loop.createFuture();
    }
  }
}
