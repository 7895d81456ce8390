// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.Outcome;

/// The resolver that asks name servers.
final class DnsResolver implements Resolver {
  // what names of hosts are made of; anything else is a joke of whoever owns the address
  private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_.-]+");

  private final NameSources sources;
  final DnsCache cache = new DnsCache();
  final SharedCalls<DnsCache.Question, DnsResult> lookups = new SharedCalls<>();

  // the loop's, set by the first use
  private @Nullable NettySelector selector;

  // whom the answers in the cache are from
  private DnsConfig answering = DnsConfig.NONE;

  DnsResolver(NameSources sources) {
    this.sources = sources;
  }

  @Override
  public boolean asksByFamily() {
    return true;
  }

  @Override
  public List<InetAddress> resolve(String host, @Nullable StandardProtocolFamily family)
      throws UnknownHostException {
    bind();
    List<InetAddress> here = ofThisMachine(host);
    if (here != null) {
      return Names.ofFamily(here, family);
    }
    DnsConfig config = sources.configFor(host);
    if (config == null) {
      return SystemResolver.INSTANCE.resolve(host, family);
    }
    return family == null ? both(host, config) : addresses(host, family, config);
  }

  /// Returns the addresses of a name that no name server is asked for; null if one is.
  private @Nullable List<InetAddress> ofThisMachine(String host) throws UnknownHostException {
    List<InetAddress> known = sources.hosts().addresses(host);
    if (known != null) {
      return known;
    }
    String name = DnsConfig.withoutDot(host).toLowerCase(Locale.ROOT);
    // RFC 6761, sections 6.3 and 6.4
    if (name.equals("invalid") || name.endsWith(".invalid")) {
      throw new UnknownHostException(host + ": no such name");
    }
    return name.equals("localhost") || name.endsWith(".localhost") ? Names.LOOPBACK : null;
  }

  /// Asks for both families at once. What one of them fails with counts only if the other has no
  /// address.
  private List<InetAddress> both(String host, DnsConfig config) {
    List<InetAddress> found = new ArrayList<>();
    Throwable failure = null;
    for (Outcome<List<InetAddress>> each : Asyncio.<List<InetAddress>>gatherReturnExceptions(
            () -> addresses(host, StandardProtocolFamily.INET, config),
            () -> addresses(host, StandardProtocolFamily.INET6, config))
        .await()) {
      switch (each) {
        case Outcome.Value<List<InetAddress>> value -> found.addAll(value.value());
        case Outcome.Failure<List<InetAddress>> failed ->
          failure = failure == null ? failed.exception() : failure;
      }
    }
    if (found.isEmpty()) {
      throw Names.unresolved(host, failure);
    }
    return found;
  }

  private List<InetAddress> addresses(String host, StandardProtocolFamily family, DnsConfig config)
      throws UnknownHostException {
    int type = family == StandardProtocolFamily.INET6 ? DnsMessage.AAAA : DnsMessage.A;
    return lookUp(host, type, config).records().stream()
        .map(each -> Objects.requireNonNull(each.address()))
        .toList();
  }

  @Override
  public String reverse(InetAddress address) throws UnknownHostException {
    bind();
    String known = sources.hosts().name(address);
    if (known != null) {
      return known;
    }
    String reversed = DnsMessage.reverseName(address) + ".";
    DnsConfig config = sources.configFor(reversed);
    if (config == null) {
      return SystemResolver.INSTANCE.reverse(address);
    }
    String name = lookUp(reversed, DnsMessage.PTR, config).records().getFirst().target();
    if (name == null || !HOST_NAME.matcher(name).matches()) {
      throw new UnknownHostException(
          "%s: expected the name of a host, found %s".formatted(address.getHostAddress(), name));
    }
    return name;
  }

  /// Returns the records of a name, from the cache or from a name server.
  private DnsResult lookUp(String host, int type, DnsConfig config) throws UnknownHostException {
    if (!config.equals(answering)) { // another network, maybe
      cache.clear();
      answering = config;
    }
    EventLoop loop = Asyncio.getRunningLoop();
    var question = new DnsCache.Question(host.toLowerCase(Locale.ROOT), type);
    DnsResult known = cache.get(question, loop.time());
    if (known == null) {
      known = lookups.call(question, () -> {
        DnsResult found = ask(host, type, config);
        cache.put(question, found, loop.time());
        return found;
      });
    }
    return known.orThrow(host);
  }

  private DnsResult ask(String host, int type, DnsConfig config) {
    NettySelector through = Objects.requireNonNull(selector);
    DnsLookup lookup = new DnsLookup(
        (server, question, overTcp) -> NettyDns.ask(through, server, question, overTcp), config);
    try {
      return lookup.search(host, type);
    } catch (UnknownHostException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void bind() {
    NettySelector running = Net.of(Asyncio.getRunningLoop()).selector();
    if (selector == null) {
      selector = running;
    } else if (selector != running) {
      throw new IllegalStateException(
          "Expected a resolver for each loop, but this one is that of " + selector.loop);
    }
  }

  @Override
  public String toString() {
    return "Resolver[dns, %d answers in the cache]".formatted(cache.size());
  }
}
