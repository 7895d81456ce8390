// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.System.Logger.Level;

/// What the [Watchdog] knows of one loop. Confined to one thread, the watchdog's.
final class Stall {
  private final Scheduler scheduler;
  private long lastTurn = -1;
  private long sinceNanos;
  private boolean reported;

  Stall(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  long limitNanos() {
    return scheduler.debug ? scheduler.reports.slowNanos : scheduler.loop.stallNanos();
  }

  /// Looks at the loop, and reports a stall that has reached the limit, or one that is over.
  ///
  /// @param nowNanos the real time
  /// @param late whether much more time has passed since the last look than was asked for, so
  ///     that it may have passed for the loop without a chance to turn
  void look(long nowNanos, boolean late) {
    long limit = limitNanos();
    long turn = scheduler.turn;
    if (turn != lastTurn || scheduler.idle || (late && !reported)) {
      if (reported) {
        reported = false;
        log("The loop turns again, after %s".formatted(Nanos.seconds(nowNanos - sinceNanos)));
      }
      lastTurn = turn;
      sinceNanos = nowNanos;
    } else if (!reported && nowNanos - sinceNanos >= limit) {
      report(nowNanos - sinceNanos);
    }
    for (BlockedCallbacks.Entry entry : scheduler.blockedCallbacks.all()) {
      if (entry.isOverdue(nowNanos, limit, late)) {
        CallbackThread thread = entry.thread;
        log("JDK code has suspended a callback for %s, while the loop turns: %s%s"
            .formatted(
                Nanos.seconds(limit),
                thread.running(),
                text(thread.strand.thread().getStackTrace())));
      }
    }
  }

  private void report(long nanos) {
    Strand strand = scheduler.current;
    if (strand == null) {
      String rescued = scheduler.turns.rescue(scheduler);
      if (rescued != null) {
        reported = true;
        log("The loop has not turned for %s: %s".formatted(Nanos.seconds(nanos), rescued));
      }
      return;
    }
    StackTraceElement[] stack = strand.stackTrace();
    if (scheduler.turn != lastTurn || strand != scheduler.current) {
      return;
    }
    reported = true; // also if the description throws
    log("The loop has not turned for %s: %s holds it up%s"
        .formatted(Nanos.seconds(nanos), scheduler.subject(strand), text(stack)));
  }

  private static String text(StackTraceElement[] stack) {
    StringBuilder text = new StringBuilder();
    for (StackTraceElement frame : stack) {
      text.append(System.lineSeparator()).append("    at ").append(frame);
    }
    return text.toString();
  }

  private static void log(String message) {
    System.getLogger("tepal").log(Level.WARNING, message);
  }
}
