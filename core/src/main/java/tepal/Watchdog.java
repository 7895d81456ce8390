// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Says when a loop has not turned for too long, and what holds it up; and when a callback has
/// been waiting in JDK code for too long.
///
/// One daemon thread for all loops of the process. It only looks at a counter that each
/// loop increments as it turns, so that it costs a loop nothing.
final class Watchdog implements Runnable {
  /*
   * A stall is a counter that does not move while the loop is not idle. The dog looks four times per
   * limit; when it was late itself (a collection, a debugger, a suspended machine), it has seen
   * nothing and begins anew. Each stall is reported once, with the stack of the mounted thread (the
   * carrier's own stack shows only that it runs a continuation), and once more when it is over.
   */
  private static final long MIN_PERIOD_NANOS = 5_000_000;
  private static final int LOOKS_PER_LIMIT = 4;
  private static final Map<Scheduler, Stall> WATCHED = new ConcurrentHashMap<>();

  // guarded by the class
  private static @Nullable Thread thread;

  private Watchdog() {}

  /// Begins to watch a loop that starts to run.
  static void watch(Scheduler scheduler) {
    WATCHED.put(scheduler, new Stall(scheduler));
    synchronized (Watchdog.class) {
      if (thread == null) {
        thread = Thread.ofPlatform()
            .daemon()
            .name("tepal-watchdog")
            .inheritInheritableThreadLocals(false)
            .unstarted(new Watchdog());
        thread.start();
      }
    }
    LockSupport.unpark(thread);
  }

  static void forget(Scheduler scheduler) {
    WATCHED.remove(scheduler);
  }

  @Override
  public void run() {
    for (; ; ) {
      long period = period();
      long before = System.nanoTime();
      if (period == Nanos.FOREVER) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, period);
      }
      long now = System.nanoTime();
      boolean late = isLate(now - before, period);
      for (Stall stall : WATCHED.values()) {
        look(stall, now, late);
      }
    }
  }

  private static void look(Stall stall, long nowNanos, boolean late) {
    try {
      stall.look(nowNanos, late);
    } catch (Throwable e) {
      // The description of what holds the loop up is user code, as is an appender of the log.
      Thread me = Thread.currentThread();
      me.getUncaughtExceptionHandler().uncaughtException(me, e);
    }
  }

  /// Returns whether a dog that wanted to sleep for a period has slept far longer.
  static boolean isLate(long sleptNanos, long periodNanos) {
    return periodNanos != Nanos.FOREVER && sleptNanos > 2 * periodNanos + MIN_PERIOD_NANOS;
  }

  private static long period() {
    long shortest = Nanos.FOREVER;
    for (Stall stall : WATCHED.values()) {
      shortest = Math.min(shortest, stall.limitNanos());
    }
    return shortest == Nanos.FOREVER
        ? shortest
        : Math.max(MIN_PERIOD_NANOS, shortest / LOOKS_PER_LIMIT);
  }

  /// Returns the innermost frame that is not the JDK's, or null.
  static @Nullable StackTraceElement place(StackTraceElement[] stack) {
    for (StackTraceElement frame : stack) {
      String module = frame.getModuleName();
      if (module == null || (!module.startsWith("java.") && !module.startsWith("jdk."))) {
        return frame;
      }
    }
    return null;
  }
}
