// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// The threads that block in place of loops: for each child one or two, shared by all loops
/// of this process.
final class ChildThreads {
  /*
   * Platform threads: a read from a pipe of the JDK's blocks the thread's carrier, which a virtual
   * thread would take from others. They are daemons with small stacks and end when they were idle
   * for a while.
   */
  private static final long KEEP_ALIVE_SECONDS = 10;

  // deep enough for what runs here, also the first time, when it is linked and interpreted
  private static final long STACK_BYTES = 512 * 1024;

  private static final Executor POOL = new ThreadPoolExecutor(
      0,
      Integer.MAX_VALUE,
      KEEP_ALIVE_SECONDS,
      TimeUnit.SECONDS,
      new SynchronousQueue<>(),
      factory());

  /// Where children are started.
  static final Starts STARTS =
      new Starts(Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8), POOL);

  private ChildThreads() {}

  private static ThreadFactory factory() {
    AtomicLong number = new AtomicLong();
    return work -> Thread.ofPlatform()
        .daemon()
        .inheritInheritableThreadLocals(false)
        .stackSize(STACK_BYTES)
        .name("tepal-child-" + number.getAndIncrement())
        .unstarted(work);
  }

  /// Runs something that blocks on a thread of its own, at once.
  static void execute(Runnable work) {
    POOL.execute(work);
  }

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
