// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Addresses as the JDK has them.
final class NettyAddresses {
  private NettyAddresses() {}

  static @Nullable SocketAddress toJdk(@Nullable SocketAddress address) {
    return address instanceof DomainSocketAddress unix
        ? UnixDomainSocketAddress.of(unix.path())
        : address;
  }

  /// Returns the address of who sent a datagram; the native transports have subclasses of
  /// their own.
  static SocketAddress ofSender(@Nullable SocketAddress sender) {
    SocketAddress own = Objects.requireNonNull(toJdk(sender), "sender");
    return own instanceof InetSocketAddress address && own.getClass() != InetSocketAddress.class
        ? new InetSocketAddress(address.getAddress(), address.getPort())
        : own;
  }

  /// Returns the address that a datagram channel takes.
  static SocketAddress recipient(NettyBackend backend, Channel channel, SocketAddress address) {
    if (channel instanceof DatagramChannel
        && address instanceof InetSocketAddress inet
        && !inet.isUnresolved()) {
      return inet;
    }
    if (!(channel instanceof DatagramChannel) && address instanceof UnixDomainSocketAddress unix) {
      return backend.unixAddress(unix.getPath());
    }
    throw new IllegalArgumentException("Expected %s, got %s"
        .formatted(
            channel instanceof DatagramChannel
                ? "a resolved address of the Internet"
                : "the address of a Unix socket",
            address));
  }
}
