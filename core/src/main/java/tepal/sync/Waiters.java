// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.Future;

/// The tasks that wait on one primitive, in the order in which they came.
final class Waiters {
  /*
   * One future per waiting task, as in CPython's asyncio [1]. Waking a task sets its future and
   * leaves it in the line; the task takes it out itself when it resumes, an iteration of the loop
   * later. A future in the line is therefore
   *
   *   pending     its task waits
   *   set         its task was woken and has not resumed yet
   *   cancelled   its task was cancelled and has not resumed yet
   *
   * and a primitive can tell from the line that a task which was woken is still on its way, so
   * that no newcomer overtakes it. A task that was woken and then cancelled finds its future set
   * but its await throwing: it must pass the wake-up on, or it is lost.
   *
   * The line belongs to the loop of the first wait. Binding is the one thing that two threads may
   * do at a time (by mistake, and it is what reports the mistake), so it is guarded by this
   * object, which no user code can lock.
   *
   * [1] https://github.com/python/cpython/blob/3.14/Lib/asyncio/locks.py and mixins.py
   */

  /** Confined to the loop. Most lines are short: the smallest array that is not grown at once. */
  private final ArrayDeque<Future<Boolean>> line = new ArrayDeque<>(2);

  /** The loop of the first wait; null before it. Written once, with this object locked. */
  private volatile @Nullable EventLoop loop;

  /// Returns a new waiter of the running loop that is not yet in the line.
  ///
  /// @param owner the primitive, for descriptions
  Future<Boolean> create(Object owner) {
    EventLoop running = Asyncio.getRunningLoop();
    EventLoop bound = bind(running);
    if (bound != running) {
      throw new IllegalStateException("Expected a wait on " + bound + ", to which " + owner
          + " belongs since its first wait, found one on " + running);
    }
    return running.createWaiter(owner);
  }

  private EventLoop bind(EventLoop running) {
    EventLoop bound = loop;
    return bound != null ? bound : bindFirst(running);
  }

  private synchronized EventLoop bindFirst(EventLoop running) {
    EventLoop bound = loop;
    if (bound == null) {
      loop = running;
      return running;
    }
    return bound;
  }

  void add(Future<Boolean> waiter) {
    line.addLast(waiter);
  }

  void remove(Future<Boolean> waiter) {
    line.remove(waiter);
  }

  /// How many tasks are suspended, those included that were woken or cancelled and have not
  /// resumed.
  int size() {
    return line.size();
  }

  /// Whether a task is in the line that was not cancelled.
  boolean anyLive() {
    if (line.isEmpty()) {
      return false;
    }
    for (var waiter : line) {
      if (!waiter.cancelled()) {
        return true;
      }
    }
    return false;
  }

  /// Wakes the head of the line, and nobody if the head is already on its way.
  void wakeHead() {
    var head = line.peekFirst();
    if (head != null && !head.done()) {
      head.setResult(true);
    }
  }

  /// Wakes the first `count` tasks that are neither woken nor cancelled, and returns how many
  /// there were.
  int wake(int count) {
    if (count <= 0 || line.isEmpty()) {
      return 0;
    }
    int woken = 0;
    for (var waiter : line) {
      if (!waiter.done()) {
        waiter.setResult(true);
        if (++woken == count) {
          break;
        }
      }
    }
    return woken;
  }

  /// What a primitive's `toString` ends with: `, 2 waiting`, or nothing if no task waits.
  String suffix() {
    return line.isEmpty() ? "" : ", " + line.size() + " waiting";
  }
}
