// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

/// Where in a generated program an operation stands.
///
/// A task that holds a condition must not wait for others in a way that passes its cancellation on:
/// one that waits for the condition must get it back before it can end, cancelled or not, and the
/// two would be stuck for good.
///
/// @param label the child whose body it is in
/// @param depth how many operations it is inside of, from 1
/// @param holdsCondition whether the task holds a condition there
record Spot(String label, int depth, boolean holdsCondition) {

  /// Returns where the body of a task begins.
  static Spot inTask(String name, int depth) {
    return new Spot(name, depth, /* holdsCondition= */ false);
  }

  boolean isInMain() {
    return label.equals("main");
  }

  Spot inside() {
    return new Spot(label, depth + 1, holdsCondition);
  }

  Spot holding() {
    return new Spot(label, depth + 1, /* holdsCondition= */ true);
  }
}
