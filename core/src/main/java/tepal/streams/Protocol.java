// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

/// What a transport of bytes calls: a connection's own part of a program, written as
/// callbacks.
///
/// Mirrors
/// [`asyncio.Protocol`](https://docs.python.org/3.14/library/asyncio-protocol.html#asyncio.Protocol).
public interface Protocol extends BaseProtocol<Transport> {

  /// Called when bytes came in. Does nothing by default.
  ///
  /// A stream has no boundaries: how the bytes are cut into pieces says nothing.
  ///
  /// @param data the bytes, at least one; they belong to the protocol
  default void dataReceived(byte[] data) {}

  /// Called when the other side has ended its stream of bytes. Does nothing by default.
  ///
  /// @return false to let the transport close itself, true to go on writing
  default boolean eofReceived() {
    return false;
  }
}
