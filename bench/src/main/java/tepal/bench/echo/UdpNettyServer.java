// SPDX-License-Identifier: Apache-2.0
package tepal.bench.echo;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import java.net.InetSocketAddress;

/// An echo server for UDP of nothing but Netty, with one thread.
public final class UdpNettyServer {
  private UdpNettyServer() {}

  /// Prints its port, and serves until the process is ended.
  ///
  /// @param arguments `epoll`, `io_uring` or `nio`
  /// @throws InterruptedException if interrupted
  public static void main(String... arguments) throws InterruptedException {
    IoHandlerFactory handlers = switch (arguments[0]) {
      case "epoll" -> EpollIoHandler.newFactory();
      case "io_uring" -> IoUringIoHandler.newFactory();
      default -> NioIoHandler.newFactory();
    };
    Class<? extends Channel> channel = switch (arguments[0]) {
      case "epoll" -> EpollDatagramChannel.class;
      case "io_uring" -> IoUringDatagramChannel.class;
      default -> NioDatagramChannel.class;
    };
    Channel server = new Bootstrap()
        .group(new MultiThreadIoEventLoopGroup(1, handlers))
        .channel(channel)
        // the smallest that holds the messages: Netty's default, made larger for the large ones
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(Integer.parseInt(arguments[1])))
        .handler(new Echo())
        .bind("127.0.0.1", 0)
        .sync()
        .channel();
    System.out.println(((InetSocketAddress) server.localAddress()).getPort());
    server.closeFuture().sync();
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      DatagramPacket packet = (DatagramPacket) message;
      var _ = ctx.write(new DatagramPacket(packet.content(), packet.sender()), ctx.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var _ = ctx.close();
    }
  }
}
