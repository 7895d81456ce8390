// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import java.io.EOFException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// Thrown when a stream ended before all was there that was asked for.
///
/// Mirrors
/// [`asyncio.IncompleteReadError`](https://docs.python.org/3.14/library/asyncio-exceptions.html#asyncio.IncompleteReadError),
/// which is an `EOFError`: the cause is an [EOFException].
public final class IncompleteReadException extends UncheckedIOException {
  private static final long serialVersionUID = 1;

  private final byte[] partial;
  private final @Nullable Integer expected;

  /// Creates an exception.
  ///
  /// @param partial what had been read
  /// @param expected how many bytes were asked for; null if that was not a number
  public IncompleteReadException(byte[] partial, @Nullable Integer expected) {
    super(new EOFException("Expected %s, found %d before the end of the stream"
        .formatted(expected == null ? "a separator" : expected + " bytes", partial.length)));
    this.partial = partial;
    this.expected = expected;
  }

  /// Returns what had been read before the stream ended. It is not in the reader any more.
  ///
  /// @return the bytes
  public byte[] partial() {
    return partial;
  }

  /// Returns how many bytes were asked for.
  ///
  /// @return the number, or null if a separator was asked for
  public @Nullable Integer expected() {
    return expected;
  }
}
