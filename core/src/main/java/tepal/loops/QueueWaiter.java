// SPDX-License-Identifier: Apache-2.0
package tepal.loops;

import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.Context;
import tepal.EventLoop;
import tepal.Future;

/// Who waits at a shared queue: a task or a thread.
abstract sealed class QueueWaiter {
  /*
   * state      entered by                                    leaves by
   * ---------  --------------------------------------------  ------------------------------------
   * WAITING    the waiter, as it joins a line                its turn comes → CALLED; it gives up → GONE
   * CALLED     whoever made an item or room for it, which    the waiter goes on, or gives up, or its
   *            is kept for it from then on                   loop is closed → GONE
   * GONE       nothing is kept for it
   *
   * Written under the queue's lock; a thread that parks reads it without.
   */
  static final byte WAITING = 0;
  static final byte CALLED = 1;
  static final byte GONE = 2;

  volatile byte state = WAITING;

  // where this stands until it is called
  final ArrayDeque<QueueWaiter> line;

  private QueueWaiter(ArrayDeque<QueueWaiter> line) {
    this.line = line;
  }

  /// Returns a waiter for whoever calls.
  static QueueWaiter here(Object queue, ArrayDeque<QueueWaiter> line) {
    if (Asyncio.currentTask() != null) {
      return new OfTask(Asyncio.getRunningLoop(), queue, line);
    }
    Waits.requireMayWait("A call that waits at a queue");
    return new OfThread(queue, line);
  }

  /// Waits until this is called. May end early: the caller looks at the state.
  ///
  /// @throws CancelledError if the task is cancelled or the thread interrupted
  abstract void await();

  /// Lets the waiter go on. Called without the queue's lock, by any thread. Returns false if the
  /// waiter's loop is closed, so that it will not.
  abstract boolean wake();

  private static final class OfTask extends QueueWaiter {
    private static final Context NO_VALUES = new Context();

    private final EventLoop loop;
    private final Future<@Nullable Void> called;

    OfTask(EventLoop loop, Object queue, ArrayDeque<QueueWaiter> line) {
      super(line);
      this.loop = loop;
      this.called = loop.createWaiter(queue);
    }

    @Override
    void await() {
      called.await();
    }

    @Override
    boolean wake() {
      try {
        var _ = loop.callSoonThreadsafe(this::goOn, NO_VALUES);
        return true;
      } catch (IllegalStateException closed) {
        return false;
      }
    }

    private void goOn() {
      if (!called.done()) {
        called.setResult(null);
      }
    }
  }

  private static final class OfThread extends QueueWaiter {
    private final Thread thread = Thread.currentThread();
    private final Object queue;

    OfThread(Object queue, ArrayDeque<QueueWaiter> line) {
      super(line);
      this.queue = queue;
    }

    @Override
    void await() {
      while (state == WAITING) {
        if (thread.isInterrupted()) {
          throw new CancelledError("The thread was interrupted");
        }
        LockSupport.park(queue);
      }
    }

    @Override
    boolean wake() {
      LockSupport.unpark(thread);
      return true;
    }
  }
}
