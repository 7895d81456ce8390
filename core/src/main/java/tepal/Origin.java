// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where something was created, recorded in debug mode: what asyncio keeps as
/// `_source_traceback`.
///
/// @param frames the innermost frames outside this library, innermost first
record Origin(List<StackTraceElement> frames) {
  // as asyncio's constants.DEBUG_STACK_DEPTH
  private static final int DEPTH = 10;
  private static final StackWalker WALKER = StackWalker.getInstance();

  /// Returns the caller's place.
  static Origin here() {
    return new Origin(callers());
  }

  static List<StackTraceElement> framesOf(@Nullable Origin origin) {
    return origin == null ? List.of() : origin.frames;
  }

  static String describe(@Nullable Origin origin) {
    return origin == null || origin.frames.isEmpty()
        ? ""
        : ", created at " + origin.frames.getFirst();
  }

  private static List<StackTraceElement> callers() {
    return WALKER.walk(frames -> frames
        .filter(frame -> !isOurs(frame.getClassName()))
        .limit(DEPTH)
        .map(StackWalker.StackFrame::toStackTraceElement)
        .toList());
  }

  /// Returns whether a class belongs to the machinery of this package and not to its user.
  static boolean isOurs(String className) {
    int dot = className.lastIndexOf('.');
    return dot == 5 && className.startsWith("tepal.") && !className.endsWith("Test");
  }
}
