// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of an error that no caller could be told of.
///
/// Mirrors the `context` dictionary of `loop.call_exception_handler`.
///
/// @param message what happened
/// @param exception the exception, if there is one
/// @param future the future or task that it concerns, if there is one
/// @param handle the callback that it concerns, if there is one
/// @param origin in debug mode, where the future or callback was created, innermost frame
///     first; otherwise empty
public record ExceptionContext(
    String message,
    @Nullable Throwable exception,
    @Nullable Future<?> future,
    @Nullable Handle handle,
    List<StackTraceElement> origin) {

  /// Creates a context with a message and an exception.
  ///
  /// @param message what happened
  /// @param exception the exception, if there is one
  public ExceptionContext(String message, @Nullable Throwable exception) {
    this(message, exception, null, null, List.of());
  }

  static ExceptionContext of(String message, @Nullable Throwable exception, Future<?> future) {
    return new ExceptionContext(message, exception, future, null, future.origin());
  }

  static ExceptionContext of(String message, Throwable exception, Handle handle) {
    return new ExceptionContext(message, exception, null, handle, handle.origin());
  }
}
