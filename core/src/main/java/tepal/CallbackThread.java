// SPDX-License-Identifier: Apache-2.0
package tepal;

import org.jspecify.annotations.Nullable;

/// The thread on which a loop runs the callbacks of its users.
///
/// It has its turn when a callback is due and gives it up at one place only, when no further
/// callback follows. If JDK code in a callback suspends it anywhere else, the loop abandons
/// it: it ends with its callback, and the next callback gets a new thread. So a callback that
/// waits for a lock holds up nobody.
final class CallbackThread {
  final Strand strand;
  private final Scheduler scheduler;
  private @Nullable Handle handle;
  private boolean abandoned;

  CallbackThread(Scheduler scheduler) {
    this.scheduler = scheduler;
    this.strand =
        scheduler.turns.strand(scheduler, null, new Context(), "tepal-callbacks", this::run);
  }

  /// Makes `next` what this runs in its next turn.
  Strand take(Handle next) {
    handle = next;
    return strand;
  }

  void abandon() {
    abandoned = true;
  }

  @Nullable Handle running() {
    return handle;
  }

  private void run() {
    for (Handle due = handle; due != null && !abandoned; due = following()) {
      handle = due;
      run(due);
    }
    if (abandoned) {
      scheduler.blockedCallbacks.ended(strand);
    }
  }

  private void run(Handle due) {
    strand.context = due.getContext();
    try {
      due.run();
    } catch (Throwable e) {
      report(due, e);
    }
  }

  private void report(Handle due, Throwable failure) {
    if (Scheduler.isFatal(failure)) {
      scheduler.fail(failure);
      return;
    }
    try {
      scheduler.loop.callExceptionHandler(
          ExceptionContext.of("Exception in callback " + due, failure, due));
    } catch (Throwable e) {
      // The virtual machine failed, or the log did: this thread must still give up its turn.
      scheduler.fail(e);
    }
  }

  /// Returns the next callback, which may be the one of a later turn, or null if this was
  /// abandoned.
  private @Nullable Handle following() {
    if (abandoned) {
      return null;
    }
    Handle next = scheduler.nextCallback();
    if (next == null) {
      handle = null;
      strand.suspend();
      next = handle;
    }
    return next;
  }
}
