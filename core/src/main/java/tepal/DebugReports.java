// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a loop says in debug mode beside what the [Watchdog] sees: turns that took too long,
/// tasks that JDK code suspended, cancellations that a task swallowed.
///
/// Confined to the loop. Log records are written by a callback, since an appender may block.
final class DebugReports {
  // places reported as blocking are remembered up to this number
  private static final int MAX_PLACES = 1_000;

  private final Scheduler scheduler;

  // as asyncio's slow_callback_duration; nanoseconds
  volatile long slowNanos = 100_000_000;

  // the strand whose turn is timed, and when it began; null between turns
  private @Nullable Strand timed;
  private @Nullable Object subject;
  private long beganNanos;

  private final Set<StackTraceElement> places = new HashSet<>();

  DebugReports(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  void begins(Strand strand) {
    Object executed = scheduler.subject(strand);
    if (executed instanceof Handle handle && handle.isReport()) {
      return; // or a slow log would report itself for ever
    }
    timed = strand;
    subject = executed;
    beganNanos = System.nanoTime();
  }

  void ended() {
    if (timed == null) {
      return;
    }
    long took = System.nanoTime() - beganNanos;
    Object executed = subject;
    timed = null;
    subject = null;
    if (took >= slowNanos) {
      warn(() -> "Executing %s took %s".formatted(executed, Nanos.seconds(took)));
    }
  }

  /// Reports a strand that JDK code has just suspended, once for each place.
  void blocked(Strand strand) {
    Object suspended = scheduler.subject(strand);
    if (suspended instanceof Handle handle && handle.isReport()) {
      return; // an appender that waits is not the program's doing
    }
    StackTraceElement[] stack = strand.thread().getStackTrace();
    StackTraceElement place = Watchdog.place(stack);
    if (place != null && places.size() < MAX_PLACES && places.add(place)) {
      warn(() -> "%s was suspended by JDK code, not by an await, at %s: other tasks ran meanwhile"
          .formatted(suspended, place));
    }
  }

  /// Reports a task that was cancelled and ended as if it had not been.
  void swallowed(Task<?> task) {
    if (task.cancelling() > 0) {
      warn(
          () -> "%s was cancelled but returned normally: rethrow CancelledError, or call uncancel()"
              .formatted(task));
    }
  }

  /// Logs a warning on a callback thread: what the message describes is user code too.
  private void warn(Supplier<String> message) {
    Report report = new Report(message);
    if (scheduler.closing) {
      report.run();
    } else {
      scheduler.callNext(report, new Context());
    }
  }

  /// A callback that logs.
  record Report(Supplier<String> message) implements Runnable {
    @Override
    public void run() {
      System.getLogger("tepal").log(Level.WARNING, message);
    }
  }
}
