// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The text of an exception for the author of the snippets: what `printStackTrace` would print,
/// in terms of snippets and without the frames of the shell, of JShell and of the library.
final class Failure {
  // a class made for one snippet, and what of the snippet's own is in it
  private static final Pattern SNIPPET_CLASS =
      Pattern.compile("REPL\\.\\$JShell\\$(\\d+)[A-Z]*(?:\\$(.+))?");
  private static final Pattern LAMBDA = Pattern.compile("lambda\\$(.*)\\$\\d+");
  private static final Pattern SNIPPET_METHOD = Pattern.compile("do_it\\$(Aux)?");

  // more than that nobody reads, and JShell recurses
  private static final int MAX_TRANSLATED = 100;
  private static final int MAX_FRAMES = 50;

  private final SnippetNames names;
  private final IdentityHashMap<Throwable, StackTraceElement[]> translated =
      new IdentityHashMap<>();
  private final Set<Throwable> told = Collections.newSetFromMap(new IdentityHashMap<>());
  private final StringBuilder text = new StringBuilder();

  private Failure(SnippetNames names) {
    this.names = names;
  }

  /// Knows the snippets by the numbers in the names of their classes.
  interface SnippetNames {
    String nameOf(int number);
  }

  /// Returns the text of a failure.
  ///
  /// @param stacks the stacks of its [#parts] in terms of snippets, as far as they are known
  static String describe(Throwable failure, List<StackTraceElement[]> stacks, SnippetNames names) {
    Failure description = new Failure(names);
    List<Throwable> parts = parts(failure);
    for (int i = 0; i < Math.min(parts.size(), stacks.size()); i++) {
      description.translated.put(parts.get(i), stacks.get(i));
    }
    description.tell(failure, "", "");
    return description.text.toString();
  }

  /// Returns the text of where something was created, which is empty outside debug mode.
  static String describeOrigin(List<StackTraceElement> origin, SnippetNames names) {
    return new Failure(names)
        .frames(origin.toArray(StackTraceElement[]::new)).stream()
            .map(frame -> "    created at " + frame + "\n")
            .collect(Collectors.joining());
  }

  /// Returns the stacks that JShell has translated: those of [#parts], chained as causes.
  static List<StackTraceElement[]> stacks(@Nullable Throwable chain) {
    return Stream.iterate(chain, Objects::nonNull, Throwable::getCause)
        .map(Throwable::getStackTrace)
        .toList();
  }

  /// Returns an exception, its causes and what was suppressed, each once, at most a hundred.
  static List<Throwable> parts(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Throwable> parts = new ArrayList<>();
    addParts(failure, seen, parts);
    return parts;
  }

  private static void addParts(Throwable failure, Set<Throwable> seen, List<Throwable> parts) {
    if (parts.size() == MAX_TRANSLATED || !seen.add(failure)) {
      return;
    }
    parts.add(failure);
    for (Throwable each : failure.getSuppressed()) {
      addParts(each, seen, parts);
    }
    Throwable cause = failure.getCause();
    if (cause != null) {
      addParts(cause, seen, parts);
    }
  }

  private void tell(Throwable failure, String indent, String caption) {
    text.append(indent).append(caption).append(textOf(failure)).append('\n');
    if (!told.add(failure)) {
      return;
    }
    StackTraceElement[] known = translated.get(failure);
    StackTraceElement[] stack = known == null ? failure.getStackTrace() : known;
    List<String> frames = frames(stack);
    for (String frame : frames.subList(0, Math.min(frames.size(), MAX_FRAMES))) {
      text.append(indent).append("    at ").append(frame).append('\n');
    }
    if (frames.size() > MAX_FRAMES) {
      int left = frames.size() - MAX_FRAMES;
      text.append(indent).append("    ... ").append(left).append(" more\n");
    }
    for (Throwable each : failure.getSuppressed()) {
      tell(each, indent + "    ", failure instanceof tepal.ExceptionGroup ? "" : "Suppressed: ");
    }
    Throwable cause = failure.getCause();
    if (cause != null) {
      tell(cause, indent, "Caused by: ");
    }
  }

  private static String textOf(Throwable failure) {
    try {
      return failure.toString();
    } catch (RuntimeException e) {
      return failure.getClass().getName() + ", whose text cannot be had";
    }
  }

  private List<String> frames(StackTraceElement[] stack) {
    int last = stack.length - 1;
    while (last >= 0 && !isSnippet(stack[last])) {
      last--;
    }
    int end = last < 0 ? stack.length : last + 1;
    List<String> frames = new ArrayList<>();
    for (int i = 0; i < end; i++) {
      boolean calledByOurs = i + 1 < end && isOurs(stack[i + 1]);
      if (isSnippet(stack[i])) {
        String frame = snippetFrame(stack[i]);
        if (frames.isEmpty() || !frames.getLast().equals(frame)) { // JShell splits some in two
          frames.add(frame);
        }
      } else if (!isPlumbing(stack[i]) && !(isOurs(stack[i]) && calledByOurs)) {
        frames.add(stack[i].toString());
      }
    }
    return frames;
  }

  private static boolean isSnippet(StackTraceElement frame) {
    String file = frame.getFileName();
    return (file != null && file.startsWith("#"))
        || SNIPPET_CLASS.matcher(frame.getClassName()).matches();
  }

  private static boolean isOurs(StackTraceElement frame) {
    return frame.getClassName().startsWith("tepal.");
  }

  private static boolean isPlumbing(StackTraceElement frame) {
    String name = frame.getClassName();
    return name.startsWith("java.lang.invoke.") || name.startsWith("jdk.internal.");
  }

  private String snippetFrame(StackTraceElement frame) {
    String type = frame.getClassName();
    String place = frame.getFileName() + ":" + frame.getLineNumber();
    Matcher raw = SNIPPET_CLASS.matcher(type);
    if (raw.matches()) {
      type = raw.group(2) == null ? "" : raw.group(2);
      place = "#" + names.nameOf(Integer.parseInt(raw.group(1)));
    }
    String method = methodName(frame.getMethodName());
    String name = type.isEmpty() || method.isEmpty() ? type + method : type + "." + method;
    return name.isEmpty() ? place : name + " (" + place + ")";
  }

  private static String methodName(String name) {
    Matcher lambda = LAMBDA.matcher(name);
    String outer = lambda.matches() ? lambda.group(1) : name;
    return SNIPPET_METHOD.matcher(outer).matches() ? "" : outer;
  }
}
