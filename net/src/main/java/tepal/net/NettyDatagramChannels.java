// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tepal.Context;
import tepal.Future;

/// Makes, binds and connects channels for datagrams.
final class NettyDatagramChannels {
  private static final StandardProtocolFamily UNIX = StandardProtocolFamily.UNIX;

  private NettyDatagramChannels() {}

  /// Opens a channel. Suspends the current task until it is bound, connected and in its
  /// groups; if cancelled meanwhile, closes it.
  ///
  /// @param options with addresses that are resolved and of one family
  static NettyDatagrams open(NettySelector selector, DatagramOptions options) {
    StandardProtocolFamily family = familyOf(options);
    Future<@Nullable Void> opened = selector.loop.createFuture();
    Channel channel = create(selector, family, options);
    NettyDatagrams transport = new NettyDatagrams(selector, channel, Context.copyContext());
    channel.pipeline().addLast(transport);
    setRemote(transport, options);
    Queue<Supplier<ChannelFuture>> steps;
    try {
      steps = steps(selector, channel, family, options);
    } catch (IllegalArgumentException e) {
      channel.unsafe().closeForcibly();
      throw e;
    }
    selector.onIoThread(() -> {
      if (opened.done()) { // cancelled already
        channel.unsafe().closeForcibly();
        return;
      }
      NettyChannels.register(selector, channel);
      perform(selector, opened, channel, steps);
    });
    boolean complete = false;
    try {
      opened.await();
      complete = true;
      return transport;
    } finally {
      if (!complete) {
        transport.abort();
      }
    }
  }

  /// Returns the family of the addresses, or else the one that is asked for, or else IPv4.
  static StandardProtocolFamily familyOf(DatagramOptions options) {
    StandardProtocolFamily local = familyOf(options.localAddress());
    StandardProtocolFamily remote = familyOf(options.remoteAddress());
    StandardProtocolFamily asked = options.family();
    StandardProtocolFamily first =
        asked != null ? asked : local != null ? local : remote != null ? remote : null;
    if ((local != null && local != first && !(isWildcard(options) && first != UNIX))
        || (remote != null && remote != first)) {
      throw new IllegalArgumentException("Expected addresses of one family, got %s and %s for %s"
          .formatted(options.localAddress(), options.remoteAddress(), first));
    }
    return first == null ? StandardProtocolFamily.INET : first;
  }

  private static boolean isWildcard(DatagramOptions options) {
    return options.localAddress() instanceof InetSocketAddress address
        && address.getAddress().isAnyLocalAddress();
  }

  static @Nullable StandardProtocolFamily familyOf(@Nullable SocketAddress address) {
    if (address == null) {
      return null;
    }
    if (address instanceof UnixDomainSocketAddress) {
      return UNIX;
    }
    if (address instanceof InetSocketAddress inet) {
      return inet.getAddress() instanceof Inet6Address
          ? StandardProtocolFamily.INET6
          : StandardProtocolFamily.INET;
    }
    throw new IllegalArgumentException(
        "Expected an address of the Internet or of a Unix socket, got " + address);
  }

  private static Channel create(
      NettySelector selector, StandardProtocolFamily family, DatagramOptions options) {
    try {
      Channel channel;
      if (family == UNIX) {
        channel = selector.backend.unixDatagram();
        channel.config().setRecvByteBufAllocator(selector.received);
      } else {
        DatagramChannel udp = selector.backend.datagram(
            family == StandardProtocolFamily.INET6
                ? SocketProtocolFamily.INET6
                : SocketProtocolFamily.INET);
        selector.backend.configureDatagram(udp, selector);
        channel = udp;
      }
      try {
        configure(selector.backend, channel, family, options);
      } catch (RuntimeException e) {
        channel.unsafe().closeForcibly();
        throw e;
      }
      return channel;
    } catch (ChannelException e) {
      throw e.getCause() == null ? e : NettyFailures.unchecked(e.getCause());
    }
  }

  @SuppressWarnings("deprecation") // a Unix socket without a name may send at once
  private static void configure(
      NettyBackend backend,
      Channel channel,
      StandardProtocolFamily family,
      DatagramOptions options) {
    channel.config().setAutoRead(false);
    channel.config().setWriteBufferWaterMark(NettyChannels.WATER_MARKS);
    if (options.receiveBufferSize() > 0) {
      set(channel, ChannelOption.SO_RCVBUF, options.receiveBufferSize());
    }
    if (options.sendBufferSize() > 0) {
      set(channel, ChannelOption.SO_SNDBUF, options.sendBufferSize());
    }
    if (!(channel instanceof DatagramChannel udp)) {
      set(channel, ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION, true);
      return;
    }
    if (options.allowBroadcast()) {
      set(channel, ChannelOption.SO_BROADCAST, true);
    }
    if (options.reusePort()) {
      NettyChannels.requireReusePort(channel);
    }
    if (options.multicastInterface() != null) {
      set(channel, ChannelOption.IP_MULTICAST_IF, options.multicastInterface());
    }
    boolean ipv6 = family == StandardProtocolFamily.INET6;
    if (options.multicastTtl() >= 0) {
      require(
          NettyMulticast.setTtl(backend, udp, ipv6, options.multicastTtl()), "multicast TTL", udp);
    }
    if (!options.multicastLoopback()) {
      require(NettyMulticast.disableLoopback(backend, udp, ipv6), "multicast loopback option", udp);
    }
  }

  private static <T> void set(Channel channel, ChannelOption<T> option, T value) {
    require(channel.config().setOption(option, value), option.name(), channel);
  }

  private static void require(boolean isSet, String option, Channel channel) {
    if (!isSet) {
      throw new UnsupportedOperationException(
          "Expected a transport with %s, found %s".formatted(option, channel));
    }
  }

  private static void setRemote(NettyDatagrams transport, DatagramOptions options) {
    SocketAddress remote = options.remoteAddress();
    if (remote != null) {
      transport.setRemote(remote, isConnected(options));
    }
  }

  /// Whether the socket is connected to the remote address: to send to a broadcast address
  /// it must not be, or it would receive nothing.
  private static boolean isConnected(DatagramOptions options) {
    return !options.allowBroadcast() || options.remoteAddress() instanceof UnixDomainSocketAddress;
  }

  // ---- Steps, on the I/O thread

  private static Queue<Supplier<ChannelFuture>> steps(
      NettySelector selector,
      Channel channel,
      StandardProtocolFamily family,
      DatagramOptions options) {
    Queue<Supplier<ChannelFuture>> steps = new ArrayDeque<>();
    SocketAddress local = options.localAddress();
    SocketAddress remote = isConnected(options) ? options.remoteAddress() : null;
    if (local instanceof UnixDomainSocketAddress unix) {
      steps.add(() -> channel.bind(selector.backend.unixAddress(unix.getPath())));
    } else if (family != UNIX && (local != null || remote == null)) {
      SocketAddress bound = local != null && !isWildcard(options)
          ? local
          : new InetSocketAddress(anyOf(family), local == null ? 0 : portOf(local));
      steps.add(() -> channel.bind(bound));
    }
    if (remote instanceof UnixDomainSocketAddress unix) {
      steps.add(() -> connectUnix(channel, selector.backend.unixAddress(unix.getPath())));
    } else if (remote != null) {
      steps.add(() -> channel.connect(remote));
    }
    for (DatagramOptions.Membership each : options.groups()) {
      if (!(channel instanceof DatagramChannel udp)) {
        throw new IllegalArgumentException("Expected no group for Unix datagrams, got " + each);
      }
      steps.add(() -> udp.joinGroup(each.group(), each.on(), null));
    }
    return steps;
  }

  private static InetAddress anyOf(StandardProtocolFamily family) {
    return InetAddress.ofLiteral(family == StandardProtocolFamily.INET6 ? "::" : "0.0.0.0");
  }

  private static int portOf(SocketAddress address) {
    return ((InetSocketAddress) address).getPort();
  }

  /// Connects the socket without Netty's knowing: to one that it knows to be connected it
  /// gives no empty datagrams.
  private static ChannelFuture connectUnix(Channel channel, SocketAddress remote) {
    try {
      var _ = ((Socket) ((UnixChannel) channel).fd()).connect(remote);
      return channel.newSucceededFuture();
    } catch (IOException e) {
      return channel.newFailedFuture(e);
    }
  }

  /// Does one step after the other; if one fails, closes the channel.
  private static void perform(
      NettySelector selector,
      Future<@Nullable Void> opened,
      Channel channel,
      Queue<Supplier<ChannelFuture>> steps) {
    Supplier<ChannelFuture> step = steps.poll();
    if (step == null) {
      complete(selector, opened, channel.newSucceededFuture());
      return;
    }
    var _ = attempt(channel, step).addListener(done -> {
      if (done.isSuccess()) {
        perform(selector, opened, channel, steps);
      } else {
        complete(selector, opened, (ChannelFuture) done);
        var _ = channel.close();
      }
    });
  }

  /// Returns what `step` returns, and a failed future if it throws.
  static ChannelFuture attempt(Channel channel, Supplier<ChannelFuture> step) {
    try {
      return step.get();
    } catch (RuntimeException e) {
      return channel.newFailedFuture(e);
    }
  }

  /// Completes a future of the loop's with what becomes of one of Netty's.
  static void complete(
      NettySelector selector, Future<@Nullable Void> future, ChannelFuture outcome) {
    var _ = outcome.addListener(done -> {
      if (future.done()) {
        return;
      }
      selector.delivered();
      if (done.isSuccess()) {
        future.setResult(null);
      } else {
        future.setException(NettyFailures.unchecked(Objects.requireNonNull(done.cause())));
      }
    });
  }
}
