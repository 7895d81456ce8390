// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

/// Thrown when a reader's limit was reached while it looked for a separator.
///
/// Mirrors
/// [`asyncio.LimitOverrunError`](https://docs.python.org/3.14/library/asyncio-exceptions.html#asyncio.LimitOverrunError).
public final class LimitOverrunException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final long consumed;

  /// Creates an exception.
  ///
  /// @param message what was expected and what was found
  /// @param consumed see [#consumed()]
  public LimitOverrunException(String message, long consumed) {
    super(message);
    this.consumed = consumed;
  }

  /// Returns how many bytes at the beginning of the reader's buffer hold no separator: what
  /// may be read to get on.
  ///
  /// @return the number of bytes
  public long consumed() {
    return consumed;
  }
}
