// SPDX-License-Identifier: Apache-2.0
package tepal.net;

/// Thrown if the system cannot send a file to a connection by itself, and no other way was asked
/// for.
///
/// Mirrors `asyncio.SendfileNotAvailableError`.
public final class SendfileNotAvailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Creates an exception.
  ///
  /// @param message why
  public SendfileNotAvailableException(String message) {
    super(message);
  }
}
