// SPDX-License-Identifier: Apache-2.0
package tepal;

/// The body of a task or a scope that gives no value.
///
/// @param <X> what the body may throw; inferred
@FunctionalInterface
public interface Action<X extends Throwable> {

  /// Runs the body. May suspend the current task.
  ///
  /// @throws X if the body fails
  void run() throws X;
}
