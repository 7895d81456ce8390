// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The tasks of a loop that are not done, oldest first.
///
/// Strong references, unlike asyncio's: a task that runs is never garbage-collected. The links
/// are in the tasks themselves, so that a task costs no entry here. Confined to the loop.
final class LiveTasks {
  private @Nullable Task<?> first;
  private @Nullable Task<?> last;

  void add(Task<?> task) {
    Task<?> tail = last;
    task.older = tail;
    if (tail == null) {
      first = task;
    } else {
      tail.newer = task;
    }
    last = task;
  }

  void remove(Task<?> task) {
    Task<?> older = task.older;
    Task<?> newer = task.newer;
    if (older == null) {
      first = newer;
    } else {
      older.newer = newer;
    }
    if (newer == null) {
      last = older;
    } else {
      newer.older = older;
    }
    task.older = null;
    task.newer = null;
  }

  boolean isEmpty() {
    return first == null;
  }

  /// Returns whether there are tasks and JDK code has suspended all of them.
  boolean allBlocked() {
    if (first == null) {
      return false;
    }
    for (Task<?> task = first; task != null; task = task.newer) {
      if (!task.isBlocked()) {
        return false;
      }
    }
    return true;
  }

  /// Returns the task whose thread this is, or that of a generator it reads; null if none is.
  /// Takes time in proportion to the tasks.
  @Nullable Task<?> of(Thread thread) {
    for (Task<?> task = first; task != null; task = task.newer) {
      for (Strand each = task.strandOrNull(); each != null; each = each.driver()) {
        if (each.thread() == thread) {
          return task;
        }
      }
    }
    return null;
  }

  Set<Task<?>> snapshot() {
    Set<Task<?>> tasks = new LinkedHashSet<>();
    for (Task<?> task = first; task != null; task = task.newer) {
      tasks.add(task);
    }
    return tasks;
  }
}
