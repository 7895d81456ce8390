// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import static tepal.bench.LoopState.OPERATIONS;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import tepal.Future;
import tepal.Generator;

/// A generator's step: its body goes on to the next `yield`.
public class GeneratorBenchmark {
  static final int ITEMS = 1_000;

  /// In a task, one generator for all steps; beside an asynchronous generator of Python's.
  ///
  /// @param state the loop
  /// @return the sum of what was yielded: 1 an operation
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int step(LoopState state) {
    return state.run(() -> {
      Generator<Integer> ones = ones(OPERATIONS);
      int sum = 0;
      for (int i = 0; i < OPERATIONS; i++) {
        sum += ones.next();
      }
      return sum;
    });
  }

  /// In a task, where the body awaits a future that is done.
  ///
  /// @param state the loop
  /// @return the sum of what was yielded: 1 an operation
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int stepThatAwaits(LoopState state) {
    return state.run(() -> {
      Future<Integer> one = state.loop().createFuture();
      one.setResult(1);
      Generator<Integer> ones = Generator.of(self -> {
        for (int i = 0; i < OPERATIONS; i++) {
          self.yield(one.await());
        }
      });
      return sum(ones);
    });
  }

  /// In a task, a `for` over a thousand items and a new generator for the next thousand.
  ///
  /// @param state the loop
  /// @return the sum of what was yielded: 1 an operation
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int forLoop(LoopState state) {
    return state.run(() -> {
      int sum = 0;
      while (sum < OPERATIONS) {
        sum += sum(ones(ITEMS));
      }
      return sum;
    });
  }

  /// Outside any loop, on a platform thread; beside a plain generator of Python's.
  ///
  /// @param state not used
  /// @return the sum of what was yielded: 1 an operation
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int outside(LoopState state) {
    return sum(ones(OPERATIONS));
  }

  private static int sum(Generator<Integer> numbers) {
    int sum = 0;
    for (int number : numbers) {
      sum += number;
    }
    return sum;
  }

  private static Generator<Integer> ones(int count) {
    return Generator.of(self -> {
      for (int i = 0; i < count; i++) {
        self.yield(1);
      }
    });
  }
}
