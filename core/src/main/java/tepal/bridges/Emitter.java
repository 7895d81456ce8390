// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

/// Takes the items of a task that publishes them; see [Publishers#generate(Generating)].
///
/// @param <T> the type of the items
public interface Emitter<T> {

  /// Suspends the current task until the subscriber has asked for an item, and gives it this
  /// one.
  ///
  /// Must be called in the task that runs the body.
  ///
  /// @param item the item
  /// @throws NullPointerException if the item is null, which publishers must not have
  /// @throws tepal.CancelledError if the subscription is cancelled, before, while or after
  ///     the item is given, or the task is
  /// @throws IllegalStateException if called in another task, or after the body has ended
  void emit(T item);
}
