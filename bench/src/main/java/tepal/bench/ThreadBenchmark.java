// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import static tepal.bench.LoopState.OPERATIONS;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.Future;

/// From a loop to another thread and back.
public class ThreadBenchmark {

  /// A call in the default executor, one after the other.
  ///
  /// @param state the loop
  /// @return how many calls there were
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int toThread(LoopState state) {
    return state.run(() -> {
      int ran = 0;
      while (ran < OPERATIONS) {
        ran += Asyncio.toThread(() -> 1);
      }
      return ran;
    });
  }

  /// A task awaits a future, which a thread that was woken for it gives a value.
  ///
  /// @param state the loop
  /// @return the sum of what was awaited: 1 an operation
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int setByThread(LoopState state) {
    return state.run(() -> {
      Setter setter = new Setter(state.loop());
      Thread thread = Thread.ofPlatform().daemon().start(setter);
      int sum = 0;
      while (sum < OPERATIONS) {
        Future<Integer> future = state.loop().createFuture();
        setter.wanted = future;
        LockSupport.unpark(thread);
        sum += future.await();
      }
      return sum;
    });
  }

  /// Without a loop: two platform threads that unpark each other in turn, the least that a
  /// way there and back can take.
  ///
  /// @param state not used
  /// @return how often there was an answer
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public int unpark(LoopState state) {
    Answering answering = new Answering(Thread.currentThread());
    Thread thread = Thread.ofPlatform().daemon().start(answering);
    int answers = 0;
    while (answers < OPERATIONS) {
      answering.asked = true;
      LockSupport.unpark(thread);
      while (answering.asked) {
        LockSupport.park();
      }
      answers++;
    }
    return answers;
  }

  private static final class Setter implements Runnable {
    private final EventLoop loop;

    // set by the task, taken by this thread
    volatile @Nullable Future<Integer> wanted;

    Setter(EventLoop loop) {
      this.loop = loop;
    }

    @Override
    public void run() {
      for (int set = 0; set < OPERATIONS; ) {
        Future<Integer> future = wanted;
        if (future == null) {
          LockSupport.park();
        } else {
          wanted = null;
          loop.callSoonThreadsafe(() -> future.setResult(1));
          set++;
        }
      }
    }
  }

  private static final class Answering implements Runnable {
    private final Thread asking;

    // set by the thread that asks, cleared by this one
    volatile boolean asked;

    Answering(Thread asking) {
      this.asking = asking;
    }

    @Override
    public void run() {
      for (int answers = 0; answers < OPERATIONS; ) {
        if (asked) {
          asked = false;
          LockSupport.unpark(asking);
          answers++;
        } else {
          LockSupport.park();
        }
      }
    }
  }
}
