// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/// Where errors go that no caller could be told of.
final class ErrorReports {
  private ErrorReports() {}

  /// Gives an error to a loop's handler, in the context of what it concerns; logs it if there
  /// is no handler, and logs both if the handler throws.
  static void handle(EventLoop loop, @Nullable ExceptionHandler handler, ExceptionContext context) {
    if (handler == null) {
      log(context);
      return;
    }
    try {
      inContextOf(context, () -> handler.handle(loop, context));
    } catch (Throwable e) {
      if (Scheduler.isFatal(e)) {
        throw e;
      }
      log(context);
      log(new ExceptionContext("Unhandled error in exception handler", e));
    }
  }

  private static void inContextOf(ExceptionContext context, Action<RuntimeException> call) {
    Context target = null;
    if (context.future() instanceof Task<?> task) {
      target = task.getContext();
    } else if (context.handle() != null) {
      target = context.handle().getContext();
    }
    if (target == null || target == Context.current()) {
      call.run();
    } else {
      target.copy().run(call);
    }
  }

  /// Returns the text of an object of a user, whose own method for that may fail.
  static String textOf(@Nullable Object object) {
    if (object == null) {
      return "null";
    }
    try {
      return object.toString();
    } catch (RuntimeException | StackOverflowError e) {
      return object.getClass().getName() + " without a text";
    }
  }

  static void log(ExceptionContext context) {
    StringBuilder text = new StringBuilder(context.message());
    append(text, "future", context.future());
    append(text, "handle", context.handle());
    for (StackTraceElement frame : context.origin()) {
      text.append(System.lineSeparator()).append("    created at ").append(frame);
    }
    System.getLogger("tepal").log(Level.ERROR, text.toString(), context.exception());
  }

  private static void append(StringBuilder text, String key, @Nullable Object value) {
    if (value != null) {
      text.append(System.lineSeparator()).append("  ").append(key).append(": ").append(value);
    }
  }
}
