// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// One transport of Netty's: how its channels are made. A class for each, so that only what is
/// used is loaded.
abstract class NettyBackend {

  abstract NetTransport transport();

  abstract IoHandlerFactory handlers();

  abstract Channel tcp();

  /// Returns a channel for a question to a name server and its answer.
  abstract Channel dnsDatagram();

  abstract ServerChannel tcpServer();

  abstract Channel unix();

  abstract ServerChannel unixServer();

  /// Returns a channel for UDP.
  abstract DatagramChannel datagram(SocketProtocolFamily family);

  /// Returns a channel for Unix datagrams.
  Channel unixDatagram() {
    throw new UnsupportedOperationException(
        "Expected a transport with Unix sockets for datagrams, EPOLL or KQUEUE, but the loop has "
            + transport());
  }

  /// Returns the memory that a loop's sockets for UDP receive into.
  NettyDatagramBuffer datagramBuffer() {
    return NettyDatagramBuffer.forSingles();
  }

  /// Prepares a channel for UDP, which is not registered yet.
  void configureDatagram(DatagramChannel channel, NettySelector selector) {
    channel.config().setRecvByteBufAllocator(selector.datagramBuffer());
  }

  /// Returns the address that this transport's Unix sockets take.
  abstract SocketAddress unixAddress(Path path);

  /// Prepares the channel of a connection, which is not registered yet.
  void configure(Channel channel, NettyConnection connection, NettySelector selector) {
    channel.config().setRecvByteBufAllocator(selector.received);
  }

  /// Returns the socket under a channel, if bytes may go past Netty there; otherwise null.
  @Nullable NettySocket socket(Channel channel, NettySelector selector) {
    return null;
  }

  /// Returns what to throw when waiting fails.
  RuntimeException explain(UncheckedIOException failure) {
    return failure;
  }
}
