// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.io.Serial;

/// Thrown when a [Future] is asked for something that its state does not allow: the result of
/// one that is not done, or a second result.
///
/// Mirrors `asyncio.InvalidStateError`.
public final class InvalidStateException extends IllegalStateException {
  @Serial
  private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what was expected and what was found
  public InvalidStateException(String message) {
    super(message);
  }
}
