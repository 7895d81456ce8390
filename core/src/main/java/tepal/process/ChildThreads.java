// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import tepal.blocking.BlockingThreads;

/// Where children are started: on the threads that block in place of loops.
final class ChildThreads {
  /// Where children are started.
  static final Starts STARTS = new Starts(
      Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8), BlockingThreads.POOL);

  private ChildThreads() {}

  /// Lets a few children be started at a time, and the others wait. A thread that has started
  /// its child can go on with it: it does not count any more.
  static final class Starts implements Executor {
    private final Semaphore places;
    private final Executor threads;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    // threads that count
    private final Set<Thread> starting = ConcurrentHashMap.newKeySet();

    Starts(int atOnce, Executor threads) {
      this.places = new Semaphore(atOnce);
      this.threads = threads;
    }

    @Override
    public void execute(Runnable start) {
      waiting.add(start);
      next();
    }

    /// Gives the current thread's place to the next one. A second call does nothing.
    void begun() {
      if (starting.remove(Thread.currentThread())) {
        places.release();
        next();
      }
    }

    private void next() {
      while (!waiting.isEmpty() && places.tryAcquire()) {
        boolean used = false;
        try {
          Runnable start = waiting.poll();
          if (start != null) {
            threads.execute(() -> run(start));
            used = true;
          }
        } finally {
          if (!used) {
            places.release();
          }
        }
      }
    }

    private void run(Runnable start) {
      starting.add(Thread.currentThread());
      try {
        start.run();
      } finally {
        begun();
      }
    }
  }
}
