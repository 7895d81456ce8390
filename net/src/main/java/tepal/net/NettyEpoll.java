// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

final class NettyEpoll extends NettyBackend {

  @Override
  NetTransport transport() {
    return NetTransport.EPOLL;
  }

  @Override
  IoHandlerFactory handlers() {
    return NettyEpollHandler.newFactory();
  }

  @Override
  void configure(Channel channel, NettyConnection connection, NettySelector selector) {
    channel.config().setRecvByteBufAllocator(selector.received.of(connection));
  }

  @Override
  @Nullable NettySocket socket(Channel channel, NettySelector selector) {
    return NettySocket.of(channel, selector.calls);
  }

  @Override
  Channel tcp() {
    return new EpollSocketChannel();
  }

  @Override
  Channel dnsDatagram() {
    return new EpollDatagramChannel();
  }

  @Override
  ServerChannel tcpServer() {
    return new EpollServerSocketChannel();
  }

  @Override
  Channel unix() {
    return new EpollDomainSocketChannel();
  }

  @Override
  ServerChannel unixServer() {
    return new EpollServerDomainSocketChannel();
  }

  @Override
  DatagramChannel datagram(SocketProtocolFamily family) {
    return new EpollDatagramChannel(family);
  }

  @Override
  Channel unixDatagram() {
    return new EpollDomainDatagramChannel();
  }

  @Override
  NettyDatagramBuffer datagramBuffer() {
    return NettyDatagramBuffer.forBatches();
  }

  @Override
  void configureDatagram(DatagramChannel channel, NettySelector selector) {
    super.configureDatagram(channel, selector);
    // Netty then receives with recvmmsg.
    var _ = channel
        .config()
        .setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, NettyDatagramBuffer.ROOM);
  }

  @Override
  SocketAddress unixAddress(Path path) {
    return new DomainSocketAddress(path.toString());
  }
}
