// SPDX-License-Identifier: Apache-2.0
package tepal;

import org.jspecify.annotations.Nullable;

/// A part of a task in which nothing must suspend it. Confined to the task.
///
/// A wait of ours is refused before it begins. JDK code that suspends the task cannot be: that
/// is noted and makes the end of the scope fail.
final class NoSuspend {
  private final @Nullable NoSuspend outer;

  // where JDK code suspended the task first; null if it has not
  private StackTraceElement @Nullable [] suspension;

  private NoSuspend(@Nullable NoSuspend outer) {
    this.outer = outer;
  }

  static <T extends @Nullable Object, X extends Throwable> T call(Body<T, X> body) throws X {
    Task<?> task = Task.requireCurrent("noSuspend()");
    NoSuspend scope = new NoSuspend(task.noSuspend());
    task.setNoSuspend(scope);
    T result;
    try {
      result = body.call();
    } catch (Throwable e) {
      IllegalStateException failure = scope.leave(task);
      if (failure != null) {
        e.addSuppressed(failure);
      }
      throw e;
    }
    IllegalStateException failure = scope.leave(task);
    if (failure != null) {
      throw failure;
    }
    return result;
  }

  /// Leaves the scope and returns what was wrong with it, or null.
  private @Nullable IllegalStateException leave(Task<?> task) {
    task.setNoSuspend(outer);
    StackTraceElement[] where = suspension;
    if (where == null) {
      return null;
    }
    if (outer != null) {
      outer.suspendedByJdk(where);
    }
    Throwable here = new Throwable("The task was suspended here");
    here.setStackTrace(where);
    return new IllegalStateException(
        "Expected a body that does not suspend its task, but JDK code suspended it at "
            + Watchdog.place(where),
        here);
  }

  /// Returns what a wait in a scope throws in place of waiting.
  static IllegalStateException refusal(String what) {
    return new IllegalStateException(
        "Expected a body that does not suspend its task, but it would have to wait for " + what);
  }

  /// Notes that JDK code has suspended the task.
  void suspendedByJdk(StackTraceElement[] where) {
    if (suspension == null) {
      suspension = where;
    }
  }
}
