// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import org.jspecify.annotations.Nullable;

/// What a task tells that it has started; see [BlockingPortal#startTask].
///
/// Mirrors anyio's `TaskStatus`.
///
/// @param <S> the type of what it says
public interface TaskStatus<S extends @Nullable Object> {

  /// Lets the thread that waits for the task's start go on with `value`.
  ///
  /// Returns immediately. Called by the task, once.
  ///
  /// @param value what to say
  /// @throws IllegalStateException if it was called before
  void started(S value);
}
