// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who awaits whom in a loop, at one moment.
final class AwaitGraph {
  /*
   * CPython keeps a set of awaiters in each future, which every `await` and every combinator adds itself
   * to and removes itself from [1]. Here nothing is kept: what a future has anyway, so that it can
   * tell those who wait for it, says who they are (`Completion.awaiters`), and what a task waits for
   * says which primitive that belongs to (`Future.blocker`) and so who holds it.
   *
   * The one edge that is not stored where it ends is the one to a lock's holder: it comes from looking at
   * every task once.
   *
   * [1] https://github.com/python/cpython/blob/3.14/Lib/asyncio/futures.py
   */
  final List<Task<?>> tasks;

  // for tasks that hold something, the tasks that wait for it, oldest first
  private final Map<Task<?>, List<Task<?>>> waitForHolder = new HashMap<>();

  // by future, what it awaits directly, oldest first; only what leads to a task. Made on demand
  private @Nullable Map<Future<?>, Set<Future<?>>> awaits;

  /// Looks at a loop.
  ///
  /// @param tasks its tasks, oldest first
  /// @param vantage from where
  AwaitGraph(Collection<? extends Task<?>> tasks, Vantage vantage) {
    this.tasks = List.copyOf(tasks);
    Map<Thread, Task<?>> byThread = new HashMap<>();
    for (Task<?> task : tasks) {
      if (task.awaitedBlocker() instanceof Blocker blocker) {
        Thread holder = vantage.holderOf(blocker);
        if (holder != null) {
          Task<?> holding = taskOf(holder, byThread);
          if (holding != null) {
            waitForHolder.computeIfAbsent(holding, _ -> new ArrayList<>(1)).add(task);
          }
        }
      }
    }
  }

  private @Nullable Task<?> taskOf(Thread thread, Map<Thread, Task<?>> byThread) {
    if (byThread.isEmpty()) {
      for (Task<?> each : tasks) {
        for (Strand s = each.strandOrNull(); s != null; s = s.driver()) {
          byThread.put(s.thread(), each);
        }
      }
    }
    return byThread.get(thread);
  }

  /// Returns who awaits `future` directly, or will do so at the end of a group: tasks, and
  /// futures that depend on it.
  List<Future<?>> awaitedBy(Future<?> future) {
    Set<Future<?>> found = awaitedNowBy(future);
    future.laterAwaiters(found::add);
    return List.copyOf(found);
  }

  private Set<Future<?>> awaitedNowBy(Future<?> future) {
    Set<Future<?>> found = new LinkedHashSet<>();
    future.awaiters(found::add);
    if (future instanceof Task<?> task) {
      found.addAll(waitForHolder.getOrDefault(task, List.of()));
    }
    return found;
  }

  /// Returns whether `awaiter` cannot go on before `future` does, directly or by way of futures
  /// that are no tasks. A group's task whose body still runs does not wait yet.
  boolean waitsFor(Future<?> awaiter, Future<?> future) {
    return awaitedNowBy(future).contains(awaiter)
        || tasksNear(future, Integer.MAX_VALUE, this::awaitedNowBy).contains(awaiter);
  }

  /// Returns the tasks that await `task`, directly or by way of futures that are no tasks.
  ///
  /// @param limit how many at most
  List<Task<?>> tasksAwaiting(Task<?> task, int limit) {
    return tasksNear(task, limit, this::awaitedBy);
  }

  /// Returns the tasks that `task` awaits, directly or by way of futures that are no tasks.
  ///
  /// @param limit how many at most
  List<Task<?>> tasksAwaitedBy(Task<?> task, int limit) {
    Map<Future<?>, Set<Future<?>>> known = awaits;
    if (known == null) {
      known = turnedRound();
      awaits = known;
    }
    Map<Future<?>, Set<Future<?>>> map = known;
    return tasksNear(task, limit, future -> map.getOrDefault(future, Set.of()));
  }

  private Map<Future<?>, Set<Future<?>>> turnedRound() {
    Map<Future<?>, Set<Future<?>>> turned = new HashMap<>();
    Set<Future<?>> seen = new HashSet<>(tasks);
    ArrayDeque<Future<?>> todo = new ArrayDeque<>(tasks);
    for (Future<?> each = todo.poll(); each != null; each = todo.poll()) {
      for (Future<?> awaiter : awaitedBy(each)) {
        boolean _ = turned.computeIfAbsent(awaiter, _ -> new LinkedHashSet<>(2)).add(each);
        if (seen.add(awaiter)) {
          todo.add(awaiter);
        }
      }
    }
    return turned;
  }

  private interface Neighbours {
    Collection<Future<?>> of(Future<?> future);
  }

  private static List<Task<?>> tasksNear(Future<?> start, int limit, Neighbours neighbours) {
    List<Task<?>> found = new ArrayList<>();
    Set<Future<?>> seen = new HashSet<>();
    ArrayDeque<Future<?>> todo = new ArrayDeque<>(List.of(start));
    for (Future<?> each = todo.poll(); each != null; each = todo.poll()) {
      for (Future<?> next : neighbours.of(each)) {
        if (found.size() == limit) {
          return found;
        }
        if (!seen.add(next)) {
          continue;
        }
        if (next instanceof Task<?> task) {
          found.add(task);
        } else {
          todo.add(next);
        }
      }
    }
    return found;
  }
}
