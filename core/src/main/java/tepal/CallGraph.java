// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Captures and prints who awaits a future: asyncio's `graph.py`.
final class CallGraph {
  private final AwaitGraph graph;
  private final int depth;
  private final int limit;

  // futures whose entry is made, and those on the way to the one that is being made
  private final Map<Future<?>, FutureCallGraph> made = new HashMap<>();
  private final Set<Future<?>> onPath = new HashSet<>();
  private final List<Entry> path = new ArrayList<>();

  private CallGraph(Vantage vantage, Future<?> future, int depth, int limit) {
    this.graph = new AwaitGraph(future.scheduler.tasks.snapshot(), vantage);
    this.depth = depth;
    this.limit = limit;
  }

  /// Captures the graph of a future, or of the current task if that is null.
  ///
  /// @return null if there is neither
  static @Nullable FutureCallGraph capture(@Nullable Future<?> given, int depth, int limit) {
    Future<?> future = futureOrCurrentTask(given);
    return future == null
        ? null
        : Vantage.look(
            future.scheduler, from -> new CallGraph(from, future, depth, limit).capture(future));
  }

  /// Returns the text of the graph of a future, or of the current task if that is null; empty
  /// if there is neither.
  static String format(@Nullable Future<?> given, int depth, int limit) {
    Future<?> future = futureOrCurrentTask(given);
    return future == null
        ? ""
        : Vantage.look(
            future.scheduler,
            from -> new CallGraph(from, future, depth, limit).format(from, future));
  }

  static void print(@Nullable Future<?> given, Appendable out, int depth, int limit) {
    String text = format(given, depth, limit);
    if (text.isEmpty()) {
      return;
    }
    CallStack.print(text, out);
  }

  private static @Nullable Future<?> futureOrCurrentTask(@Nullable Future<?> given) {
    if (given == null) {
      EventLoop _ = Asyncio.getRunningLoop();
    }
    return given == null ? Task.current() : given;
  }

  private String format(Vantage from, Future<?> future) {
    Outline outline =
        new Outline(from, graph, /* linksAwaiters= */ true, graph::awaitedBy, this::framesOf);
    outline.add(future);
    return outline.toString();
  }

  private List<StackTraceElement> framesOf(Task<?> task) {
    if (limit == 0) {
      return List.of();
    }
    List<StackTraceElement> frames = CallStack.of(task);
    if (depth > 1 && task == Task.current()) {
      frames = frames.subList(Math.min(depth - 1, frames.size()), frames.size());
    }
    return CallStack.limited(frames, limit);
  }

  // ---- Capturing: depth first, without recursion, as chains of tasks may be long

  private final class Entry {
    final Future<?> future;
    final List<FrameCallGraphEntry> callStack;
    final List<FutureCallGraph> awaitedBy = new ArrayList<>();
    final Iterator<Future<?>> todo;

    Entry(Future<?> future) {
      this.future = future;
      this.callStack = future instanceof Task<?> task
          ? framesOf(task).stream().map(FrameCallGraphEntry::new).toList()
          : List.of();
      this.todo = graph.awaitedBy(future).iterator();
    }
  }

  private FutureCallGraph capture(Future<?> future) {
    enter(future);
    while (true) {
      Entry last = path.getLast();
      if (last.todo.hasNext()) {
        visit(last, last.todo.next());
        continue;
      }
      FutureCallGraph done = leave();
      if (path.isEmpty()) {
        return done;
      }
      path.getLast().awaitedBy.add(done);
    }
  }

  private void visit(Entry from, Future<?> awaiter) {
    FutureCallGraph present = made.get(awaiter);
    if (present != null) {
      from.awaitedBy.add(present);
    } else if (onPath.contains(awaiter)) {
      from.awaitedBy.add(new FutureCallGraph(awaiter, List.of(), List.of()));
    } else {
      enter(awaiter);
    }
  }

  private void enter(Future<?> future) {
    path.add(new Entry(future));
    boolean _ = onPath.add(future);
  }

  private FutureCallGraph leave() {
    Entry entry = path.removeLast();
    var finished = new FutureCallGraph(entry.future, entry.callStack, entry.awaitedBy);
    boolean _ = onPath.remove(entry.future);
    FutureCallGraph _ = made.put(entry.future, finished);
    return finished;
  }
}
