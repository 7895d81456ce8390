// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tepal.ExceptionGroup;
import tepal.TimeoutException;

/// Opens the connections of a loop. Confined to the loop.
final class Connecting {
  private final NettySelector selector;
  private final Names names;

  Connecting(NettySelector selector, Names names) {
    this.selector = selector;
    this.names = names;
  }

  /// Connects to a Unix socket. Suspends the current task.
  NettyConnection connect(Path path) {
    return NettyChannels.connect(selector, UnixDomainSocketAddress.of(path), null);
  }

  /// Connects to a host. Suspends the current task.
  NettyConnection connect(String host, int port, ConnectOptions options) {
    StaggeredRace.Attempt<InetSocketAddress, NettyConnection> attempt =
        attempt(localAddresses(options));
    Duration delay = options.happyEyeballsDelay();
    return delay == null || Names.literal(host) != null
        ? oneByOne(host, port, options, attempt)
        : race(new HappyEyeballs(names, host, port, options), delay, options, attempt);
  }

  private NettyConnection race(
      HappyEyeballs addresses,
      Duration delay,
      ConnectOptions options,
      StaggeredRace.Attempt<InetSocketAddress, NettyConnection> attempt) {
    var race = new StaggeredRace<>(addresses, delay, attempt, NettyConnection::abort);
    NettyConnection winner = race.run();
    if (winner != null) {
      return winner;
    }
    RuntimeException unresolved = addresses.unresolved();
    throw unresolved == null ? failure(race.failures(), options.allErrors()) : unresolved;
  }

  private NettyConnection oneByOne(
      String host,
      int port,
      ConnectOptions options,
      StaggeredRace.Attempt<InetSocketAddress, NettyConnection> attempt) {
    List<Exception> failures = new ArrayList<>();
    for (InetAddress each : names.resolve(host, options.family())) {
      try {
        return attempt.with(new InetSocketAddress(each, port));
      } catch (Exception e) {
        failures.add(e);
      }
    }
    throw failure(failures, options.allErrors());
  }

  // ---- Local addresses

  private List<? extends SocketAddress> localAddresses(ConnectOptions options) {
    return switch (options.localAddress()) {
      case null -> List.of();
      case InetSocketAddress name
      when name.isUnresolved() ->
        names.resolve(name.getHostString(), options.family()).stream()
            .map(each -> new InetSocketAddress(each, name.getPort()))
            .toList();
      case SocketAddress address -> List.of(address);
    };
  }

  private StaggeredRace.Attempt<InetSocketAddress, NettyConnection> attempt(
      List<? extends SocketAddress> locals) {
    return remote ->
        NettyChannels.connect(selector, remote, locals.isEmpty() ? null : local(locals, remote));
  }

  /// Returns the local address from which a remote one can be reached.
  static SocketAddress local(List<? extends SocketAddress> locals, InetSocketAddress remote) {
    return locals.stream().filter(local -> matches(local, remote)).findFirst().orElseThrow(() -> {
      String message = "Expected a local address of the family of %s, got %s"
          .formatted(remote, locals.getFirst());
      return new UncheckedIOException(message, new BindException(message));
    });
  }

  private static boolean matches(SocketAddress local, InetSocketAddress remote) {
    return !(local instanceof InetSocketAddress internet)
        || internet.getAddress().isAnyLocalAddress()
        || Names.familyOf(internet.getAddress()) == Names.familyOf(remote.getAddress());
  }

  // ---- Failures

  /// Returns what to throw when no attempt succeeded: as asyncio, the failure itself if there is
  /// one
  /// or all say the same.
  static RuntimeException failure(List<? extends Exception> failures, boolean all) {
    if (failures.isEmpty()) {
      return new TimeoutException("Connecting has failed, and no attempt said why");
    }
    if (all) {
      return new ExceptionGroup("Connecting has failed", failures);
    }
    List<String> messages = failures.stream()
        .map(each -> String.valueOf(each.getMessage()))
        .distinct()
        .toList();
    Exception first = failures.getFirst();
    if (messages.size() == 1 && first instanceof RuntimeException alone) {
      return alone;
    }
    String message =
        messages.stream().collect(Collectors.joining(", ", "Multiple exceptions: ", ""));
    boolean refused =
        failures.stream().allMatch(each -> each.getCause() instanceof ConnectException);
    var failure = new UncheckedIOException(
        message, refused ? new ConnectException(message) : new IOException(message));
    failures.forEach(failure::addSuppressed);
    return failure;
  }
}
