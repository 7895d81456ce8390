// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.unix.UnixChannelOption;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tepal.Context;
import tepal.Future;
import tepal.streams.WriteBufferLimits;

/// Makes, connects, binds and accepts channels.
final class NettyChannels {
  static final WriteBufferWaterMark WATER_MARKS = waterMarks(WriteBufferLimits.DEFAULT);

  private NettyChannels() {}

  /// Returns limits as Netty takes them, which tells when a buffer is below its low mark.
  static WriteBufferWaterMark waterMarks(WriteBufferLimits limits) {
    int low = limits.low() + 1;
    return new WriteBufferWaterMark(low, Math.max(low, limits.high()));
  }

  // ---- Connecting

  /// Connects to an address. Suspends the current task until the connection is there; if cancelled
  /// meanwhile, closes it.
  static NettyConnection connect(
      NettySelector selector, SocketAddress remote, @Nullable SocketAddress local) {
    Future<@Nullable Void> connected = selector.loop.createFuture();
    Channel channel = make(isUnix(remote) ? selector.backend::unix : selector.backend::tcp);
    NettyConnection connection = prepare(selector, channel, Context.copyContext(), null);
    selector.onIoThread(() -> {
      if (connected.done()) { // cancelled already
        channel.unsafe().closeForcibly();
        return;
      }
      register(selector, channel);
      if (local != null) {
        ChannelFuture binding = channel.bind(local);
        if (binding.cause() != null) {
          fail(selector, connected, binding.cause());
          var _ = channel.close();
          return;
        }
      }
      var _ = channel.connect(toNetty(selector, remote)).addListener(done -> {
        if (done.isSuccess() && !connected.done()) {
          selector.delivered();
          connected.setResult(null);
        } else if (!done.isSuccess()) {
          fail(selector, connected, NettyFailures.connecting(done.cause(), remote));
          var _ = channel.close();
        }
      });
    });
    boolean established = false;
    try {
      connected.await();
      established = true;
      return connection;
    } finally {
      if (!established) {
        connection.abort();
      }
    }
  }

  /// Makes a channel, for which the process may have no descriptor.
  static <C extends Channel> C make(Supplier<C> maker) {
    try {
      return maker.get();
    } catch (ChannelException e) {
      throw NettyFailures.unchecked(e.getCause() == null ? e : e.getCause());
    }
  }

  private static void fail(
      NettySelector selector, Future<@Nullable Void> future, @Nullable Throwable cause) {
    if (!future.done()) {
      selector.delivered();
      future.setException(NettyFailures.unchecked(cause));
    }
  }

  // ---- Listening

  /// Binds a listening channel and adds it to `server`. Suspends the current task until that is
  /// done.
  static void listen(
      NettySelector selector, NettyServer server, SocketAddress local, ServerOptions options) {
    Future<@Nullable Void> bound = selector.loop.createFuture();
    ServerChannel channel =
        make(isUnix(local) ? selector.backend::unixServer : selector.backend::tcpServer);
    boolean complete = false;
    try {
      configure(channel, local, options);
      channel.pipeline().addLast(server.acceptor());
      complete = true;
    } finally {
      if (!complete) {
        channel.unsafe().closeForcibly();
      }
    }
    selector.onIoThread(() -> {
      register(selector, channel);
      var _ = channel.bind(toNetty(selector, local)).addListener(done -> {
        if (done.isSuccess() && !server.isClosed()) {
          server.add(channel);
        } else {
          var _ = channel.close();
        }
        if (!done.isSuccess()) {
          fail(selector, bound, done.cause());
        } else if (!bound.done()) {
          selector.delivered();
          bound.setResult(null);
        }
      });
    });
    bound.await();
  }

  private static void configure(Channel channel, SocketAddress local, ServerOptions options) {
    channel.config().setAutoRead(false);
    var _ = channel.config().setOption(ChannelOption.SO_BACKLOG, options.backlog());
    if (!isUnix(local)) {
      var _ = channel.config().setOption(ChannelOption.SO_REUSEADDR, options.reuseAddress());
      if (options.reusePort()) {
        requireReusePort(channel);
      }
    }
  }

  /// Lets a channel share its port.
  static void requireReusePort(Channel channel) {
    if (!reusePort(channel)) {
      throw new UnsupportedOperationException(
          "Expected a transport that can share a port, but this one cannot");
    }
  }

  private static boolean reusePort(Channel channel) {
    return channel.config().setOption(UnixChannelOption.SO_REUSEPORT, true)
        || channel
            .config()
            .setOption(
                io.netty.channel.socket.nio.NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT),
                true);
  }

  /// Takes a channel that a listening one has accepted. Called on the I/O thread.
  static NettyConnection accept(
      NettySelector selector, Channel channel, Context context, NettyServer server) {
    NettyConnection connection = prepare(selector, channel, context, server);
    register(selector, channel);
    return connection;
  }

  // ---- All

  private static NettyConnection prepare(
      NettySelector selector, Channel channel, Context context, @Nullable NettyServer server) {
    var config = channel.config();
    config.setAutoRead(false);
    config.setWriteBufferWaterMark(WATER_MARKS);
    config.setConnectTimeoutMillis(0); // timeouts are the caller's
    var _ = config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    var _ = config.setOption(ChannelOption.TCP_NODELAY, true);
    NettyConnection connection = new NettyConnection(selector, channel, context, server);
    selector.backend.configure(channel, connection, selector);
    channel.pipeline().addLast(connection);
    return connection;
  }

  static void register(NettySelector selector, Channel channel) {
    selector.channelAdded();
    channel.unsafe().register(selector.netty(), channel.newPromise());
  }

  /// Closes a channel at once. Called on the I/O thread.
  static void close(Channel channel) {
    if (channel.isRegistered()) {
      var _ = channel.close();
    } else if (channel.isOpen()) {
      channel.unsafe().closeForcibly();
    }
  }

  private static boolean isUnix(SocketAddress address) {
    return address instanceof UnixDomainSocketAddress;
  }

  private static SocketAddress toNetty(NettySelector selector, SocketAddress address) {
    return address instanceof UnixDomainSocketAddress unix
        ? selector.backend.unixAddress(unix.getPath())
        : address;
  }
}
