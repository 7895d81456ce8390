// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.StandardSocketOptions;

/// The options of sockets that send to groups.
final class NettyMulticast {
  /*
   * Not by Netty's own options: those of 4.2.18 set IP_TTL in place of IP_MULTICAST_TTL on native
   * transports, and with NIO turn loopback on where it should be turned off.
   */
  private static final int IPPROTO_IP = 0;
  private static final int IPPROTO_IPV6 = 41;

  private NettyMulticast() {}

  /// Sets how many networks a datagram may cross.
  static boolean setTtl(NettyBackend backend, DatagramChannel channel, boolean ipv6, int ttl) {
    return switch (backend.transport()) {
      case NIO ->
        channel
            .config()
            .setOption(NioChannelOption.of(StandardSocketOptions.IP_MULTICAST_TTL), ttl);
      case KQUEUE -> set(channel, ipv6, 10, 10, ttl);
      case EPOLL, IO_URING -> set(channel, ipv6, 33, 18, ttl);
    };
  }

  /// Keeps this machine from receiving what is sent.
  static boolean disableLoopback(NettyBackend backend, DatagramChannel channel, boolean ipv6) {
    return switch (backend.transport()) {
      case NIO ->
        channel
            .config()
            .setOption(NioChannelOption.of(StandardSocketOptions.IP_MULTICAST_LOOP), false);
      case KQUEUE -> set(channel, ipv6, 11, 11, 0);
      case EPOLL, IO_URING -> set(channel, ipv6, 34, 19, 0);
    };
  }

  private static boolean set(
      DatagramChannel channel, boolean ipv6, int ipv4Option, int ipv6Option, int value) {
    ChannelOption<Integer> option = ipv6
        ? new IntegerUnixChannelOption("multicast", IPPROTO_IPV6, ipv6Option)
        : new IntegerUnixChannelOption("multicast", IPPROTO_IP, ipv4Option);
    return channel.config().setOption(option, value);
  }
}
