// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What finds the addresses of names, for all connections and servers of a loop:
/// `Net.builder(loop).resolver(...)`.
///
/// The one that a loop has unless told otherwise is [#dns()]. In tests a lambda gives names that
/// do not exist the addresses of a server on this machine:
///
/// ```java
/// List<InetAddress> here = List.of(InetAddress.getLoopbackAddress());
/// Net.builder(loop).resolver((host, family) -> here).build();
/// ```
///
/// Its methods are called in tasks and may suspend them; a cancellation must end what they do.
/// They are never asked about literal addresses.
@FunctionalInterface
public interface Resolver {

  /// Returns the addresses of a name. May suspend the current task.
  ///
  /// @param host the name; no literal address
  /// @param family the family of the addresses, [StandardProtocolFamily#INET] or
  ///     [StandardProtocolFamily#INET6]; null for both. Addresses of another family are ignored
  /// @return the addresses, the one to be tried first first; none if there are none of that
  ///     family
  /// @throws UnknownHostException if the name has no address or cannot be resolved
  /// @throws UncheckedIOException the same
  List<InetAddress> resolve(String host, @Nullable StandardProtocolFamily family)
      throws UnknownHostException;

  /// Returns the name of an address. May suspend the current task.
  ///
  /// Unless overridden, no address has a name.
  ///
  /// @param address the address
  /// @return its name
  /// @throws UnknownHostException if it has none
  /// @throws UncheckedIOException the same
  default String reverse(InetAddress address) throws UnknownHostException {
    throw new UnknownHostException(address.getHostAddress() + ": no resolver for addresses");
  }

  /// Returns whether the two families are two questions. A connection then asks both at once and
  /// begins with the answer that comes first, as
  /// [RFC 8305](https://www.rfc-editor.org/rfc/rfc8305) has it; otherwise it asks once, for
  /// both. Returns immediately.
  ///
  /// @return whether they are; unless overridden, they are not
  default boolean asksByFamily() {
    return false;
  }

  /// Returns a resolver that asks the name servers of this machine, on the loop's own I/O thread.
  ///
  /// It reads `/etc/hosts` and `/etc/resolv.conf` (`nameserver`, `search`, and of the options
  /// `ndots`, `timeout` and `attempts`) and notices within five seconds that they have changed.
  /// It leaves a name to the system's resolver, as [#system()], where DNS would not answer as
  /// the system does: on other systems than Linux, if no name server is configured, or if
  /// `/etc/nsswitch.conf` names another source than these.
  ///
  /// Answers are kept for as long as the name server said, for a day at most, and that a name
  /// does not exist for 30 seconds at most; a thousand of each. Tasks that ask for one name at
  /// the same time share one look-up, which goes on until the last of them is cancelled.
  ///
  /// Of an answer the first 64 addresses are used, and 16 aliases followed before the name that
  /// they lead to is asked for, through 8 answers at most.
  ///
  /// Belongs to the loop that first uses it.
  ///
  /// @return a new resolver, with a cache of its own
  static Resolver dns() {
    return new DnsResolver(new NameSources());
  }

  /// Returns a resolver as [#dns()], but that asks these name servers. Beside them it reads
  /// `/etc/hosts`, and nothing else; it never asks the system.
  ///
  /// @param nameServers their addresses, the one to be asked first first; their usual port is 53
  /// @return a new resolver, with a cache of its own
  /// @throws IllegalArgumentException if there is none
  static Resolver dns(List<InetSocketAddress> nameServers) {
    return new DnsResolver(new NameSources(DnsConfig.of(nameServers), NameSources.HOSTS));
  }

  /// Returns the system's resolver: [InetAddress#getAllByName] on one of eight threads that serve
  /// nothing else. What a cancelled task had asked for ends by itself.
  ///
  /// It sees all that the system is configured to look at, and answers in its order; but eight
  /// names whose name server does not answer hold up all others.
  ///
  /// @return the resolver, which any loops may share
  static Resolver system() {
    return SystemResolver.INSTANCE;
  }
}
