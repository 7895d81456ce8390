// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// A scope that closes what was entered in it, the newest first: for resources whose number is
/// only known at run time, or that a function opens and its caller closes.
///
/// ```java
/// ExitStack.run(stack -> {
///   for (Path path : paths) {
///     readers.add(stack.enter(Files.newBufferedReader(path)));
///   }
///   merge(readers);
/// });
/// ```
///
/// As a lambda, [#run] or [#call], the scope sees the exception that leaves its body, and shows
/// it to what was [pushed][#push]. As an object in a `try` statement it closes the same things,
/// but cannot see that exception.
///
/// ## How it ends
/// Everything is closed, whatever the body or a closer throws, one after the other. A closer may
/// suspend the current task, and may enter more, which is closed next. As in a `try` statement of
/// Java, the first exception leaves, the body's or else a closer's, and the later ones are
/// suppressed in it. A [push][#push]ed closer that returns true ends the exception that it was
/// shown; the next one is then the first again. The body's exception leaves as itself, as do
/// unchecked ones of closers; a checked one of a closer is the cause of a [CompletionException].
///
/// If the task is cancelled while something is closed, that closer gets the [CancelledError], and
/// the others are closed nevertheless. If another exception leaves, in which that error is
/// suppressed, the cancellation is requested again, so that the task's next wait throws it.
///
/// Needs no loop, unless something in it does. Not thread-safe.
///
/// Mirrors
/// [`contextlib.AsyncExitStack`](https://docs.python.org/3.14/library/contextlib.html#contextlib.AsyncExitStack),
/// in which an exception of a closer takes the place of the one before.
public final class ExitStack implements AutoCloseable {
  // the newest first
  private ArrayDeque<Exit> exits = new ArrayDeque<>();

  /// Creates a stack with nothing in it.
  public ExitStack() {}

  /// The body of a stack that gives a value.
  ///
  /// @param <T> the type of the value
  /// @param <X> what the body may throw; inferred
  @FunctionalInterface
  public interface Body<T extends @Nullable Object, X extends Throwable> {

    /// Runs the body and returns its value. May suspend the current task.
    ///
    /// @param stack the stack
    /// @return the value
    /// @throws X if the body fails
    T call(ExitStack stack) throws X;
  }

  /// The body of a stack that gives no value.
  ///
  /// @param <X> what the body may throw; inferred
  @FunctionalInterface
  public interface Action<X extends Throwable> {

    /// Runs the body. May suspend the current task.
    ///
    /// @param stack the stack
    /// @throws X if the body fails
    void run(ExitStack stack) throws X;
  }

  /// A closer that is shown the exception that leaves the scope.
  @FunctionalInterface
  public interface Exit {

    /// Closes something. May suspend the current task.
    ///
    /// @param leaving the exception that leaves the scope; null if there is none
    /// @return whether to end that exception here, so that it does not leave
    /// @throws Exception if closing fails
    boolean exit(@Nullable Throwable leaving) throws Exception;
  }

  /// Runs `body` with a new stack, closes what is in the stack then, and returns the body's value.
  ///
  /// Suspends the current task when the body or a closer does.
  ///
  /// @param body what to run
  /// @param <T> the type of the value
  /// @param <X> what the body may throw
  /// @return the body's value; null if a closer ended the body's exception
  /// @throws X if the body does
  /// @throws CompletionException if a closer throws a checked exception, which is its cause
  @SuppressWarnings("NullAway") // the value of a body whose exception was ended is null
  public static <T extends @Nullable Object, X extends Throwable> T call(Body<T, X> body) throws X {
    ExitStack stack = new ExitStack();
    T result = null;
    try {
      result = body.call(stack);
    } catch (Throwable thrown) {
      Throwable leaving = stack.unwind(thrown);
      if (leaving == thrown) {
        throw thrown;
      }
      throwUnchecked(leaving);
    }
    stack.close();
    return result;
  }

  /// Runs `action` with a new stack and closes what is in the stack then; see [#call(Body)].
  ///
  /// @param action what to run
  /// @param <X> what the action may throw
  /// @throws X if the action does
  /// @throws CompletionException if a closer throws a checked exception, which is its cause
  public static <X extends Throwable> void run(Action<X> action) throws X {
    Object _ = ExitStack.<@Nullable Void, X>call(stack -> {
      action.run(stack);
      return null;
    });
  }

  /// Closes `resource` at the end of the scope. Returns immediately.
  ///
  /// @param resource what to close
  /// @param <R> its type
  /// @return `resource`
  public <R extends AutoCloseable> R enter(R resource) {
    Objects.requireNonNull(resource, "resource");
    push(_ -> {
      resource.close();
      return false;
    });
    return resource;
  }

  /// Runs `action` at the end of the scope. Returns immediately.
  ///
  /// @param action what to run; may suspend the task that closes the stack
  public void callback(tepal.Action<? extends Exception> action) {
    Objects.requireNonNull(action, "action");
    push(_ -> {
      action.run();
      return false;
    });
  }

  /// Calls `exit` at the end of the scope with the exception that leaves it then, which `exit` can
  /// end. Returns immediately.
  ///
  /// @param exit what to call
  public void push(Exit exit) {
    exits.push(Objects.requireNonNull(exit, "exit"));
  }

  /// Moves everything to a new stack, so that the end of this scope closes nothing of it. Returns
  /// immediately.
  ///
  /// For what is to stay open if all went well: the last statement of a body that opens several
  /// things keeps `stack.popAll()`, to close it later.
  ///
  /// @return the new stack
  public ExitStack popAll() {
    ExitStack popped = new ExitStack();
    popped.exits = exits;
    exits = new ArrayDeque<>();
    return popped;
  }

  /// Closes everything, the newest first. Suspends the current task when a closer does. What was
  /// pushed is shown no exception but those of closers. The stack is empty then, and can be used
  /// again; closing it again does nothing.
  ///
  /// @throws CancelledError if the task is cancelled meanwhile
  /// @throws CompletionException if a closer throws a checked exception, which is its cause
  @Override
  public void close() {
    throwUnchecked(unwind(null));
  }

  /// Calls all exits and returns the exception that is to leave, or null.
  private @Nullable Throwable unwind(@Nullable Throwable thrown) {
    Throwable leaving = thrown;
    Throwable hidden = null;
    for (Exit exit = exits.poll(); exit != null; exit = exits.poll()) {
      try {
        if (exit.exit(leaving)) {
          leaving = null;
        }
      } catch (Throwable e) {
        if (leaving == null) {
          leaving = e;
        } else if (e != leaving) {
          leaving.addSuppressed(e);
          hidden = isCancellation(e) ? e : hidden;
        }
      }
    }
    if (hidden != null && !isCancellation(leaving)) {
      cancelAgain(hidden);
    }
    return leaving;
  }

  private static boolean isCancellation(@Nullable Throwable e) {
    return e instanceof CancelledError || e instanceof InterruptedException;
  }

  /// Requests a cancellation again that has reached the task and would be forgotten.
  private static void cancelAgain(Throwable hidden) {
    Task<?> task = Asyncio.currentTask();
    if (task != null && task.cancelling() > 0) {
      int _ = task.uncancel();
      boolean _ = task.cancel(hidden.getMessage());
    }
  }

  private static void throwUnchecked(@Nullable Throwable e) {
    switch (e) {
      case null -> {}
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      default -> throw new CompletionException(e);
    }
  }

  /// Returns how much is to be closed, as in `ExitStack[2 to close]`.
  @Override
  public String toString() {
    return "ExitStack[" + exits.size() + " to close]";
  }
}
