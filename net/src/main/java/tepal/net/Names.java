// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.net.UnknownServiceException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The names of a loop's network: hosts by its resolver, services by `/etc/services`.
final class Names {
  /** The addresses of `localhost`. */
  static final List<InetAddress> LOOPBACK =
      List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));

  /** All addresses of this machine. */
  static final List<InetAddress> ANY =
      List.of(InetAddress.ofLiteral("0.0.0.0"), InetAddress.ofLiteral("::"));

  // what can only be an address: anything with a colon, or with a number at the end
  private static final Pattern ADDRESS = Pattern.compile(".*:.*|(.*\\.)?(\\d+|0[xX]\\p{XDigit}*)");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
  private static final int MAX_PORT = 65_535;

  private final Resolver resolver;
  private final WatchedFile<Services> services =
      new WatchedFile<>(Path.of("/etc/services"), Services::parse, Services.EMPTY);

  Names(Resolver resolver) {
    this.resolver = resolver;
  }

  // ---- Hosts

  /// Returns a literal address, with a zone or without; null if the text is none.
  static @Nullable InetAddress literal(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /// Returns the addresses of a host, of a family or of both. Suspends the current task unless it
  /// is an address itself.
  ///
  /// @throws UncheckedIOException if there is none
  List<InetAddress> resolve(String host, @Nullable StandardProtocolFamily family) {
    InetAddress address = literal(host);
    if (address == null) {
      requireName(host);
    }
    List<InetAddress> all = address == null ? ask(host, family) : List.of(address);
    List<InetAddress> found = ofFamily(all, family).stream().distinct().toList();
    if (found.isEmpty()) {
      throw unresolved(
          host,
          new UnknownHostException("%s: no address%s"
              .formatted(host, family == null ? "" : " of the family " + family)));
    }
    return found;
  }

  /// Asks the resolver. What it throws is an `UncheckedIOException` afterwards.
  private List<InetAddress> ask(String host, @Nullable StandardProtocolFamily family) {
    try {
      return resolver.resolve(host, family);
    } catch (UnknownHostException | UncheckedIOException e) {
      throw unresolved(host, e);
    }
  }

  /// Returns whether a connection should ask for each family of a host's addresses.
  boolean asksByFamily(String host) {
    return literal(host) == null && resolver.asksByFamily();
  }

  private static void requireName(String host) {
    if (ADDRESS.matcher(host).matches()) {
      throw unresolved(
          host, new UnknownHostException(host + ": not an address of a network interface's"));
    }
  }

  /// Returns what to throw when a look-up failed: an `UncheckedIOException` that names the host,
  /// or what is no failure of a look-up.
  static RuntimeException unresolved(String host, @Nullable Throwable failure) {
    Throwable cause = failure instanceof UncheckedIOException ? failure.getCause() : failure;
    return switch (cause) {
      case UnknownHostException unknown -> {
        String reason = String.valueOf(unknown.getMessage());
        yield new UncheckedIOException(
            "Cannot resolve " + (reason.startsWith(host) ? reason : host + ": " + reason), unknown);
      }
      case IOException other -> new UncheckedIOException("Cannot resolve " + host, other);
      case RuntimeException other -> other;
      case null, default -> new IllegalStateException("Cannot resolve " + host, failure);
    };
  }

  static List<InetAddress> ofFamily(
      List<InetAddress> addresses, @Nullable StandardProtocolFamily family) {
    return family == null
        ? addresses
        : addresses.stream().filter(each -> familyOf(each) == family).toList();
  }

  static void requireInternet(@Nullable StandardProtocolFamily family) {
    if (family == StandardProtocolFamily.UNIX) {
      throw new IllegalArgumentException("Expected INET or INET6, got " + family);
    }
  }

  static StandardProtocolFamily familyOf(InetAddress address) {
    return address instanceof Inet4Address
        ? StandardProtocolFamily.INET
        : StandardProtocolFamily.INET6;
  }

  // ---- As the C library has it

  /// Returns the addresses of a host and a service.
  List<InetSocketAddress> addresses(
      @Nullable String host,
      @Nullable String service,
      @Nullable StandardProtocolFamily family,
      Set<AddressFlag> flags) {
    if (host == null && service == null) {
      throw new IllegalArgumentException("Expected a host, a service or both, got neither");
    }
    int port = service == null ? 0 : port(service, flags.contains(AddressFlag.NUMERICSERV));
    return hosts(host, family, flags).stream()
        .map(each -> new InetSocketAddress(each, port))
        .toList();
  }

  private List<InetAddress> hosts(
      @Nullable String host, @Nullable StandardProtocolFamily family, Set<AddressFlag> flags) {
    if (host == null) {
      return ofFamily(flags.contains(AddressFlag.PASSIVE) ? ANY : LOOPBACK, family);
    }
    if (flags.contains(AddressFlag.NUMERICHOST) && literal(host) == null) {
      throw unresolved(host, new UnknownHostException(host + ": not an address"));
    }
    return resolve(host, family);
  }

  private int port(String service, boolean numeric) {
    int port = NUMBER.matcher(service).matches() ? Integer.parseInt(service) : -1;
    if (port < 0 && !numeric) {
      port = services.get().port(service);
    }
    if (port < 0 || port > MAX_PORT) {
      String message = "Expected the name of a service or a port of 0 to 65535, got " + service;
      throw new UncheckedIOException(message, new UnknownServiceException(message));
    }
    return port;
  }

  /// Returns the names of an address and a port.
  NameInfo names(InetSocketAddress address, Set<NameFlag> flags) {
    InetAddress host = address.getAddress();
    if (host == null) {
      throw new IllegalArgumentException("Expected an address, got the name " + address);
    }
    String service = Integer.toString(address.getPort());
    if (!flags.contains(NameFlag.NUMERICSERV)) {
      String protocol = flags.contains(NameFlag.DGRAM) ? "udp" : "tcp";
      service =
          Objects.requireNonNullElse(services.get().name(address.getPort(), protocol), service);
    }
    return new NameInfo(
        flags.contains(NameFlag.NUMERICHOST) ? host.getHostAddress() : name(host, flags), service);
  }

  private String name(InetAddress address, Set<NameFlag> flags) {
    String numeric = address.getHostAddress();
    try {
      return resolver.reverse(address);
    } catch (UnknownHostException | UncheckedIOException e) {
      if (flags.contains(NameFlag.NAMEREQD)) {
        throw unresolved(numeric, e);
      }
      return numeric;
    }
  }
}
