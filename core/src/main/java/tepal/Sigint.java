// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Ctrl-C while a program runs: the first cancels its main task, the second ends the process.
///
/// In force only where the JVM's own handling of the signal was, so that it takes nothing away
/// from a program that handles the signal itself, or from another loop that runs at the same
/// time.
final class Sigint implements AutoCloseable {
  // how long a process may take to run its shutdown hooks before the main thread goes on
  private static final Duration SHUTDOWN = Duration.ofSeconds(10);

  // counted by the JVM's signal thread, read by the thread that runs the loop
  private final AtomicInteger count = new AtomicInteger();

  // null where the signal is not ours
  private @Nullable OsSignal signal;

  // the JVM's own handler, which ends the process; null where the signal is not ours
  private volatile @Nullable Object before;

  // whether the program has ended; then a handler that somebody restores later does nothing but
  // let the JVM's go on
  private volatile boolean closed;

  private Sigint() {}

  /// Begins to handle the signal by cancelling `task`.
  static Sigint cancelling(Task<?> task) {
    Sigint sigint = new Sigint();
    try {
      OsSignal signal = new OsSignal("INT");
      Object before = signal.handle(() -> sigint.received(signal, task));
      if (signal.isDefault(before)) {
        sigint.before = before;
        sigint.signal = signal;
      } else {
        signal.restore(before);
      }
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      // With -Xrs the JVM leaves the signal alone, and so do we. A run-time image without the
      // module jdk.unsupported cannot do otherwise.
      sigint.signal = null;
    }
    return sigint;
  }

  /// Returns whether the signal came.
  boolean received() {
    return count.get() > 0;
  }

  private void received(OsSignal signal, Task<?> task) {
    boolean first = count.incrementAndGet() == 1;
    boolean cancels = first
        && !closed
        && task.getLoop().callIfOpen(() -> {
          boolean _ = task.cancel();
        });
    if (!cancels) {
      restore(signal);
      signal.raise();
    }
  }

  @Override
  public void close() {
    closed = true;
    OsSignal ours = signal;
    Object jvms = before;
    if (ours != null && jvms != null) {
      ours.restoreOwn(jvms);
    }
  }

  private void restore(OsSignal ours) {
    Object jvms = before;
    if (jvms != null) {
      ours.restore(jvms);
    }
  }

  /// Ends the process as Ctrl-C does where nobody handles it, with status 130. Returns only if
  /// that does not happen.
  static void endProcess() {
    new OsSignal("INT").raise();
    long deadlineNanos = System.nanoTime() + SHUTDOWN.toNanos();
    for (long left = SHUTDOWN.toNanos(); left > 0; left = deadlineNanos - System.nanoTime()) {
      // A permit may be left over from the run, and an interrupt too: neither must end this early.
      boolean _ = Thread.interrupted();
      LockSupport.parkNanos(left);
    }
  }
}
