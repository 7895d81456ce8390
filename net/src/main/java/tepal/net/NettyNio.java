// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

final class NettyNio extends NettyBackend {
  static {
    // What virtual threads wait in for selectors needs descriptors. The JDK makes it in the first
    // select that waits: if there were none left then, no select of this process would ever work.
    try {
      Class<?> _ = Class.forName("sun.nio.ch.Poller");
    } catch (ClassNotFoundException _) {
      // another JDK, which has something else
    }
  }

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
  Channel dnsDatagram() {
    return new NioDatagramChannel();
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
