// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.ArrayList;
import java.util.List;

/// The tasks of a loop as a text: as a tree of who awaits whom, or as a table. What `python -m
/// asyncio pstree` and `ps` print.
final class TaskTree {
  // of the names in one cell of the table
  private static final int MAX_NAMES = 5;

  private final Scheduler scheduler;
  private final Vantage vantage;
  private final AwaitGraph graph;

  private TaskTree(Scheduler scheduler, Vantage vantage) {
    this.scheduler = scheduler;
    this.vantage = vantage;
    this.graph = new AwaitGraph(scheduler.tasks.snapshot(), vantage);
  }

  /// Returns the tree. Never throws and never hangs.
  static String tree(Scheduler scheduler) {
    return text(scheduler, tree -> tree.tree());
  }

  /// Returns the table. Never throws and never hangs.
  static String table(Scheduler scheduler) {
    return text(scheduler, tree -> tree.table());
  }

  private interface Form {
    String of(TaskTree tree);
  }

  private static String text(Scheduler scheduler, Form form) {
    try {
      return Vantage.look(scheduler, from -> form.of(new TaskTree(scheduler, from)));
    } catch (RuntimeException | StackOverflowError e) {
      return scheduler.loop + ": its tasks changed while they were looked at: " + e;
    }
  }

  private String header() {
    int count = graph.tasks.size();
    return scheduler.loop + ": " + count + (count == 1 ? " task" : " tasks")
        + (vantage == Vantage.INSIDE ? "" : ", seen from outside, as the loop does not answer");
  }

  /// Returns the callback that has the turn of a loop that does not answer, with its stack, or
  /// nothing. A task that has it is among the others.
  private List<String> callback() {
    Strand strand = scheduler.current;
    if (vantage == Vantage.INSIDE || strand == null || strand.task != null) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    lines.add("* " + vantage.textOf(scheduler.subject(strand)) + " has the turn");
    lines.add("  + Call stack:");
    for (StackTraceElement frame : strand.stackTrace()) {
      lines.add("  |   at " + frame);
    }
    return lines;
  }

  private String tree() {
    Outline outline = new Outline(
        vantage,
        graph,
        /* linksAwaiters= */ false,
        future -> graph.tasksAwaitedBy((Task<?>) future, Outline.MAX_SHOWN),
        CallStack::of);
    outline.line(header());
    callback().forEach(outline::line);
    for (Task<?> task : graph.tasks) {
      if (graph.tasksAwaiting(task, 1).isEmpty()) {
        outline.add(task);
      }
    }
    // What is left is awaited by somebody, and not from a root: tasks in a circle.
    graph.tasks.forEach(outline::add);
    return outline.toString();
  }

  private String table() {
    TextTable table = new TextTable("task", "activity", "at", "awaited by");
    for (Task<?> task : graph.tasks.subList(0, Math.min(Outline.MAX_SHOWN, graph.tasks.size()))) {
      table.add(task.getName(), task.describeActivity(vantage), place(task), awaiters(task));
    }
    List<String> lines = new ArrayList<>(List.of(header()));
    lines.addAll(callback());
    lines.addAll(table.lines());
    if (graph.tasks.size() > Outline.MAX_SHOWN) {
      lines.add("... and more");
    }
    return String.join("\n", lines);
  }

  /// Returns the innermost frame that is not the JDK's, or else the innermost one.
  private static String place(Task<?> task) {
    List<StackTraceElement> frames = CallStack.of(task);
    if (frames.isEmpty()) {
      return "";
    }
    return frames.stream()
        .filter(frame -> !CallStack.isJdk(frame) && !CallStack.isOurs(frame))
        .findFirst()
        .map(TaskTree::shortText)
        .orElseGet(() -> shortText(frames.getFirst()));
  }

  /// Returns class, method and line of a frame.
  private static String shortText(StackTraceElement frame) {
    String type = frame.getClassName().substring(frame.getClassName().lastIndexOf('.') + 1);
    String line = frame.getLineNumber() < 0 ? "" : ":" + frame.getLineNumber();
    return type + "." + frame.getMethodName() + line;
  }

  private String awaiters(Task<?> task) {
    List<Task<?>> tasks = graph.tasksAwaiting(task, MAX_NAMES + 1);
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < tasks.size(); i++) {
      names
          .append(i == 0 ? "" : ", ")
          .append(i == MAX_NAMES ? "..." : tasks.get(i).getName());
    }
    return names.toString();
  }
}
