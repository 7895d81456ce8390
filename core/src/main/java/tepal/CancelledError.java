// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// Thrown into a task that was cancelled, at the place where it waits.
///
/// An [Error], so that `catch (Exception e)` does not swallow it. A task that catches it to
/// clean up rethrows it. Mirrors `asyncio.CancelledError`, which is a `BaseException` for the
/// same reason.
public final class CancelledError extends Error {
  @Serial
  private static final long serialVersionUID = 1L;

  /// Creates a cancellation without a message.
  public CancelledError() {
    super();
  }

  /// Creates a cancellation with the message given to `cancel`.
  ///
  /// @param message the message; null if there is none
  public CancelledError(@Nullable String message) {
    super(message);
  }

  /// Creates a cancellation that took the form of another exception, such as the
  /// [InterruptedException] of JDK code that was interrupted.
  CancelledError(@Nullable String message, Throwable cause) {
    super(message, cause);
  }
}
