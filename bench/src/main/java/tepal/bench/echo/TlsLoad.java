// SPDX-License-Identifier: Apache-2.0
package tepal.bench.echo;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// The load generator for servers with TLS: like [Load], of Netty.
public final class TlsLoad {
  private final ByteBuf message;

  // confined to the event loop, as is what follows
  private long[] latenciesNanos = new long[1 << 20];
  private int count;

  private TlsLoad(int size) {
    message = Unpooled.unreleasableBuffer(Unpooled.directBuffer(size).writeZero(size));
  }

  /// Prints one line; see [Load#main].
  ///
  /// @param arguments as [Load#main] has them
  /// @throws Exception if the server fails
  public static void main(String... arguments) throws Exception {
    int[] numbers = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
    TlsLoad load = new TlsLoad(numbers[3]);
    var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    load.connect(group, numbers[0], numbers[2]);
    TimeUnit.SECONDS.sleep(numbers[4]);
    int before = group.submit(() -> load.count).get();
    double[] cpuBefore = Load.cpuSeconds(numbers[1]);
    long start = System.nanoTime();
    TimeUnit.SECONDS.sleep(numbers[5]);
    int after = group.submit(() -> load.count).get();
    double seconds = (System.nanoTime() - start) / 1e9;
    double[] cpuAfter = Load.cpuSeconds(numbers[1]);
    long[] latencies = group
        .submit(() -> Arrays.copyOfRange(load.latenciesNanos, before, after))
        .get();
    Load.print(latencies, latencies.length, seconds, cpuBefore, cpuAfter);
    System.exit(0);
  }

  private void connect(MultiThreadIoEventLoopGroup group, int port, int connections)
      throws IOException, InterruptedException {
    SslContext tls = SslContextBuilder.forClient()
        .sslProvider(SslProvider.JDK)
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .endpointIdentificationAlgorithm("")
        .build();
    Bootstrap bootstrap = new Bootstrap()
        .group(group)
        .channel(EpollSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(tls.newHandler(channel.alloc()), new Peer());
          }
        });
    for (int i = 0; i < connections; i++) {
      var _ = bootstrap.connect("127.0.0.1", port).sync();
    }
  }

  private final class Peer extends ChannelInboundHandlerAdapter {
    private int missing;
    private long sentNanos;

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == SslHandshakeCompletionEvent.SUCCESS) {
        send(ctx);
      }
    }

    private void send(ChannelHandlerContext ctx) {
      missing = message.readableBytes();
      sentNanos = System.nanoTime();
      var _ = ctx.writeAndFlush(message.duplicate(), ctx.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object received) {
      ByteBuf bytes = (ByteBuf) received;
      missing -= bytes.readableBytes();
      boolean _ = bytes.release();
      if (missing == 0) {
        if (count == latenciesNanos.length) {
          latenciesNanos = Arrays.copyOf(latenciesNanos, 2 * count);
        }
        latenciesNanos[count++] = System.nanoTime() - sentNanos;
        send(ctx);
      }
    }
  }
}
