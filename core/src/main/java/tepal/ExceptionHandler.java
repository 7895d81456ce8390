// SPDX-License-Identifier: Apache-2.0
package tepal;

/// Told of errors that no caller could be told of, such as an exception in a callback.
///
/// Mirrors the argument of `loop.set_exception_handler`. Called on the loop, in the context of
/// the task or callback that the error concerns. If it throws, the loop's default handler
/// reports both.
@FunctionalInterface
public interface ExceptionHandler {

  /// Handles an error.
  ///
  /// @param loop the loop on which it happened
  /// @param context what is known of it
  void handle(EventLoop loop, ExceptionContext context);
}
