// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

/// What `gather` and `wait_for` are given: a coroutine of their own, or a task by its name.
sealed interface Participant permits Child, Participant.Named {

  /// A task that is looked up when the operation runs.
  ///
  /// @param name the task's name
  record Named(String name) implements Participant {}
}
