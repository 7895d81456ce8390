// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

/// The body of a task that publishes items; see [Publishers#generate(Generating)].
///
/// @param <T> the type of the items
@FunctionalInterface
public interface Generating<T> {

  /// Emits the items of one subscription. May suspend the current task.
  ///
  /// @param emitter takes the items
  /// @throws Exception if there is no further item for that reason
  void run(Emitter<T> emitter) throws Exception;
}
