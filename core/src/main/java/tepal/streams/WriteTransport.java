// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import java.nio.ByteBuffer;

/// A transport that bytes are written to.
///
/// Writing never waits: what cannot be sent at once is buffered. When the buffer grows beyond
/// the upper of its [limits][WriteBufferLimits], the protocol's `pauseWriting` is called, and
/// `resumeWriting` when it is down to the lower one. A writer that goes on nevertheless makes
/// the buffer grow without a bound.
///
/// Mirrors
/// [`asyncio.WriteTransport`](https://docs.python.org/3.14/library/asyncio-protocol.html#asyncio.WriteTransport).
public interface WriteTransport extends BaseTransport {

  /// Sets when the protocol is told to pause and to resume writing.
  ///
  /// If the buffer is larger than the new upper limit, the protocol is told to pause at once.
  ///
  /// @param limits the limits; [WriteBufferLimits#DEFAULT] until they are set
  void setWriteBufferLimits(WriteBufferLimits limits);

  /// Returns how much was written and not yet sent.
  ///
  /// @return the size of the buffer, in bytes
  long getWriteBufferSize();

  /// Returns when the protocol is told to pause and to resume writing.
  ///
  /// @return the limits
  WriteBufferLimits getWriteBufferLimits();

  /// Writes bytes.
  ///
  /// They are taken when this returns, so that the array may be used again. Errors are not
  /// thrown; the protocol is told by `connectionLost`. What is written to a transport that is
  /// closing is dropped.
  ///
  /// @param data the bytes; none for nothing
  /// @throws IllegalStateException if [#writeEof()] was called, unless that closes the
  ///     transport; and while a file is sent over it
  void write(byte[] data);

  /// Writes the remaining bytes of a buffer, whose position is then its limit; see
  /// [#write(byte\[\])].
  ///
  /// @param data the bytes; none for nothing
  /// @throws IllegalStateException if [#writeEof()] was called, unless that closes the
  ///     transport; and while a file is sent over it
  void write(ByteBuffer data);

  /// Writes several pieces, one after the other; see [#write(byte\[\])].
  ///
  /// @param data the pieces
  /// @throws IllegalStateException if [#writeEof()] was called, unless that closes the
  ///     transport; and while a file is sent over it
  default void writeLines(Iterable<byte[]> data) {
    data.forEach(this::write);
  }

  /// Ends the stream of bytes after what is buffered; bytes can still come in.
  ///
  /// @throws UnsupportedOperationException if this kind of transport has no such end
  void writeEof();

  /// Returns whether [#writeEof()] is possible.
  ///
  /// @return whether it is
  boolean canWriteEof();

  /// Closes the transport at once: what is buffered is dropped. The protocol's
  /// `connectionLost(null)` is called.
  void abort();
}
