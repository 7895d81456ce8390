// SPDX-License-Identifier: Apache-2.0
package tepal;

import org.jspecify.annotations.Nullable;

/// What `createTask` may be told beside the body: the keyword arguments of
/// `asyncio.create_task`.
///
/// Immutable: `named("poller").inContext(context)`.
///
/// @param name the task's name, or null for `Task-` and a number
/// @param context the context in which the task runs, or null for a copy of the current one
/// @param eagerStart whether the first part of the body runs at once, before `createTask`
///     returns
public record TaskOptions(@Nullable String name, @Nullable Context context, boolean eagerStart) {
  static final TaskOptions NONE = new TaskOptions(null, null, /* eagerStart= */ false);

  /// Returns options with a name and nothing else.
  ///
  /// @param name the task's name
  /// @return the options
  public static TaskOptions named(String name) {
    return NONE.withName(name);
  }

  /// Returns options for an eager start and nothing else.
  ///
  /// @return the options
  public static TaskOptions eager() {
    return NONE.eagerly();
  }

  /// Returns these options with another name.
  ///
  /// @param newName the task's name
  /// @return the new options
  public TaskOptions withName(String newName) {
    return new TaskOptions(newName, context, eagerStart);
  }

  /// Returns these options with another context, which is used itself, not copied.
  ///
  /// @param newContext the context in which the task runs
  /// @return the new options
  public TaskOptions inContext(Context newContext) {
    return new TaskOptions(name, newContext, eagerStart);
  }

  /// Returns these options with an eager start: the body runs, in the caller's place, up to
  /// its first wait before `createTask` returns. Where the loop is not running, the task
  /// starts as others do.
  ///
  /// @return the new options
  public TaskOptions eagerly() {
    return new TaskOptions(name, context, /* eagerStart= */ true);
  }
}
