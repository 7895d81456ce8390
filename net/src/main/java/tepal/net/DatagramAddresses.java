// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// The addresses that an endpoint for datagrams is tried with.
final class DatagramAddresses {
  private DatagramAddresses() {}

  /// Returns options in which names are resolved: one for each pair of a local and a remote
  /// address of the same family. Suspends the current task while `resolver` does.
  ///
  /// @param resolver gives the addresses of a name, with a port
  static List<DatagramOptions> resolve(
      DatagramOptions options, BiFunction<String, Integer, List<InetSocketAddress>> resolver) {
    if (!isName(options.localAddress()) && !isName(options.remoteAddress())) {
      return List.of(options);
    }
    List<DatagramOptions> pairs = new ArrayList<>();
    for (SocketAddress local : all(options.localAddress(), resolver)) {
      for (SocketAddress remote : all(options.remoteAddress(), resolver)) {
        addPair(pairs, options, local, remote);
      }
    }
    if (pairs.isEmpty()) {
      throw new UncheckedIOException(
          new UnknownHostException("Expected addresses of one family for %s and %s, found none"
              .formatted(options.localAddress(), options.remoteAddress())));
    }
    return pairs;
  }

  private static void addPair(
      List<DatagramOptions> pairs,
      DatagramOptions options,
      @Nullable SocketAddress local,
      @Nullable SocketAddress remote) {
    StandardProtocolFamily of = NettyDatagramChannels.familyOf(local);
    StandardProtocolFamily to = NettyDatagramChannels.familyOf(remote);
    StandardProtocolFamily wanted = options.family();
    if ((of == null || to == null || of == to)
        && (wanted == null || ((of == null || of == wanted) && (to == null || to == wanted)))) {
      DatagramOptions pair = local == null ? options : options.withLocalAddress(local);
      pairs.add(remote == null ? pair : pair.withRemoteAddress(remote));
    }
  }

  private static boolean isName(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.isUnresolved();
  }

  private static List<? extends @Nullable SocketAddress> all(
      @Nullable SocketAddress address,
      BiFunction<String, Integer, List<InetSocketAddress>> resolver) {
    return address instanceof InetSocketAddress inet && inet.isUnresolved()
        ? resolver.apply(inet.getHostString(), inet.getPort())
        : Collections.singletonList(address);
  }
}
