// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import java.util.Objects;
import java.util.function.BooleanSupplier;
import tepal.CancelledError;
import tepal.Future;

/// A lock together with a line of tasks that wait for the state it protects to change.
///
/// ```java
/// try (var _ = condition.acquire()) {
///   condition.waitFor(() -> !orders.isEmpty());
///   return orders.remove();
/// }
/// ```
/// ```java
/// try (var _ = condition.acquire()) {
///   orders.add(order);
///   condition.signal();
/// }
/// ```
///
/// Several conditions may share one lock. A wait may end without a signal meant for it
/// (spuriously), so check the state again, or let [#waitFor(BooleanSupplier)] do so.
///
/// Mirrors [`asyncio.Condition`](https://docs.python.org/3.14/library/asyncio-sync.html#condition);
/// its `wait()`, `wait_for()`, `notify()` and `notify_all()` are `await()`, `waitFor()`, `signal()`
/// and `signalAll()` here. Not thread-safe: confined to the loop.
public final class Condition {
  private final Lock lock;

  /** What those wait for that wait for a signal: this, or what this is a part of. */
  private final Object blocker;

  private final Waiters waiters = new Waiters();

  /// Creates a condition with a lock of its own.
  public Condition() {
    this(new Lock());
  }

  /// Creates a condition over a lock that others may use as well.
  ///
  /// @param lock the lock that protects the state
  public Condition(Lock lock) {
    this.lock = Objects.requireNonNull(lock, "lock");
    this.blocker = this;
  }

  /** Creates a condition that is a part of something else. */
  Condition(Lock lock, Object blocker) {
    this.lock = lock;
    this.blocker = blocker;
  }

  /// Suspends the current task until it has the lock, as [Lock#acquire()] does.
  ///
  /// @return what releases the lock when it is closed, the same object each time
  /// @throws CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait where it cannot, see [Lock#acquire()]
  public Held acquire() {
    return lock.acquire();
  }

  /// Releases the lock, as [Lock#release()] does. Returns immediately.
  ///
  /// @throws IllegalStateException if the lock is not locked
  public void release() {
    lock.release();
  }

  /// Whether the lock is locked. Returns immediately.
  ///
  /// @return what [Lock#locked()] says
  public boolean locked() {
    return lock.locked();
  }

  /// Releases the lock, suspends the current task until it is signalled, and acquires the lock
  /// again.
  ///
  /// The lock is held whenever this returns or throws. If cancelled while waiting, the task first
  /// waits until it has the lock again, however often it is cancelled meanwhile, and then throws
  /// the last of those cancellations. Since it may have been signalled by then, it wakes another
  /// task in its place, for which that may be a wake-up without a cause.
  ///
  /// @return true, always
  /// @throws CancelledError if the task is cancelled while it waits for the signal or for the
  ///     lock
  /// @throws IllegalStateException if the lock is not locked, if the calling thread runs no task,
  ///     or a task of another loop than the one that first waited for this condition
  public boolean await() {
    requireLocked("await()");
    var waiter = waiters.create(blocker);
    lock.release();
    boolean returned = false;
    try {
      awaitSignal(waiter);
      returned = true;
    } finally {
      if (!returned) {
        waiters.wake(1);
      }
    }
    return true;
  }

  private void awaitSignal(Future<Boolean> waiter) {
    waiters.add(waiter);
    try {
      waiter.await();
    } finally {
      waiters.remove(waiter);
      reacquire();
    }
  }

  /** Acquires the lock through any number of cancellations, then throws the last of them. */
  private void reacquire() {
    CancelledError last = null;
    while (true) {
      try {
        lock.acquire();
        break;
      } catch (CancelledError error) {
        last = error;
      }
    }
    if (last != null) {
      throw last;
    }
  }

  /// Waits, as [#await()] does, until the predicate is true.
  ///
  /// Returns immediately, without suspending, if it is true at once. The predicate is only
  /// evaluated while this task holds the lock. If cancelled while waiting, see [#await()].
  ///
  /// @param predicate what to wait for
  /// @return the predicate's last value, which is true
  /// @throws CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it has to wait and cannot, see [#await()]
  public boolean waitFor(BooleanSupplier predicate) {
    boolean result = predicate.getAsBoolean();
    while (!result) {
      await();
      result = predicate.getAsBoolean();
    }
    return result;
  }

  /// Wakes the task that has waited longest. Returns immediately.
  ///
  /// The task does not resume before it has the lock, which the caller still holds. Does nothing
  /// if no task waits: a signal is not kept.
  ///
  /// @throws IllegalStateException if the lock is not locked
  public void signal() {
    signal(1);
  }

  /// Wakes the `count` tasks that have waited longest, or all if fewer wait. Returns immediately.
  ///
  /// @param count how many tasks to wake; zero or less wakes none
  /// @throws IllegalStateException if the lock is not locked
  public void signal(int count) {
    requireLocked("signal()");
    waiters.wake(count);
  }

  /// Wakes all tasks that wait. Returns immediately.
  ///
  /// @throws IllegalStateException if the lock is not locked
  public void signalAll() {
    signal(Integer.MAX_VALUE);
  }

  private void requireLocked(String call) {
    if (!lock.locked()) {
      throw new IllegalStateException(
          "Expected the lock to be held for " + call + ", found " + this);
    }
  }

  /// Returns what there is to know about the condition at this moment.
  ///
  /// @return a snapshot, which does not change
  public ConditionStatistics statistics() {
    return new ConditionStatistics(waiters.size(), lock.statistics());
  }

  /// Returns the lock's state and how many tasks wait to be signalled, as in
  /// `Condition[unlocked, 2 waiting]`.
  @Override
  public String toString() {
    return "Condition[" + (lock.locked() ? "locked" : "unlocked") + waiters.suffix() + "]";
  }
}
