// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;

/// The addresses of a host in the order in which to try them, as they come. Confined to the loop,
/// for one connection.
final class HappyEyeballs implements StaggeredRace.Candidates<InetSocketAddress> {
  /*
   * RFC 8305. Section 3: if the two families are two questions, both are asked at once. Attempts
   * begin when the addresses of IPv6 are there, or those of IPv4 and then 50 ms for the others.
   * Section 4: the families take turns, beginning with IPv6, or with that of the first address
   * if the resolver answers for both; `interleave` of the first family go first.
   *
   * Not done: sorting by RFC 6724, for which the resolver, or the server's order, has to do.
   */

  /** How long the addresses of IPv4 wait for those of IPv6, section 8. */
  static final Duration RESOLUTION_DELAY = Duration.ofMillis(50);

  private final Names names;
  private final String host;
  private final int port;
  private final ConnectOptions options;

  private final Map<StandardProtocolFamily, Deque<InetSocketAddress>> waiting =
      new EnumMap<>(StandardProtocolFamily.class);

  // why a question has no answer
  private final List<RuntimeException> failures = new ArrayList<>();

  // how many questions are under way
  private int asking;

  // whether attempts may begin
  private boolean open;

  // the family that goes first; null before one is known
  private @Nullable StandardProtocolFamily preferred;

  // the one whose turn it is, after the addresses that go first; null before these are through
  private @Nullable StandardProtocolFamily turn;

  // how many of the first family were taken
  private int taken;

  private int found;

  HappyEyeballs(Names names, String host, int port, ConnectOptions options) {
    this.names = names;
    this.host = host;
    this.port = port;
    this.options = options;
  }

  // ---- Finding them

  @Override
  public void begin(StaggeredRace<InetSocketAddress, ?> race) {
    StandardProtocolFamily family = options.family();
    if (family == null && names.asksByFamily(host)) {
      preferred = StandardProtocolFamily.INET6;
      ask(race, StandardProtocolFamily.INET6);
      ask(race, StandardProtocolFamily.INET);
    } else {
      ask(race, family);
    }
  }

  private void ask(
      StaggeredRace<InetSocketAddress, ?> race, @Nullable StandardProtocolFamily family) {
    asking++;
    race.createTask(
        () -> {
          try {
            find(family);
            if (asking > 0 && found > 0 && !waiting.containsKey(preferred)) {
              Asyncio.sleep(RESOLUTION_DELAY);
            }
          } finally {
            open = found > 0;
            race.changed();
          }
        },
        "resolve " + host);
  }

  private void find(@Nullable StandardProtocolFamily family) {
    try {
      found(names.resolve(host, family));
    } catch (RuntimeException e) { // a resolver may be the user's
      failures.add(e);
    } finally {
      asking--;
    }
  }

  private void found(List<InetAddress> addresses) {
    for (InetAddress each : addresses) {
      StandardProtocolFamily family = Names.familyOf(each);
      preferred = preferred == null ? family : preferred;
      waiting
          .computeIfAbsent(family, _ -> new ArrayDeque<>())
          .add(new InetSocketAddress(each, port));
      found++;
    }
  }

  // ---- Trying them

  @Override
  public @Nullable InetSocketAddress next() {
    if (!open || preferred == null) {
      return null;
    }
    StandardProtocolFamily family = turn == null ? preferred : turn;
    InetSocketAddress address = poll(family);
    if (address == null) {
      family = other(family);
      address = poll(family);
    }
    if (address != null) {
      taken += family == preferred ? 1 : 0;
      turn = family == preferred && taken < options.interleave() ? preferred : other(family);
    }
    return address;
  }

  private @Nullable InetSocketAddress poll(StandardProtocolFamily family) {
    Deque<InetSocketAddress> queue = waiting.get(family);
    return queue == null ? null : queue.poll();
  }

  private static StandardProtocolFamily other(StandardProtocolFamily family) {
    return family == StandardProtocolFamily.INET6
        ? StandardProtocolFamily.INET
        : StandardProtocolFamily.INET6;
  }

  @Override
  public boolean exhausted() {
    return asking == 0 && waiting.values().stream().allMatch(Deque::isEmpty);
  }

  /// Returns why there was nothing to try; null if there was something.
  @Nullable RuntimeException unresolved() {
    return found > 0 || failures.isEmpty() ? null : failures.getLast();
  }
}
