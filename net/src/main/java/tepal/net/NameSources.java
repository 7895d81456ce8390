// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where names are looked up: the files of this machine that say so. Confined to the loop.
final class NameSources {
  /*
   * When to leave names to the system is Go's idea (net/conf.go): only where the files say
   * that the system would do no more than this does.
   */
  static final Path HOSTS = Path.of("/etc/hosts");
  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
  private static final Path NSSWITCH = Path.of("/etc/nsswitch.conf");

  // myhostname, mymachines and resolve are systemd's, whose names are in its name server too
  private static final Set<String> KNOWN =
      Set.of("files", "dns", "myhostname", "mymachines", "resolve");
  private static final List<String> WITHOUT_NSSWITCH = List.of("files", "dns");

  private final boolean linux;
  private final WatchedFile<HostsFile> hosts;

  // null if there is no choice
  private final @Nullable WatchedFile<List<String>> sources;
  private final @Nullable WatchedFile<DnsConfig> resolvConf;

  // what is asked if there is no choice
  private final DnsConfig fixed;

  /// Creates what the files of this machine say.
  NameSources() {
    this(System.getProperty("os.name", "").equals("Linux"), HOSTS, RESOLV_CONF, NSSWITCH);
  }

  NameSources(boolean linux, Path hosts, Path resolvConf, Path nsswitch) {
    this.linux = linux;
    this.fixed = DnsConfig.NONE;
    this.hosts = hostsFile(hosts);
    this.resolvConf = new WatchedFile<>(resolvConf, DnsConfig::parse, DnsConfig.NONE);
    this.sources = new WatchedFile<>(
        nsswitch,
        text -> {
          List<String> found = DnsConfig.hostSources(text);
          return found == null ? WITHOUT_NSSWITCH : found;
        },
        WITHOUT_NSSWITCH);
  }

  /// Creates sources that are a configuration and a file of hosts.
  NameSources(DnsConfig config, Path hosts) {
    this.linux = true;
    this.fixed = config;
    this.hosts = hostsFile(hosts);
    this.resolvConf = null;
    this.sources = null;
  }

  private static WatchedFile<HostsFile> hostsFile(Path path) {
    return new WatchedFile<>(path, HostsFile::parse, HostsFile.EMPTY);
  }

  /// Returns the file of hosts. May suspend the current task.
  HostsFile hosts() {
    return hosts.get();
  }

  /// Returns which name servers to ask for a name; null if the system is to be asked. May suspend
  /// the current task.
  @Nullable DnsConfig configFor(String host) {
    if (resolvConf == null || sources == null) {
      return fixed;
    }
    if (!linux || !sources.get().stream().allMatch(source -> isKnown(source, host))) {
      return null;
    }
    DnsConfig config = resolvConf.get();
    return config.servers().isEmpty() ? null : config;
  }

  /// Returns whether a source of `nsswitch.conf` would have no other answer for a name.
  private static boolean isKnown(String source, String host) {
    if (source.startsWith("mdns")) {
      return !DnsConfig.withoutDot(host).toLowerCase(Locale.ROOT).endsWith(".local");
    }
    return KNOWN.contains(source);
  }
}
