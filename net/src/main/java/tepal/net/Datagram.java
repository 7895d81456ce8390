// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.net.SocketAddress;

/// What a [DatagramEndpoint] receives. Two are equal only if they have the same array.
///
/// @param data the bytes, none if it was empty; they belong to the receiver
/// @param address who sent it; a Unix socket without a name has the empty path
@SuppressWarnings("ArrayRecordComponent") // the bytes are handed over, not compared
public record Datagram(byte[] data, SocketAddress address) {

  /// Returns the size and the sender, as in `Datagram[5 bytes from /127.0.0.1:5353]`.
  @Override
  public String toString() {
    return "Datagram[%d bytes from %s]".formatted(data.length, address);
  }
}
