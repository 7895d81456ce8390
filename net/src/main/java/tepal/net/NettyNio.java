// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

final class NettyNio extends NettyBackend {

  @Override
  NetTransport transport() {
    return NetTransport.NIO;
  }

  @Override
  IoHandlerFactory handlers() {
    return NioIoHandler.newFactory();
  }

  @Override
  Channel tcp() {
    return new NioSocketChannel();
  }

  @Override
  ServerChannel tcpServer() {
    return new NioServerSocketChannel();
  }

  @Override
  Channel unix() {
    return new NioDomainSocketChannel();
  }

  @Override
  ServerChannel unixServer() {
    return new NioServerDomainSocketChannel();
  }

  @Override
  DatagramChannel datagram(SocketProtocolFamily family) {
    return NettyEmptyDatagrams.nioChannel(family);
  }

  @Override
  SocketAddress unixAddress(Path path) {
    return UnixDomainSocketAddress.of(path);
  }
}
