// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/// Addresses as the JDK has them.
final class NettyAddresses {
  private NettyAddresses() {}

  static @Nullable SocketAddress toJdk(@Nullable SocketAddress address) {
    return address instanceof DomainSocketAddress unix
        ? UnixDomainSocketAddress.of(unix.path())
        : address;
  }
}
