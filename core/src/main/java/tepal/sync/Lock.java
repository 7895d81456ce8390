// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import org.jspecify.annotations.Nullable;
import tepal.Blocker;
import tepal.Task;

/// A mutual exclusion lock for the tasks of one loop.
///
/// Tasks get it in the order in which they asked for it. It is not reentrant, and it has no owner:
/// any task or callback of the loop may release it. Between two suspension points no other task
/// runs anyway; a lock is for what must stay whole across them.
///
/// ```java
/// try (var _ = lock.acquire()) {
///   // one task at a time
/// }
/// ```
///
/// Releasing wakes the task that has waited longest but does not hand the lock over: the lock is
/// free until that task resumes and takes it, and no task that comes in between can overtake.
///
/// Mirrors [`asyncio.Lock`](https://docs.python.org/3.14/library/asyncio-sync.html#lock). Not
/// thread-safe: confined to the loop.
public final class Lock implements Blocker {
  private final Held held = this::release;
  private final Waiters waiters = new Waiters();

  /** The thread of whoever locked it, for descriptions; null while it is unlocked. */
  private @Nullable Thread holder;

  /// Creates a lock that is unlocked.
  public Lock() {}

  /// Suspends the current task until the lock is unlocked and it is this task's turn, then locks
  /// it.
  ///
  /// Returns immediately, without suspending, if the lock is unlocked and no task waits for it.
  /// If cancelled while waiting, the task leaves the line without the lock; if it had been woken
  /// already, the next one is woken in its place.
  ///
  /// @return what releases the lock when it is closed, the same object each time
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and the calling thread runs no task,
  ///     or a task of another loop than the one that first waited for this lock
  public Held acquire() {
    if (holder != null || waiters.anyLive()) {
      awaitTurn();
    }
    holder = Thread.currentThread();
    return held;
  }

  private void awaitTurn() {
    var waiter = waiters.create(this);
    waiters.add(waiter);
    boolean woken = false;
    try {
      waiter.await();
      woken = true;
    } finally {
      waiters.remove(waiter);
      if (!woken && holder == null) {
        // The lock is free and this task, which may be the one that was told so, does not take it.
        waiters.wakeHead();
      }
    }
  }

  /// Unlocks the lock and wakes the task that has waited longest. Returns immediately.
  ///
  /// @throws IllegalStateException if the lock is not locked
  public void release() {
    if (holder == null) {
      throw new IllegalStateException("Expected a locked lock to release, found " + this);
    }
    holder = null;
    waiters.wakeHead();
  }

  /// Whether the lock is locked. Returns immediately.
  ///
  /// @return true from the return of `acquire()` to the call of `release()`
  public boolean locked() {
    return holder != null;
  }

  /// Returns the thread of the task that locked the lock, for descriptions: another one may
  /// unlock it. [Task#of(Thread)] finds the task.
  ///
  /// Returns immediately. May be called from any thread.
  ///
  /// @return the thread; null while the lock is unlocked
  @Override
  public @Nullable Thread holder() {
    return holder;
  }

  /// Returns what there is to know about the lock at this moment.
  ///
  /// @return a snapshot, which does not change
  public LockStatistics statistics() {
    return new LockStatistics(locked(), waiters.size());
  }

  /// Returns who holds the lock and how many tasks wait, as in `Lock[locked by Task-3, 2
  /// waiting]`.
  @Override
  public String toString() {
    Thread present = holder;
    String state = present == null ? "unlocked" : "locked by " + nameOf(present);
    return "Lock[" + state + waiters.suffix() + "]";
  }

  private static String nameOf(Thread thread) {
    Task<?> task = Task.of(thread);
    if (task != null) {
      return task.getName();
    }
    return thread.getName().isEmpty() ? "a task that has ended" : thread.getName();
  }
}
