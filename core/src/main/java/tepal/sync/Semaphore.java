// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

/// A counter of free slots: as many tasks at a time may hold the semaphore as it has slots.
///
/// Tasks get their slot in the order in which they asked for it. A slot has no owner: any task or
/// callback of the loop may release one, also one that nobody acquired, which adds a slot; see
/// [BoundedSemaphore] for one that refuses that.
///
/// ```java
/// try (var _ = connections.acquire()) {
///   // as many tasks at a time as there are connections
/// }
/// ```
///
/// Releasing hands the slot over to the task that has waited longest, unlike [Lock#release()].
/// Where slots are free although tasks wait, because tasks that were woken are still on their way,
/// a newcomer waits behind them.
///
/// Mirrors [`asyncio.Semaphore`](https://docs.python.org/3.14/library/asyncio-sync.html#semaphore).
/// Not thread-safe: confined to the loop.
public sealed class Semaphore permits BoundedSemaphore {
  private final Held held = this::release;
  private final Waiters waiters = new Waiters();

  /** Free slots that are not yet promised to a task; never negative. */
  private int value;

  /// Creates a semaphore with one slot.
  public Semaphore() {
    this(1);
  }

  /// Creates a semaphore.
  ///
  /// @param value how many slots are free at first; with zero the first `acquire()` waits
  /// @throws IllegalArgumentException if the value is negative
  public Semaphore(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("Expected an initial value of at least 0, found " + value);
    }
    this.value = value;
  }

  /// Suspends the current task until a slot is free and it is this task's turn, then takes the
  /// slot.
  ///
  /// Returns immediately, without suspending, if a slot is free and no task waits for one. If
  /// cancelled while waiting, the task leaves the line without a slot; one that it had been given
  /// already goes to the next.
  ///
  /// @return what releases the slot when it is closed, the same object each time
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and the calling thread runs no task,
  ///     or a task of another loop than the one that first waited for this semaphore
  public Held acquire() {
    if (locked()) {
      awaitSlot();
    } else {
      value--;
    }
    return held;
  }

  private void awaitSlot() {
    var waiter = waiters.create(this);
    waiters.add(waiter);
    boolean taken = false;
    try {
      waiter.await();
      taken = true;
    } finally {
      waiters.remove(waiter);
      boolean given = waiter.done() && !waiter.cancelled();
      if (given && !taken) {
        value++;
      }
      // Slots may have become free while this task was on its way and newcomers had to queue behind
      // it.
      while (value > 0 && handOver()) {}
    }
  }

  /** Gives a free slot to the first task that has none yet; false if there is no such task. */
  private boolean handOver() {
    if (waiters.wake(1) == 0) {
      return false;
    }
    value--;
    return true;
  }

  /// Frees a slot, which goes to the task that has waited longest. Returns immediately.
  ///
  /// @throws IllegalStateException if there would be more than [Integer#MAX_VALUE] free slots
  public void release() {
    if (value == Integer.MAX_VALUE) {
      throw new IllegalStateException("Expected fewer releases, found " + this);
    }
    value++;
    handOver();
  }

  /// Whether `acquire()` would wait: no slot is free, or others are in the line for what is free.
  /// Returns immediately.
  ///
  /// @return false if a slot can be had at once
  public boolean locked() {
    return value == 0 || waiters.anyLive();
  }

  /// Returns what there is to know about the semaphore at this moment.
  ///
  /// @return a snapshot, which does not change
  public SemaphoreStatistics statistics() {
    return new SemaphoreStatistics(value, waiters.size());
  }

  /// Returns the state, how many slots are free and how many tasks wait, as in
  /// `Semaphore[unlocked, 3 free]` or `Semaphore[locked, 2 waiting]`.
  @Override
  public String toString() {
    return "Semaphore" + state();
  }

  /** The part of `toString` that follows the class name. */
  final String state() {
    return "[" + (locked() ? "locked" : "unlocked, " + value + " free") + waiters.suffix() + "]";
  }

  /** Free slots that are not yet promised to a task. */
  final int value() {
    return value;
  }
}
