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
  private final Function<Future<?>, ? extends List<? extends Future<?>>> links;
  private final Function<Task<?>, List<StackTraceElement>> stacks;

  private final StringBuilder text = new StringBuilder();
  private final Set<Future<?>> shown = new HashSet<>();
  private final List<Level> path = new ArrayList<>();
  private final Set<Future<?>> onPath = new HashSet<>();
  private int lines;

  private record Level(Future<?> future, Iterator<? extends Future<?>> below) {}

  /// Makes an empty outline.
  ///
  /// @param linksAwaiters whether the links of a future are who awaits it; otherwise what it
  ///     awaits
  /// @param links the links of a future
  /// @param stacks the stack of a task
  Outline(
      Vantage vantage,
      boolean linksAwaiters,
      Function<Future<?>, ? extends List<? extends Future<?>>> links,
      Function<Task<?>, List<StackTraceElement>> stacks) {
    this.vantage = vantage;
    this.linksAwaiters = linksAwaiters;
    this.links = links;
    this.stacks = stacks;
  }

  boolean hasShown(Future<?> future) {
    return shown.contains(future);
  }

  boolean isFull() {
    return lines >= MAX_SHOWN;
  }

  /// Adds `root` and everything that can be reached from it.
  void add(Future<?> root) {
    show(root);
    while (!path.isEmpty()) {
      Level last = path.getLast();
      if (last.below.hasNext() && !isFull()) {
        show(last.below.next());
      } else {
        boolean _ = onPath.remove(path.removeLast().future);
      }
    }
  }

  private void show(Future<?> future) {
    lines++;
    if (onPath.contains(future)) {
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
    return text.toString().stripTrailing();
  }
}
