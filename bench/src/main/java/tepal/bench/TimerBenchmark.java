// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import static tepal.bench.LoopState.OPERATIONS;
import static tepal.bench.LoopState.ZERO;

import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import tepal.Asyncio;

/// Timers: those that are nearly always cancelled, and those that fire.
public class TimerBenchmark {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SHORTEST = Duration.ofNanos(1);

  /// A callback in a minute, cancelled at once.
  ///
  /// @param state the loop
  /// @return how many timers were cancelled
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int callLaterAndCancel(LoopState state) {
    return state.run(() -> {
      int count = 0;
      while (count < OPERATIONS) {
        var timer = state.loop().callLater(MINUTE, () -> {});
        timer.cancel();
        count++;
        if (count % 100 == 0) {
          Asyncio.sleep(ZERO); // so that the loop gets to see its timers
        }
      }
      return count;
    });
  }

  /// A task sleeps for a nanosecond: over by the next iteration, but by way of a timer.
  ///
  /// @param state the loop
  /// @return how often it slept
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int sleepShortest(LoopState state) {
    return state.run(() -> {
      int count = 0;
      while (count < OPERATIONS) {
        Asyncio.sleep(SHORTEST);
        count++;
      }
      return count;
    });
  }

  /// A timeout of a minute around a `sleep(0)`.
  ///
  /// @param state the loop
  /// @return how many bodies ran
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int timeoutAround(LoopState state) {
    return state.run(() -> {
      int count = 0;
      while (count < OPERATIONS) {
        count += Asyncio.timeout(MINUTE, () -> {
          Asyncio.sleep(ZERO);
          return 1;
        });
      }
      return count;
    });
  }
}
