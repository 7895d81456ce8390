// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The contents of `hosts(5)`.
final class HostsFile {
  static final HostsFile EMPTY = new HostsFile();

  // by names in lower case, in the order of the file
  private final Map<String, List<InetAddress>> addresses = new HashMap<>();

  // the first name of each address
  private final Map<InetAddress, String> names = new HashMap<>();

  private HostsFile() {}

  static HostsFile parse(String text) {
    HostsFile file = new HostsFile();
    for (String line : text.lines().toList()) {
      List<String> words = DnsConfig.words(line);
      InetAddress address = words.size() < 2 ? null : Names.literal(words.getFirst());
      if (address != null) {
        words.stream().skip(1).forEach(name -> file.add(name, address));
      }
    }
    return file;
  }

  private void add(String name, InetAddress address) {
    List<InetAddress> known = addresses.computeIfAbsent(key(name), _ -> new ArrayList<>());
    if (!known.contains(address)) {
      known.add(address);
    }
    names.putIfAbsent(address, name);
  }

  /// Returns the addresses of a name, of both families; null if the name is not in the file.
  @Nullable List<InetAddress> addresses(String host) {
    return addresses.get(key(host));
  }

  /// Returns the name of an address; null if it is not in the file.
  @Nullable String name(InetAddress address) {
    return names.get(address);
  }

  private static String key(String host) {
    return DnsConfig.withoutDot(host).toLowerCase(Locale.ROOT);
  }
}
