// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// Thrown by a scope or a wait whose time ran out.
///
/// Unchecked, unlike the JDK's exception of the same name. Mirrors Python's `TimeoutError`.
public final class TimeoutException extends RuntimeException {
  @Serial
  private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what took too long
  public TimeoutException(String message) {
    super(message);
  }

  /// Creates the exception for a timeout that cancelled what it limits.
  ///
  /// @param message what took too long
  /// @param cause the cancellation that the timeout turned into this exception
  public TimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
