// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.concurrent.atomic.AtomicBoolean;

/// The end of a loop: unwinds the tasks that are left and ends the loop's own threads.
///
/// A suspended virtual thread that nobody resumes stays in the JVM for ever, with all that its
/// stack holds. So a task that is pending when its loop closes is cancelled, again where it
/// waits again, as asyncio throws GeneratorExit into the coroutines that are left. Nobody can
/// be made to end: what is still pending after so many attempts stays suspended, and is
/// reported.
final class Closing {
  // how often a task is cancelled that goes on in spite of it
  private static final int ATTEMPTS = 100;

  // how many iterations a chain of tasks that wait for each other has between two attempts
  private static final int ITERATIONS = 1_000;

  // for how long, in real time, tasks that JDK code suspended may take to see the interrupt
  static final long GRACE_NANOS = 100_000_000;

  private final Scheduler scheduler;

  // whether some thread lets strands take turns, or the loop is not closed yet; cleared before the
  // inbox is looked at for the last time
  private final AtomicBoolean turning = new AtomicBoolean(true);

  Closing(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /// Ends what is left. Called once, on the thread that closes the loop.
  void run() {
    if (scheduler.hasStrands()) {
      CarrierThread.run(
          scheduler.turns,
          () -> takeTurns(() -> {
            unwind();
            scheduler.endOwnThreads();
          }));
    }
    for (Task<?> task : scheduler.tasks.snapshot()) {
      if (!task.isBlocked()) {
        scheduler.loop.callExceptionHandler(ExceptionContext.of(
            "Task ignored that its loop was closed, and is left suspended: " + task, null, task));
      }
    }
    turning.set(false);
    lookAgain();
  }

  /// Lets a strand that JDK code has given back after the close end, on a carrier made for it.
  /// Called by the thread that gives it back, which has put it in the inbox.
  void lookAgain() {
    if (!scheduler.inbox.isEmpty() && turning.compareAndSet(false, true)) {
      // Not on a carrier of the JDK's: there a thread that yields is queued behind our back.
      Thread _ = CarrierThread.start(this::endStragglers);
    }
  }

  private void endStragglers() {
    takeTurns(() -> {
      turnWhileReady();
      unwind();
    });
    turning.set(false);
    lookAgain();
  }

  private void takeTurns(Runnable action) {
    scheduler.turnsBegin();
    try {
      action.run();
    } finally {
      scheduler.turnsEnd();
    }
  }

  /// Cancels all tasks until none is left or those that are left do not react.
  private void unwind() {
    long deadline = System.nanoTime() + GRACE_NANOS;
    for (int attempt = 0; attempt < ATTEMPTS && !scheduler.tasks.isEmpty(); ) {
      for (Task<?> task : scheduler.tasks.snapshot()) {
        boolean _ = task.requestCancel("Event loop is closed");
      }
      turnWhileReady();
      if (!scheduler.tasks.allBlocked()) {
        attempt++;
      } else if (!scheduler.awaitInbox(deadline - System.nanoTime())) {
        return;
      }
    }
  }

  private void turnWhileReady() {
    for (int i = 0; i < ITERATIONS && scheduler.hasReady(); i++) {
      scheduler.iterate();
    }
  }
}
