// SPDX-License-Identifier: Apache-2.0
package tepal.blocking;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// The threads that block in place of loops, shared by all loops of this process: one for each
/// pipe that is read or being written, one for each child.
public final class BlockingThreads {
  /*
   * Platform threads: a read from a pipe of the JDK's blocks the thread's carrier, which a virtual
   * thread would take from others. They are daemons with small stacks and end when they were idle
   * for a while.
   */
  private static final long KEEP_ALIVE_SECONDS = 10;

  // deep enough for what runs here, also the first time, when it is linked and interpreted
  private static final long STACK_BYTES = 512 * 1024;

  /// Runs each call on a thread of its own, at once.
  public static final Executor POOL = new ThreadPoolExecutor(
      0,
      Integer.MAX_VALUE,
      KEEP_ALIVE_SECONDS,
      TimeUnit.SECONDS,
      new SynchronousQueue<>(),
      factory());

  private BlockingThreads() {}

  private static ThreadFactory factory() {
    AtomicLong number = new AtomicLong();
    return work -> Thread.ofPlatform()
        .daemon()
        .inheritInheritableThreadLocals(false)
        .stackSize(STACK_BYTES)
        .name("tepal-blocking-" + number.getAndIncrement())
        .unstarted(work);
  }

  /// Runs something that blocks on a thread of its own, at once.
  ///
  /// @param work what to run
  public static void execute(Runnable work) {
    POOL.execute(work);
  }
}
