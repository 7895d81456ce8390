// SPDX-License-Identifier: Apache-2.0
package tepal;

import org.jspecify.annotations.Nullable;

/// The body of a scope that gives a value.
///
/// @param <T> the type of the value
/// @param <X> what the body may throw; inferred
@FunctionalInterface
public interface Body<T extends @Nullable Object, X extends Throwable> {

  /// Runs the body and returns its value. May suspend the current task.
  ///
  /// @return the value
  /// @throws X if the body fails
  T call() throws X;
}
