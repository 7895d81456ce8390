// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whom to ask, and for what: the contents of `resolv.conf(5)`.
///
/// @param servers the name servers, in the order in which they are asked; none if none is
/// configured
/// @param search the domains that a short name may be in
/// @param ndots how many dots a name needs to be tried as it is first
/// @param timeout how long to wait for a server's answer
/// @param attempts how often each server is asked
record DnsConfig(
    List<InetSocketAddress> servers,
    List<String> search,
    int ndots,
    Duration timeout,
    int attempts) {
  private static final int PORT = 53;

  // the limits of glibc's resolv.h: MAXNS, RES_MAXNDOTS, RES_MAXRETRANS, RES_MAXRETRY
  private static final int MAX_SERVERS = 3;
  private static final int MAX_NDOTS = 15;
  private static final int MAX_TIMEOUT = 30;
  private static final int MAX_ATTEMPTS = 5;

  // glibc has no limit any more; each is a question more for a name that does not exist
  private static final int MAX_SEARCH = 16;

  static final DnsConfig NONE = new DnsConfig(List.of(), List.of(), 1, Duration.ofSeconds(5), 2);

  static DnsConfig of(List<InetSocketAddress> servers) {
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("Expected at least one name server, got none");
    }
    return new DnsConfig(
        List.copyOf(servers), NONE.search, NONE.ndots, NONE.timeout, NONE.attempts);
  }

  /// Reads the text of a `resolv.conf`. Lines that make no sense are ignored, as libc does.
  static DnsConfig parse(String text) {
    List<InetSocketAddress> servers = new ArrayList<>();
    List<String> search = List.of();
    int ndots = NONE.ndots;
    int timeout = (int) NONE.timeout.toSeconds();
    int attempts = NONE.attempts;
    for (String line : text.lines().toList()) {
      List<String> words = words(line);
      if (words.size() < 2) {
        continue;
      }
      switch (words.getFirst()) {
        case "nameserver" -> {
          InetAddress address = Names.literal(words.get(1));
          if (address != null && servers.size() < MAX_SERVERS) {
            servers.add(new InetSocketAddress(address, PORT));
          }
        }
        case "search", "domain" ->
          search = words.stream()
              .skip(1)
              .map(DnsConfig::withoutDot)
              .filter(domain -> !domain.isEmpty())
              .limit(MAX_SEARCH)
              .toList();
        case "options" -> {
          ndots = Math.min(number(words, "ndots:", ndots), MAX_NDOTS);
          timeout = Math.clamp(number(words, "timeout:", timeout), 1, MAX_TIMEOUT);
          attempts = Math.clamp(number(words, "attempts:", attempts), 1, MAX_ATTEMPTS);
        }
        default -> {}
      }
    }
    return new DnsConfig(
        List.copyOf(servers), search, ndots, Duration.ofSeconds(timeout), attempts);
  }

  /// Returns the words of a line of a configuration file, without its comment.
  static List<String> words(String line) {
    String[] code = line.split("[#;]", 2);
    String stripped = code[0].strip();
    return stripped.isEmpty() ? List.of() : List.of(stripped.split("\\s+"));
  }

  private static int number(List<String> options, String name, int otherwise) {
    for (String option : options) {
      if (option.matches(name + "\\d{1,5}")) {
        return Integer.parseInt(option.substring(name.length()));
      }
    }
    return otherwise;
  }

  static String withoutDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /// Returns the full names that a name may stand for, in the order in which they are tried.
  List<String> candidates(String host) {
    if (host.endsWith(".")) {
      return List.of(withoutDot(host));
    }
    List<String> names = new ArrayList<>();
    search.forEach(domain -> names.add(host + "." + domain));
    boolean asItIsFirst = host.chars().filter(each -> each == '.').count() >= ndots;
    names.add(asItIsFirst ? 0 : names.size(), host);
    return names;
  }

  /// Returns the sources of host names that an `nsswitch.conf` names; null if it names none.
  static @Nullable List<String> hostSources(String nsswitch) {
    for (String line : nsswitch.lines().toList()) {
      List<String> words = words(line.replaceAll("\\[[^]]*]", " ").replace(":", ": "));
      if (!words.isEmpty() && words.getFirst().equals("hosts:")) {
        return words.subList(1, words.size());
      }
    }
    return null;
  }
}
