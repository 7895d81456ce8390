// SPDX-License-Identifier: Apache-2.0
package tepal;

/// The thread that owns a loop's [Selector] and waits in it. It runs no user code.
final class IoThread implements Runnable {
  private final Selector selector;
  final Strand strand;
  private final Scheduler scheduler;
  private long selectNanos;
  private boolean closed;

  IoThread(Scheduler scheduler, Selector selector) {
    this.scheduler = scheduler;
    this.selector = selector;
    this.strand = scheduler.turns.strand(
        scheduler, null, new Context(), "tepal-io", () -> selector.run(this::turns));
  }

  /// Returns whether it can have a turn: JDK code has not suspended it in the last one.
  boolean isAvailable() {
    return !closed && (strand.state == Strand.NEW || strand.state == Strand.SUSPENDED);
  }

  boolean hasWork() {
    return !closed && selector.hasWork();
  }

  /// Returns whether it must have a turn in any case.
  boolean isPending() {
    return selector.isPending();
  }

  long deadlineNanos() {
    return selector.deadlineNanos();
  }

  Selector selector() {
    return selector;
  }

  /// Makes the next turn wait for I/O for so long.
  Strand selectFor(long nanos) {
    selectNanos = nanos;
    return strand;
  }

  /// Wakes the selector; called from any thread by way of [Inbox].
  @Override
  public void run() {
    selector.wakeup();
  }

  /// Lets the next turn be the last, and begin at once.
  void close() {
    closed = true;
    selector.wakeup();
  }

  private void turns() {
    while (!closed) {
      try {
        selector.select(selectNanos);
        strand.suspend();
      } catch (Throwable e) {
        closed = true;
        scheduler.fail(e);
      }
    }
    // Here and not by whoever closes the loop: this thread may hold the selector's locks.
    try {
      selector.close();
    } catch (Throwable e) {
      ErrorReports.log(new ExceptionContext("Closing the selector failed", e));
    }
  }
}
