// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import java.util.ArrayDeque;
import tepal.Future;

/// The tasks that wait for an item in a queue, or for room in it, in the order in which they came.
final class Line {
  /*
   * One future per waiting task, as in CPython's asyncio [1]. Who wakes a task takes its future
   * out of the line and sets it. A cancelled one is taken out by its own task when it resumes, or
   * by a wake-up that comes before and goes on to the next.
   *
   * Confined to the loop.
   *
   * [1] https://github.com/python/cpython/blob/3.14/Lib/asyncio/queues.py
   */
  private final ArrayDeque<Future<Boolean>> waiters = new ArrayDeque<>(2);

  void add(Future<Boolean> waiter) {
    waiters.addLast(waiter);
  }

  /// Takes out the waiter of a task that gave up. Returns whether it had been woken before, so
  /// that the wake-up is still owed to another task.
  boolean abandon(Future<Boolean> waiter) {
    waiter.cancel();
    waiters.remove(waiter);
    return !waiter.cancelled();
  }

  /// Takes out the waiter of a task that has resumed, if it was not woken.
  void remove(Future<Boolean> waiter) {
    waiters.remove(waiter);
  }

  /// Wakes the first task that was not cancelled, if there is one.
  void wakeNext() {
    while (!waiters.isEmpty()) {
      if (wake(waiters.removeFirst())) {
        return;
      }
    }
  }

  void wakeAll() {
    while (!waiters.isEmpty()) {
      wake(waiters.removeFirst());
    }
  }

  private static boolean wake(Future<Boolean> waiter) {
    if (waiter.done()) {
      return false;
    }
    waiter.setResult(true);
    return true;
  }

  int size() {
    return waiters.size();
  }
}
