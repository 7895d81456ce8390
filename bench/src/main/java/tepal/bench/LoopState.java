// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.time.Duration;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import tepal.Awaitable;
import tepal.EventLoop;

/// The loop of a benchmark: one for all its iterations, on JMH's thread.
@State(Scope.Benchmark)
public class LoopState {
  /// How many operations an invocation of a benchmark consists of, unless it says otherwise;
  /// `operations.py` has the same number.
  static final int OPERATIONS = 10_000;

  static final Duration ZERO = Duration.ZERO;

  // one loop for each benchmark's run
  private EventLoop loop = EventLoop.builder().build();

  /// Makes the loop.
  @Setup(Level.Trial)
  public void open() {
    loop.close();
    loop = EventLoop.builder().build();
  }

  /// Closes the loop.
  @TearDown(Level.Trial)
  public void close() {
    loop.close();
  }

  /// Runs the work of one invocation as a task, and returns how many operations it counted.
  int run(Awaitable<Integer> work) {
    return loop.runUntilComplete(work);
  }

  EventLoop loop() {
    return loop;
  }
}
