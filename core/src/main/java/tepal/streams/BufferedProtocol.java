// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import java.nio.ByteBuffer;

/// What a transport of bytes calls that brings its own memory: bytes are put into a buffer
/// of the protocol's, in place of a new array for each piece.
///
/// For each piece the transport calls `getBuffer`, fills the buffer, and calls
/// `bufferUpdated`, all in one callback, so that the protocol may return the same buffer
/// each time.
///
/// Mirrors
/// [`asyncio.BufferedProtocol`](https://docs.python.org/3.14/library/asyncio-protocol.html#asyncio.BufferedProtocol).
///
/// ## Differences from Python
/// The transport asks for a buffer when bytes are there, and says how many.
public interface BufferedProtocol extends BaseProtocol<Transport> {

  /// Called when bytes came in, for a buffer to put them into.
  ///
  /// The buffer is filled from its position to its limit at most; its position moves on by
  /// the number of bytes. What finds no room is put into the buffer that the next call
  /// returns, in an iteration of its own. A buffer without room, or what this throws, is a
  /// fatal error: it is given to the loop's exception handler, and the connection is
  /// aborted.
  ///
  /// @param sizeHint how many bytes there are; the buffer may have more or less room
  /// @return the buffer, with room for one byte or more
  ByteBuffer getBuffer(int sizeHint);

  /// Called when the buffer that `getBuffer` returned has been filled. What this throws is
  /// a fatal error, as there.
  ///
  /// @param count how many bytes were put into it, one or more
  void bufferUpdated(int count);

  /// Called when the other side has ended its stream of bytes. Does nothing by default.
  ///
  /// @return false to let the transport close itself, true to go on writing
  default boolean eofReceived() {
    return false;
  }
}
