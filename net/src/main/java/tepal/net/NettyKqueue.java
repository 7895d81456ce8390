// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.kqueue.KQueueDatagramChannel;
import io.netty.channel.kqueue.KQueueDomainDatagramChannel;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;

final class NettyKqueue extends NettyBackend {

  @Override
  NetTransport transport() {
    return NetTransport.KQUEUE;
  }

  @Override
  IoHandlerFactory handlers() {
    return KQueueIoHandler.newFactory();
  }

  @Override
  Channel tcp() {
    return new KQueueSocketChannel();
  }

  @Override
  Channel dnsDatagram() {
    return new KQueueDatagramChannel();
  }

  @Override
  ServerChannel tcpServer() {
    return new KQueueServerSocketChannel();
  }

  @Override
  Channel unix() {
    return new KQueueDomainSocketChannel();
  }

  @Override
  ServerChannel unixServer() {
    return new KQueueServerDomainSocketChannel();
  }

  @Override
  DatagramChannel datagram(SocketProtocolFamily family) {
    return new KQueueDatagramChannel(family);
  }

  @Override
  Channel unixDatagram() {
    return new KQueueDomainDatagramChannel();
  }

  @Override
  SocketAddress unixAddress(Path path) {
    return new DomainSocketAddress(path.toString());
  }
}
