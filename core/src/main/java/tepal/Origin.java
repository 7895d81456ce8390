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
  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

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
        .filter(frame -> !isOurs(frame.getDeclaringClass()))
        .limit(DEPTH)
        .map(StackWalker.StackFrame::toStackTraceElement)
        .toList());
  }

  /// Returns whether a class is part of this library and not of its user.
  static boolean isOurs(Class<?> type) {
    return type.getProtectionDomain() == Origin.class.getProtectionDomain();
  }
}
