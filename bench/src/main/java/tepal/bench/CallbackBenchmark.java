// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import static tepal.bench.LoopState.OPERATIONS;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import tepal.EventLoop;
import tepal.Future;

/// Callbacks of the loop.
public class CallbackBenchmark {

  /// A callback that schedules itself again with `callSoon`: an iteration each.
  ///
  /// @param state the loop
  /// @return how often it was called
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int callSoon(LoopState state) {
    return state.run(() -> {
      Countdown countdown = new Countdown(state.loop(), state.loop().createFuture());
      state.loop().callSoon(countdown);
      return countdown.finished.await();
    });
  }

  private static final class Countdown implements Runnable {
    private final EventLoop loop;
    final Future<Integer> finished;
    private int calls;

    Countdown(EventLoop loop, Future<Integer> finished) {
      this.loop = loop;
      this.finished = finished;
    }

    @Override
    public void run() {
      calls++;
      if (calls < OPERATIONS) {
        loop.callSoon(this);
      } else {
        finished.setResult(calls);
      }
    }
  }
}
