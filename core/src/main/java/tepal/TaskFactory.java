// SPDX-License-Identifier: Apache-2.0
package tepal;

import org.jspecify.annotations.Nullable;

/// Makes the tasks of a loop in place of the loop itself.
///
/// Mirrors the argument of `loop.set_task_factory`. Its method is generic, so that an
/// implementation is a class or a method reference, not a lambda. Called on the thread that
/// calls `createTask`.
@FunctionalInterface
public interface TaskFactory {

  /// Makes a task, usually with [EventLoop#newTask].
  ///
  /// @param loop the loop that is asked for a task
  /// @param body what the task runs
  /// @param options what `createTask` was told beside the body
  /// @param <T> the type of the task's value
  /// @return the task
  <T extends @Nullable Object> Task<T> createTask(
      EventLoop loop, Awaitable<? extends T> body, TaskOptions options);
}
