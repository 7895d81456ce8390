// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The names that a generated program has given out so far.
///
/// Which task may wait for which is decided here. A task whose body is complete may be waited for
/// by everything that is written later, and nothing else may: so no tasks wait for each other in a
/// circle, which would make a cancellation go round without end. What does not pass a cancellation
/// on, such as `wait` or `shield`, may name any task.
final class Cast {
  private static final String MAIN = "main";

  private final Dice dice;
  private final List<String> tasks = new ArrayList<>();
  private final List<String> complete = new ArrayList<>();
  private int made;

  Cast(Dice dice) {
    this.dice = dice;
  }

  /// Returns a name that nothing has, for a label.
  String label(String prefix) {
    made++;
    return prefix + made;
  }

  /// Returns a name that nothing has, for a task whose body is about to be written.
  String task(String prefix) {
    String name = label(prefix);
    tasks.add(name);
    return name;
  }

  /// Notes that the body of a task has been written.
  void complete(String name) {
    complete.add(name);
  }

  boolean hasComplete() {
    return !complete.isEmpty();
  }

  /// Returns a task that may be waited for with the cancellation passed on, mostly a recent one.
  String completeTask() {
    int recent = Math.min(complete.size(), dice.percent(70) ? 4 : complete.size());
    return complete.get(complete.size() - 1 - dice.below(recent));
  }

  /// Returns any task, the main task or, rarely, one that is not there yet.
  String anyTask() {
    if (tasks.isEmpty() || dice.percent(3)) {
      return MAIN;
    }
    return dice.percent(4) ? "t" + (made + 1) : dice.pick(tasks);
  }

  List<String> anyTasks(int most) {
    return Stream.generate(this::anyTask).limit(dice.between(1, most)).toList();
  }

  /// Returns all tasks and main.
  List<String> everybody() {
    return Stream.concat(tasks.stream(), Stream.of(MAIN)).toList();
  }
}
