// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.IOException;
import java.net.SocketAddress;
import tepal.streams.BaseProtocol;

/// What a transport of datagrams calls: the callbacks of a socket of UDP, or of a Unix
/// socket for datagrams.
///
/// What these methods throw is given to the loop's exception handler; the endpoint stays
/// open.
///
/// Mirrors
/// [`asyncio.DatagramProtocol`](https://docs.python.org/3.14/library/asyncio-protocol.html#asyncio.DatagramProtocol).
public interface DatagramProtocol extends BaseProtocol<DatagramTransport> {

  /// Called when a datagram came in. Does nothing by default.
  ///
  /// @param data its bytes, none if it was empty; they belong to the protocol
  /// @param from who sent it; a Unix socket without a name has the empty path
  default void datagramReceived(byte[] data, SocketAddress from) {}

  /// Called when the system could not send or receive something: nobody listens at the
  /// address, the datagram is too large, there is no route. The endpoint stays open. Does
  /// nothing by default.
  ///
  /// @param exception what the system said, such as [java.net.PortUnreachableException]
  default void errorReceived(IOException exception) {}
}
