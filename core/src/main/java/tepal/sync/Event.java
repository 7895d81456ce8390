// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

/// A flag that tasks can wait for.
///
/// A new event is unset. Setting it wakes all tasks that wait; as long as it is set, nobody waits.
///
/// Mirrors [`asyncio.Event`](https://docs.python.org/3.14/library/asyncio-sync.html#event); its
/// `wait()` is `await()` here. Not thread-safe: confined to the loop.
public final class Event {
  private final Waiters waiters = new Waiters();
  private boolean set;

  /// Creates an event that is unset.
  public Event() {}

  /// Sets the flag and wakes all tasks that wait for it. Returns immediately.
  ///
  /// The tasks that wait at this moment are woken for good: [#clear()] right afterwards does not
  /// call them back. Does nothing if the flag is set already.
  public void set() {
    if (!set) {
      set = true;
      waiters.wake(Integer.MAX_VALUE);
    }
  }

  /// Unsets the flag, so that later waits wait. Returns immediately.
  public void clear() {
    set = false;
  }

  /// Whether the flag is set. Returns immediately.
  ///
  /// @return true from [#set()] to [#clear()]
  public boolean isSet() {
    return set;
  }

  /// Suspends the current task until the flag is set.
  ///
  /// Returns immediately, without suspending, if it is set already. The flag may have been
  /// cleared again when this returns. If cancelled while waiting, the task leaves the line and
  /// nothing else happens.
  ///
  /// @return true, always
  /// @throws tepal.CancelledError if the task is cancelled while it waits, or after it was woken
  ///     and before it resumed
  /// @throws IllegalStateException if it would have to wait and the calling thread runs no task,
  ///     or a task of another loop than the one that first waited for this event
  public boolean await() {
    if (!set) {
      var waiter = waiters.create(this);
      waiters.add(waiter);
      try {
        waiter.await();
      } finally {
        waiters.remove(waiter);
      }
    }
    return true;
  }

  /// Returns what there is to know about the event at this moment.
  ///
  /// @return a snapshot, which does not change
  public EventStatistics statistics() {
    return new EventStatistics(set, waiters.size());
  }

  /// Returns the flag and how many tasks wait, as in `Event[unset, 2 waiting]`.
  @Override
  public String toString() {
    return "Event[" + (set ? "set" : "unset") + waiters.suffix() + "]";
  }
}
