// SPDX-License-Identifier: Apache-2.0
package tepal;

import org.jspecify.annotations.Nullable;

/// An entry of the ready queue: a callback, a task's next step, or a step of the loop's own.
///
/// The entries of the [TimerHeap] are of this type too, as they move to the queue when they
/// are due.
abstract class Ready {

  /// Does what can be done by whoever turns the loop, and returns the strand that must run for
  /// the rest.
  ///
  /// Runs no user code and takes no lock that user code can hold.
  ///
  /// @return the strand to switch to, or null if nothing is left to do
  abstract @Nullable Strand dispatch(Scheduler scheduler);

  /// Returns whether this was cancelled as a timer, so that the heap drops it instead of
  /// running it.
  boolean isCancelledTimer() {
    return false;
  }

  /// Called by the heap when this leaves it, so that cancelling it later is not counted there.
  void leftHeap() {}
}
