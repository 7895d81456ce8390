// SPDX-License-Identifier: Apache-2.0
package tepal.bench.echo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;

/// An echo server of nothing but Netty, with one thread: what Tepal's is measured against.
public final class NettyServer {
  private NettyServer() {}

  /// Prints its port, and serves until the process is ended.
  ///
  /// @param arguments `epoll`, `io_uring` or `nio`; `tls` to encrypt, by the JDK's engine
  /// @throws Exception if interrupted, or the certificate cannot be read
  public static void main(String... arguments) throws Exception {
    SslContext tls = arguments.length < 2
        ? null
        : SslContextBuilder.forServer(Keys.manager())
            .sslProvider(SslProvider.JDK)
            .build();
    IoHandlerFactory handlers = switch (arguments[0]) {
      case "epoll" -> EpollIoHandler.newFactory();
      case "io_uring" -> IoUringIoHandler.newFactory();
      default -> NioIoHandler.newFactory();
    };
    Class<? extends ServerChannel> channel = switch (arguments[0]) {
      case "epoll" -> EpollServerSocketChannel.class;
      case "io_uring" -> IoUringServerSocketChannel.class;
      default -> NioServerSocketChannel.class;
    };
    Channel server = new ServerBootstrap()
        .group(new MultiThreadIoEventLoopGroup(1, handlers))
        .channel(channel)
        // as large as Tepal's receive buffer, where messages are large
        .childOption(
            ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(64, 2048, 256 * 1024))
        .childOption(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_BACKLOG, 1000)
        .childHandler(new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel accepted) {
            if (tls != null) {
              accepted.pipeline().addLast(tls.newHandler(accepted.alloc()));
            }
            accepted.pipeline().addLast(new Echo());
          }
        })
        .bind("127.0.0.1", 0)
        .sync()
        .channel();
    System.out.println(((InetSocketAddress) server.localAddress()).getPort());
    server.closeFuture().sync();
  }

  @ChannelHandler.Sharable
  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      var _ = ctx.write(message, ctx.voidPromise());
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
