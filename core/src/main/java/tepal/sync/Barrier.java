// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import java.util.Locale;

/// A point where a fixed number of tasks wait for each other.
///
/// The tasks wait until as many have come as the barrier has parties; then all go on together, and
/// the barrier is ready for the next round. A task that comes while the last round still leaves
/// waits until it has left.
///
/// A task that is cancelled at the barrier just leaves it, and another one has to come in its
/// place; the barrier does not break, unlike [java.util.concurrent.CyclicBarrier].
///
/// Mirrors [`asyncio.Barrier`](https://docs.python.org/3.14/library/asyncio-sync.html#barrier); its
/// `wait()` is `await()` here. Not thread-safe: confined to the loop.
public final class Barrier {
  /*
   * state      newcomers     entered by                     leaves by
   * ---------  ------------  -----------------------------  ----------------------------------
   * FILLING    wait inside   constructor, the last to       the last party → DRAINING
   *                          leave, reset() of an empty     reset() → RESETTING if not empty
   *                          barrier                        abort() → BROKEN
   * DRAINING   wait outside  the last party to come         the last to leave → FILLING
   *                                                         reset() → RESETTING
   *                                                         abort() → BROKEN
   * RESETTING  wait outside  reset() with tasks inside      the last to leave → FILLING
   *                                                         abort() → BROKEN
   * BROKEN     throw         abort()                        reset() → RESETTING or FILLING
   *
   * Inside the barrier are `count` tasks. Every change of state is signalled to everybody, inside
   * and outside. CPython's Barrier is built on a Condition in the same way, and its lock decides
   * in which order tasks get through; a shorter way to the same states would run them in another
   * order.
   */
  private enum State {
    FILLING,
    DRAINING,
    RESETTING,
    BROKEN
  }

  private final Condition condition = new Condition(new Lock(), this);
  private final int parties;

  /** Written with the condition's lock held, by `to` only. */
  private State state = State.FILLING;

  /** Tasks that are inside: waiting, or released and not gone yet. Written with the lock held. */
  private int count;

  /// Creates a barrier that is empty.
  ///
  /// @param parties how many tasks have to come before all go on
  /// @throws IllegalArgumentException if that is less than one
  public Barrier(int parties) {
    if (parties < 1) {
      throw new IllegalArgumentException("Expected at least 1 party, found " + parties);
    }
    this.parties = parties;
  }

  /// Suspends the current task until as many tasks as the barrier has parties wait at it.
  ///
  /// The last of them does not suspend, unless another task has the barrier's inner lock at that
  /// moment because it is just leaving. If cancelled while waiting, the task leaves the barrier,
  /// which needs one more task then.
  ///
  /// @return a number between 0 and `parties() - 1` that no other task of this round gets, in the
  ///     order in which they came
  /// @throws BrokenBarrierException if the barrier is broken, or is aborted or reset while this
  ///     task waits
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and the calling thread runs no task,
  ///     or a task of another loop than the one that first waited at this barrier
  public int await() {
    try (var _ = condition.acquire()) {
      awaitAdmission();
      int index = count++;
      try {
        if (index + 1 == parties) {
          to(State.DRAINING);
        } else {
          awaitRelease();
        }
        return index;
      } finally {
        count--;
        leave();
      }
    }
  }

  /** Waits outside while the tasks of the last round, or those of a reset barrier, still leave. */
  private void awaitAdmission() {
    while (state == State.DRAINING || state == State.RESETTING) {
      condition.await();
    }
    if (state == State.BROKEN) {
      throw new BrokenBarrierException("The barrier is broken: it was aborted");
    }
  }

  private void awaitRelease() {
    while (state == State.FILLING) {
      condition.await();
    }
    if (state == State.BROKEN) {
      throw new BrokenBarrierException("The barrier was aborted while this task waited at it");
    }
    if (state == State.RESETTING) {
      throw new BrokenBarrierException("The barrier was reset while this task waited at it");
    }
  }

  /** The last task to leave opens the barrier for those that wait outside. */
  private void leave() {
    if (count == 0) {
      to(state == State.BROKEN ? State.BROKEN : State.FILLING);
    }
  }

  /// Makes the barrier empty and whole again. Suspends the current task until it has the
  /// barrier's inner lock, which mostly is at once.
  ///
  /// The tasks that wait at the barrier throw [BrokenBarrierException]. A barrier that was
  /// aborted can be used again.
  ///
  /// @throws tepal.CancelledError if the task is cancelled while it waits for the lock
  /// @throws IllegalStateException if it would have to wait where it cannot, see [#await()]
  public void reset() {
    try (var _ = condition.acquire()) {
      to(count > 0 ? State.RESETTING : State.FILLING);
    }
  }

  /// Breaks the barrier until it is reset. Suspends the current task until it has the barrier's
  /// inner lock, which mostly is at once.
  ///
  /// The tasks that wait at the barrier, and those that come later, throw
  /// [BrokenBarrierException].
  ///
  /// @throws tepal.CancelledError if the task is cancelled while it waits for the lock
  /// @throws IllegalStateException if it would have to wait where it cannot, see [#await()]
  public void abort() {
    try (var _ = condition.acquire()) {
      to(State.BROKEN);
    }
  }

  private void to(State next) {
    state = next;
    condition.signalAll();
  }

  /// How many tasks have to come before all go on.
  ///
  /// @return the number that the barrier was created with
  public int parties() {
    return parties;
  }

  /// How many tasks wait at the barrier for others to come. Returns immediately.
  ///
  /// @return 0 also while tasks leave, and if the barrier is broken
  public int nWaiting() {
    return state == State.FILLING ? count : 0;
  }

  /// Whether the barrier was aborted and not reset since. Returns immediately.
  ///
  /// @return true if [#await()] would throw [BrokenBarrierException]
  public boolean broken() {
    return state == State.BROKEN;
  }

  /// Returns what there is to know about the barrier at this moment.
  ///
  /// @return a snapshot, which does not change
  public BarrierStatistics statistics() {
    return new BarrierStatistics(parties, nWaiting(), broken());
  }

  /// Returns the state and how many tasks wait, as in `Barrier[filling, 1 of 3 waiting]`.
  @Override
  public String toString() {
    String waiting = broken() ? "" : ", " + nWaiting() + " of " + parties + " waiting";
    return "Barrier[" + state.name().toLowerCase(Locale.ROOT) + waiting + "]";
  }
}
