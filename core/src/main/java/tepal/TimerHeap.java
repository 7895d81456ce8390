// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Timers not yet due, earliest first.
final class TimerHeap {
  /*
   * A heap with four children a node, over parallel arrays: comparing needs only `deadlines` and, for
   * equal ones, `sequences`, so that sifting a million timers touches no timer object.
   *
   * Deletion is lazy, as in CPython's `BaseEventLoop._scheduled` [1]: cancelling only marks a timer, so
   * that it is O(1); marked timers leave when they reach the top, or all at once when they are more
   * than half of a heap of more than 100. Without the second rule a server that sets a minute's
   * timeout per request and nearly always cancels it would hold a minute of dead timers.
   *
   * Invariant: `cancelled` is the number of marked timers in the heap.
   * Equal deadlines run in the order in which they were scheduled, which asyncio leaves open.
   *
   * Confined to the loop.
   *
   * [1] https://github.com/python/cpython/blob/3.14/Lib/asyncio/base_events.py
   */
  private static final int MIN_REBUILT = 100;

  private long[] deadlines = new long[16];
  private long[] sequences = new long[16];
  private @Nullable Ready[] timers = new Ready[16];
  private int size;
  private int cancelled;
  private long sequence;

  void add(long deadlineNanos, Ready timer) {
    if (size == timers.length) {
      grow();
    }
    siftUp(size++, deadlineNanos, sequence++, timer);
  }

  boolean isEmpty() {
    return size == 0;
  }

  /// Returns the number of timers, cancelled ones included.
  int size() {
    return size;
  }

  /// Counts a timer of this heap that was cancelled.
  void countCancelled() {
    cancelled++;
  }

  /// Drops cancelled timers that are at the top or too many, and returns the earliest
  /// deadline, or [Nanos#FOREVER] if no timer is left.
  long firstDeadline() {
    if (cancelled > 0) {
      prune();
    }
    return size == 0 ? Nanos.FOREVER : deadlines[0];
  }

  /// Removes and returns the earliest timer if it is due, otherwise null. A timer cancelled
  /// since the last [#firstDeadline()] may come out.
  @Nullable Ready pollDue(long nowNanos) {
    if (size == 0 || deadlines[0] > nowNanos) {
      return null;
    }
    return removeFirst();
  }

  void clear() {
    Arrays.fill(timers, 0, size, null);
    size = 0;
    cancelled = 0;
  }

  private void prune() {
    if (size > MIN_REBUILT && cancelled > size / 2) {
      rebuild();
      return;
    }
    while (size > 0 && first().isCancelledTimer()) {
      removeFirst();
    }
  }

  private Ready first() {
    return timerAt(0);
  }

  private Ready timerAt(int index) {
    Ready timer = timers[index];
    if (timer == null) {
      throw new AssertionError("No timer at " + index + " of " + size);
    }
    return timer;
  }

  private Ready removeFirst() {
    Ready first = first();
    int last = --size;
    Ready moved = timerAt(last);
    timers[last] = null;
    if (last > 0) {
      siftDown(deadlines[last], sequences[last], moved);
    }
    if (first.isCancelledTimer()) {
      cancelled--;
    }
    first.leftHeap();
    return first;
  }

  private void rebuild() {
    int count = size;
    size = 0;
    cancelled = 0;
    for (int i = 0; i < count; i++) {
      Ready timer = timerAt(i);
      timers[i] = null;
      if (timer.isCancelledTimer()) {
        timer.leftHeap();
      } else {
        siftUp(size++, deadlines[i], sequences[i], timer);
      }
    }
  }

  private void siftUp(int index, long deadline, long order, Ready timer) {
    int hole = index;
    while (hole > 0) {
      int parent = (hole - 1) >>> 2;
      if (!isBefore(deadline, order, parent)) {
        break;
      }
      copy(parent, hole);
      hole = parent;
    }
    set(hole, deadline, order, timer);
  }

  private void siftDown(long deadline, long order, Ready timer) {
    int hole = 0;
    for (int child = 1; child < size; child = (hole << 2) + 1) {
      int earliest = earliestOf(child, Math.min(child + 4, size));
      if (isBefore(deadline, order, earliest)) {
        break;
      }
      copy(earliest, hole);
      hole = earliest;
    }
    set(hole, deadline, order, timer);
  }

  private int earliestOf(int from, int to) {
    int earliest = from;
    for (int i = from + 1; i < to; i++) {
      if (isBefore(deadlines[i], sequences[i], earliest)) {
        earliest = i;
      }
    }
    return earliest;
  }

  private boolean isBefore(long deadline, long order, int index) {
    long other = deadlines[index];
    return deadline < other || (deadline == other && order < sequences[index]);
  }

  private void copy(int from, int to) {
    deadlines[to] = deadlines[from];
    sequences[to] = sequences[from];
    timers[to] = timers[from];
  }

  private void set(int index, long deadline, long order, Ready timer) {
    deadlines[index] = deadline;
    sequences[index] = order;
    timers[index] = timer;
  }

  private void grow() {
    int capacity = size + (size >> 1);
    deadlines = Arrays.copyOf(deadlines, capacity);
    sequences = Arrays.copyOf(sequences, capacity);
    timers = Arrays.copyOf(timers, capacity);
  }
}
