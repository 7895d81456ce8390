// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.TimeoutException;

/// Asks name servers for the records of one name: which, how often, and where the answer leads.
final class DnsLookup {
  /*
   * As glibc's res_send and res_search: every server in turn, and all of them again; the answer of
   * a server is its own if it says that the name does not exist, while any other failure is a
   * reason to ask the next. Only a name that does not exist, or has no such record, lets a name
   * with the next search domain be tried.
   *
   * Each question goes out from a socket of its own, connected to the server: from a port that
   * nobody can guess, with a number that nobody can guess, and what another host sends does not
   * arrive. A server where nothing listens fails at once.
   */
  private static final SecureRandom RANDOM = new SecureRandom();

  /** How many addresses of an answer are used; the first. */
  static final int MAX_ADDRESSES = 64;

  // how many aliases of one answer are followed; then the name that they lead to is asked for
  private static final int MAX_ALIASES = 16;

  // how many names an answer may lead through that does not hold all of them
  private static final int MAX_HOPS = 8;

  /** How long the absence of a name is remembered at most. */
  private static final Duration MAX_NEGATIVE = Duration.ofSeconds(30);

  /** How long a record is remembered at most. */
  private static final Duration MAX_LIFE = Duration.ofDays(1);

  /// Sends a question to a server and returns what came back that is an answer. Suspends.
  interface Exchange {
    DnsAnswer ask(InetSocketAddress server, byte[] question, boolean overTcp);
  }

  private final Exchange exchange;
  private final DnsConfig config;

  DnsLookup(Exchange exchange, DnsConfig config) {
    this.exchange = exchange;
    this.config = config;
  }

  /// Returns the records of a host, in whatever domain it is. Suspends the current task.
  ///
  /// @throws UnknownHostException if no server answers
  DnsResult search(String host, int type) throws UnknownHostException {
    DnsResult asItIs = null;
    for (String name : config.candidates(host)) {
      DnsResult found = exact(name, type);
      if (!found.isEmpty()) {
        return found;
      }
      if (asItIs == null || name.equals(DnsConfig.withoutDot(host))) {
        asItIs = found;
      }
    }
    if (asItIs == null) {
      throw new IllegalStateException("Expected a name to look up, got none for " + host);
    }
    return asItIs;
  }

  /// Returns the records of a full name, following its aliases. Suspends the current task.
  ///
  /// @throws UnknownHostException if no server answers
  DnsResult exact(String name, int type) throws UnknownHostException {
    String asked = name;
    Duration life = MAX_LIFE;
    for (int hop = 0; hop < MAX_HOPS; hop++) {
      DnsAnswer answer = ask(asked, type);
      Chain chain = Chain.follow(DnsMessage.ascii(asked), answer, type, life);
      life = chain.life();
      if (!chain.records().isEmpty()) {
        return new DnsResult(chain.records(), life, "");
      }
      if (answer.responseCode() == DnsMessage.NX_DOMAIN || chain.target() == null) {
        return missing(answer, life);
      }
      asked = chain.target();
    }
    return new DnsResult(List.of(), Duration.ZERO, "an alias of more than 8 aliases");
  }

  private static DnsResult missing(DnsAnswer answer, Duration life) {
    Duration said = Duration.ofSeconds(answer.negativeSeconds());
    String reason =
        answer.responseCode() == DnsMessage.NX_DOMAIN ? "no such name" : "no such record";
    return new DnsResult(List.of(), min(said, min(life, MAX_NEGATIVE)), reason);
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /// Where the aliases in an answer lead.
  ///
  /// @param target the name at the end; null if that is the one asked for
  private record Chain(
      List<DnsRecord> records, Duration life, @Nullable String target) {

    static Chain follow(String name, DnsAnswer answer, int type, Duration before) {
      Duration life = before;
      String at = name;
      Set<String> seen = new HashSet<>();
      while (true) {
        List<DnsRecord> found = answer.of(at, type, MAX_ADDRESSES);
        List<DnsRecord> aliases = answer.of(at, DnsMessage.CNAME, 1);
        for (DnsRecord each : found.isEmpty() ? aliases : found) {
          life = min(life, Duration.ofSeconds(each.ttlSeconds()));
        }
        boolean end = seen.size() == MAX_ALIASES || !seen.add(at);
        if (!found.isEmpty() || aliases.isEmpty() || end) {
          return new Chain(found, life, at.equals(name) ? null : at);
        }
        at = Objects.requireNonNull(aliases.getFirst().target());
      }
    }
  }

  // ---- Whom to ask

  private DnsAnswer ask(String name, int type) throws UnknownHostException {
    List<String> failures = new ArrayList<>();
    for (int attempt = 0; attempt < config.attempts(); attempt++) {
      for (InetSocketAddress server : config.servers()) {
        DnsAnswer answer = ask(server, name, type, failures);
        if (answer != null) {
          return answer;
        }
      }
    }
    throw new UnknownHostException(
        name + ": no name server could say: " + String.join("; ", failures));
  }

  /// Asks one server; returns null if that leads to nothing.
  private @Nullable DnsAnswer ask(
      InetSocketAddress server, String name, int type, List<String> failures)
      throws UnknownHostException {
    byte[] question = DnsMessage.question(RANDOM.nextInt(1 << 16), name, type);
    String failure;
    try {
      DnsAnswer answer = ask(server, question, /* overTcp= */ false);
      if (answer.truncated()) {
        answer = ask(server, question, /* overTcp= */ true);
      }
      int code = answer.responseCode();
      if (code == DnsMessage.NO_ERROR || code == DnsMessage.NX_DOMAIN) {
        return answer;
      }
      failure = server + " answered with error " + code;
    } catch (TimeoutException e) {
      failure =
          "%s did not answer within %d s".formatted(server, config.timeout().toSeconds());
    } catch (UncheckedIOException e) {
      failure = String.valueOf(e.getMessage());
    }
    if (!failures.contains(failure)) {
      failures.add(failure);
    }
    return null;
  }

  private DnsAnswer ask(InetSocketAddress server, byte[] question, boolean overTcp) {
    return Asyncio.timeout(config.timeout(), () -> exchange.ask(server, question, overTcp));
  }
}
