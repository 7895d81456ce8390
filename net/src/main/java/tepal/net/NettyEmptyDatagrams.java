// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Sends empty datagrams, which Netty does not.
final class NettyEmptyDatagrams {
  /*
   * Netty 4.2.18 takes an empty datagram for one that was sent. Among others it does worse: sendmmsg is
   * not given the empty one (NativeDatagramPacketArray), but it is counted (EpollDatagramChannel), so
   * that one of the others is sent twice. So these are sent past it, on the socket itself.
   */
  private static final AttributeKey<DatagramChannel> JDK =
      AttributeKey.newInstance("tepal.net.jdkChannel");

  // a direct one of no bytes at all has no address that native code could be given
  private static final ByteBuffer NO_BYTES = ByteBuffer.allocateDirect(1).limit(0);

  private NettyEmptyDatagrams() {}

  /// Returns a channel over NIO of which the JDK's is known.
  static NioDatagramChannel nioChannel(SocketProtocolFamily family) {
    try {
      DatagramChannel jdk = DatagramChannel.open(
          family == SocketProtocolFamily.INET6
              ? StandardProtocolFamily.INET6
              : StandardProtocolFamily.INET);
      NioDatagramChannel channel = new NioDatagramChannel(jdk);
      channel.attr(JDK).set(jdk);
      return channel;
    } catch (IOException e) {
      throw new ChannelException(e);
    }
  }

  /// Sends one. On the I/O thread, when nothing is buffered that was sent before.
  ///
  /// @param recipient null if the socket knows it
  static void send(Channel channel, @Nullable SocketAddress recipient) throws IOException {
    if (channel instanceof UnixChannel unix) {
      send((Socket) unix.fd(), recipient);
    } else if (recipient == null) {
      throw new IOException(
          "Expected some bytes: the JDK sends no empty datagrams on a connected socket");
    } else {
      int _ = channel.attr(JDK).get().send(NO_BYTES.duplicate(), recipient);
    }
  }

  private static void send(Socket socket, @Nullable SocketAddress recipient) throws IOException {
    int _ = switch (recipient) {
      case InetSocketAddress inet ->
        socket.sendTo(NO_BYTES, 0, 0, inet.getAddress(), inet.getPort());
      case DomainSocketAddress unix ->
        socket.sendToDomainSocket(NO_BYTES, 0, 0, unix.path().getBytes(StandardCharsets.UTF_8));
      case null, default -> socket.send(NO_BYTES, 0, 0);
    };
  }
}
