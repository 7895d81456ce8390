// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The contents of `services(5)`.
final class Services {
  static final Services EMPTY = new Services();

  private static final Pattern PORT = Pattern.compile("\\d{1,5}/(tcp|udp)");

  // by "80/tcp"
  private final Map<String, String> names = new HashMap<>();

  // of TCP, else of UDP
  private final Map<String, Integer> ports = new HashMap<>();

  private Services() {}

  static Services parse(String text) {
    Services services = new Services();
    for (String line : text.lines().toList()) {
      List<String> words = DnsConfig.words(line);
      if (words.size() >= 2 && PORT.matcher(words.get(1)).matches()) {
        services.add(words);
      }
    }
    return services;
  }

  private void add(List<String> words) {
    String portAndProtocol = words.get(1);
    int port = Integer.parseInt(portAndProtocol.substring(0, portAndProtocol.indexOf('/')));
    boolean tcp = portAndProtocol.endsWith("tcp");
    names.putIfAbsent(portAndProtocol, words.getFirst());
    for (int i = 0; i < words.size(); i++) {
      if (i == 1) {
        continue;
      }
      if (tcp) {
        ports.put(words.get(i), port);
      } else {
        ports.putIfAbsent(words.get(i), port);
      }
    }
  }

  /// Returns the port of a service, or -1.
  int port(String service) {
    return ports.getOrDefault(service, -1);
  }

  /// Returns the service at a port, or null.
  @Nullable String name(int port, String protocol) {
    return names.get(port + "/" + protocol);
  }
}
