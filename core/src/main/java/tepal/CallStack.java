// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// The stack of a task as its user wrote it, innermost frame first.
final class CallStack {
  /*
   * From the frames of the task's thread are left out
   *
   *  - below the body, what runs it: everything from `Task.runBody` outwards. The body of a generator has
   *    a thread of its own; below it come the frames of whoever drives it;
   *  - above a wait of ours, what gives up the turn: the JDK's part of it and, in portable mode, what
   *    the strand does to find out who is next;
   *  - of each stretch of our own frames all but the outermost, which is what the user called:
   *    `Lock.acquire`, `TaskGroup.run`. Of the current task the innermost stretch goes whole: it is the
   *    one that asks for the stack.
   *
   * Frames of the JDK that the user called stay, as those of `Thread.sleep` do. Which frames are ours is
   * decided by who loaded the class, since a user's package may have our name: a class on a stack is
   * loaded, so that asking for it by name takes no lock.
   */
  private static final String LAMBDA = "lambda$";

  private CallStack() {}

  /// Returns the frames of a task, wherever it is: on a thread, suspended by us or by JDK
  /// code. Where it reads a generator, those of the generator's body come first. None if it
  /// has not begun, or is done. May be called from any thread.
  static List<StackTraceElement> of(Task<?> task) {
    List<StackTraceElement> frames = new ArrayList<>();
    for (Strand each = task.strandOrNull(); each != null; each = each.driver()) {
      Thread thread = each.thread();
      frames.addAll(withoutPlumbing(thread.getStackTrace(), thread == Thread.currentThread()));
    }
    return frames;
  }

  /// Returns the frames of `stack` without those that nobody wants to see.
  ///
  /// @param stack innermost frame first
  /// @param current whether it is the stack of the task that asks for it
  static List<StackTraceElement> withoutPlumbing(StackTraceElement[] stack, boolean current) {
    List<StackTraceElement> kept = new ArrayList<>();
    int end = endOfBody(stack);
    int next = start(stack, end, current);
    while (next < end) {
      if (isOurs(stack[next])) {
        int from = next;
        next = endOfOurs(stack, from, end);
        if (!current || !kept.isEmpty()) {
          addEntry(kept, stack, from, next);
        }
      } else {
        kept.add(stack[next++]);
      }
    }
    return kept;
  }

  private static int endOfBody(StackTraceElement[] stack) {
    for (int i = stack.length - 1; i >= 0; i--) {
      if (is(stack[i], Task.class, "runBody")) {
        return i;
      }
      if (is(stack[i], GeneratorBody.class, "run")) {
        int end = i;
        while (end > 0 && stack[end - 1].getClassName().equals(Generator.class.getName())) {
          end--; // the lambda that makes a body of what has no result
        }
        return end;
      }
    }
    return stack.length;
  }

  private static boolean is(StackTraceElement frame, Class<?> type, String method) {
    return frame.getMethodName().equals(method) && frame.getClassName().equals(type.getName());
  }

  /// Returns where the frames begin that are not a switch to another strand, or the question
  /// for the stack itself.
  private static int start(StackTraceElement[] stack, int end, boolean current) {
    for (int i = end - 1; i >= 0; i--) {
      if (isSwitch(stack[i])) {
        return i;
      }
    }
    int first = 0;
    while (current && first < end && isJdk(stack[first])) {
      first++;
    }
    return first;
  }

  private static int endOfOurs(StackTraceElement[] stack, int from, int end) {
    int next = from;
    while (next < end && isOurs(stack[next])) {
      next++;
    }
    return next;
  }

  /// Adds the outermost frame of a stretch of ours that is not a lambda's.
  private static void addEntry(
      List<StackTraceElement> kept, StackTraceElement[] stack, int from, int end) {
    for (int i = end - 1; i >= from; i--) {
      if (!stack[i].getMethodName().startsWith(LAMBDA)) {
        kept.add(stack[i]);
        return;
      }
    }
  }

  /// Returns whether a frame is the JDK's.
  static boolean isJdk(StackTraceElement frame) {
    String module = frame.getModuleName();
    return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
  }

  private static boolean isSwitch(StackTraceElement frame) {
    String name = frame.getClassName();
    return (name.startsWith(Carrier.class.getName()) || name.startsWith(Baton.class.getName()))
        && isOurs(frame);
  }

  static boolean isOurs(StackTraceElement frame) {
    String name = frame.getClassName();
    if (!name.startsWith(CallStack.class.getPackageName() + ".")) {
      return false;
    }
    try {
      ClassLoader loader = CallStack.class.getClassLoader();
      return Origin.isOurs(Class.forName(name, /* initialize= */ false, loader));
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  /// Returns the innermost or the outermost frames.
  ///
  /// @param limit how many at most: the innermost if positive, the outermost if negative
  static List<StackTraceElement> limited(List<StackTraceElement> frames, int limit) {
    int size = frames.size();
    if (limit >= 0) {
      return List.copyOf(frames.subList(0, Math.min(limit, size)));
    }
    return List.copyOf(frames.subList((int) Math.max(0, (long) size + limit), size));
  }

  /// Returns the frames of an exception that ended a task.
  static List<StackTraceElement> of(Throwable failure) {
    return withoutPlumbing(failure.getStackTrace(), /* current= */ false);
  }

  /// Prints a line and one for each frame.
  static void print(String title, List<StackTraceElement> frames, Appendable out) {
    StringBuilder text = new StringBuilder(title);
    for (StackTraceElement frame : frames) {
      text.append(System.lineSeparator()).append("    at ").append(frame);
    }
    print(text, out);
  }

  static void print(CharSequence text, Appendable out) {
    try {
      out.append(text).append(System.lineSeparator());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
