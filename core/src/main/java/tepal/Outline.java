// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// The text of a graph of futures: each with its stack, and indented below it what it is linked
/// to, in the form of asyncio's `format_call_graph`.
final class Outline {
  /*
   * Depth first, along a path that is kept here and not on the stack, as chains of tasks may be long.
   * What was shown before is only named. A way back to where the path has been is a cycle; it is
   * written in the order of who awaits whom, whichever way the links go.
   */

  // of futures; a longer text helps nobody, and the loop waits for it
  static final int MAX_SHOWN = 1_000;
  static final int MAX_DEPTH = 100;

  private final Vantage vantage;
  private final boolean linksAwaiters;
  private final AwaitGraph graph;
  private final Function<Future<?>, ? extends List<? extends Future<?>>> links;
  private final Function<Task<?>, List<StackTraceElement>> stacks;

  private final StringBuilder text = new StringBuilder();
  private final Set<Future<?>> shown = new HashSet<>();
  private final List<Level> path = new ArrayList<>();
  private final Set<Future<?>> onPath = new HashSet<>();
  private int lines;

  // whether something was left out for lack of room
  private boolean cut;

  private record Level(Future<?> future, Iterator<? extends Future<?>> below) {}

  /// Makes an empty outline.
  ///
  /// @param graph what is known
  /// @param linksAwaiters whether the links of a future are who awaits it; otherwise what it
  ///     awaits
  /// @param links the links of a future
  /// @param stacks the stack of a task
  Outline(
      Vantage vantage,
      AwaitGraph graph,
      boolean linksAwaiters,
      Function<Future<?>, ? extends List<? extends Future<?>>> links,
      Function<Task<?>, List<StackTraceElement>> stacks) {
    this.vantage = vantage;
    this.graph = graph;
    this.linksAwaiters = linksAwaiters;
    this.links = links;
    this.stacks = stacks;
  }

  /// Adds `root` and everything that can be reached from it, unless it was added before.
  void add(Future<?> root) {
    if (shown.contains(root)) {
      return;
    }
    show(root);
    while (!path.isEmpty()) {
      Level last = path.getLast();
      if (last.below.hasNext() && !cut) {
        show(last.below.next());
      } else {
        boolean _ = onPath.remove(path.removeLast().future);
      }
    }
  }

  private void show(Future<?> future) {
    if (lines == MAX_SHOWN) {
      cut = true;
      return;
    }
    lines++;
    if (onPath.contains(future) && isCycle(future)) {
      line("* cycle: " + cycle(future));
    } else if (shown.contains(future)) {
      line("* " + future.shortName(vantage) + ", see above");
    } else if (path.size() == MAX_DEPTH) {
      line("* " + future.shortName(vantage) + ", and what is deeper");
    } else {
      boolean _ = shown.add(future);
      open(future);
    }
  }

  private void open(Future<?> future) {
    line("* " + future.describe(vantage));
    section("Call stack", future instanceof Task<?> task ? stacks.apply(task) : List.of());
    section("Created at", future.origin());
    List<? extends Future<?>> below = links.apply(future);
    if (!below.isEmpty()) {
      line(linksAwaiters ? "  + Awaited by:" : "  + Awaits:");
      boolean _ = onPath.add(future);
      path.add(new Level(future, below.iterator()));
    }
  }

  private void section(String title, List<StackTraceElement> frames) {
    if (!frames.isEmpty()) {
      line("  + " + title + ":");
      frames.forEach(frame -> line("  |   at " + frame));
    }
  }

  /// Returns whether each from `end` to the end of the path waits for the next, and the last one
  /// for `end`: then none of them can go on.
  private boolean isCycle(Future<?> end) {
    Future<?> next = end;
    for (int i = path.size() - 1; ; i--) {
      Future<?> each = path.get(i).future;
      if (linksAwaiters ? !graph.waitsFor(next, each) : !graph.waitsFor(each, next)) {
        return false;
      }
      if (each == end) {
        return true;
      }
      next = each;
    }
  }

  private String cycle(Future<?> end) {
    List<String> names = new ArrayList<>();
    names.add(end.shortName(vantage));
    for (int i = path.size() - 1; path.get(i).future != end; i--) {
      names.add(path.get(i).future.shortName(vantage));
    }
    names.add(end.shortName(vantage));
    return String.join(" -> ", linksAwaiters ? names : names.reversed());
  }

  /// Adds a line below what is open.
  void line(String line) {
    text.repeat("    ", path.size()).append(line).append('\n');
  }

  /// Returns the text, without a line separator at its end.
  @Override
  public String toString() {
    return text.toString().stripTrailing() + (cut ? "\n... and more" : "");
  }
}
