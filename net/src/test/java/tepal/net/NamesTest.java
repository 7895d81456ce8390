// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static java.net.StandardProtocolFamily.INET;
import static java.net.StandardProtocolFamily.INET6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.getRunningLoop;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.net.UnknownServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.Runner;
import tepal.testing.VirtualClock;

class NamesTest {
  private static final InetAddress HOME = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress HOME_6 = InetAddress.ofLiteral("::1");

  private interface Main {
    void run(Net net) throws Exception;
  }

  private static void run(Main main) throws Exception {
    try (Runner runner = new Runner(EventLoop.builder())) {
      Net net = Net.builder(runner.getLoop()).resolver(new Fake()).build();
      runner.run(() -> main.run(net));
    }
  }

  /// Knows one host.
  private static final class Fake implements Resolver {
    @Override
    public List<InetAddress> resolve(String host, @Nullable StandardProtocolFamily family)
        throws UnknownHostException {
      if (!host.equals("home.example")) {
        throw new UnknownHostException(host + ": no such name");
      }
      return List.of(HOME, HOME_6, HOME);
    }

    @Override
    public String reverse(InetAddress address) throws UnknownHostException {
      if (!address.equals(HOME)) {
        throw new UnknownHostException(address.getHostAddress() + ": no name");
      }
      return "home.example";
    }
  }

  @Test
  void a_host_has_its_addresses_of_a_family_or_of_both() throws Exception {
    run(net -> {
      assertThat(net.getaddrinfo("home.example", 80))
          .containsExactly(new InetSocketAddress(HOME, 80), new InetSocketAddress(HOME_6, 80));
      assertThat(net.getaddrinfo("home.example", "81", INET6))
          .containsExactly(new InetSocketAddress(HOME_6, 81));
      assertThat(net.getaddrinfo("127.0.0.1", null, INET))
          .containsExactly(new InetSocketAddress(HOME, 0));
      assertThatThrownBy(() -> net.getaddrinfo("127.0.0.1", null, INET6))
          .hasMessage("Cannot resolve 127.0.0.1: no address of the family INET6");
      assertThatThrownBy(() -> net.getaddrinfo("nowhere.example", 80))
          .hasCauseInstanceOf(UnknownHostException.class)
          .hasMessage("Cannot resolve nowhere.example: no such name");
    });
  }

  @Test
  void no_host_is_this_machine() throws Exception {
    run(net -> {
      assertThat(net.getaddrinfo(null, "80", null))
          .containsExactly(new InetSocketAddress(HOME, 80), new InetSocketAddress(HOME_6, 80));
      assertThat(net.getaddrinfo(null, "80", INET, AddressFlag.PASSIVE))
          .containsExactly(new InetSocketAddress("0.0.0.0", 80));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> net.getaddrinfo(null, null, null))
          .withMessage("Expected a host, a service or both, got neither");
    });
  }

  @Test
  void services_have_names_unless_only_numbers_are_wanted() throws Exception {
    run(net -> {
      assertThat(net.getaddrinfo("127.0.0.1", "http", null))
          .containsExactly(new InetSocketAddress(HOME, 80));
      for (String wrong : List.of("no-such-service", "65536", "")) {
        assertThatThrownBy(() -> net.getaddrinfo("127.0.0.1", wrong, null))
            .hasCauseInstanceOf(UnknownServiceException.class)
            .hasMessage("Expected the name of a service or a port of 0 to 65535, got " + wrong);
      }
      assertThatThrownBy(() -> net.getaddrinfo("127.0.0.1", "http", null, AddressFlag.NUMERICSERV))
          .hasCauseInstanceOf(UnknownServiceException.class);
      assertThatThrownBy(() -> net.getaddrinfo("home.example", "80", null, AddressFlag.NUMERICHOST))
          .hasMessage("Cannot resolve home.example: not an address");
    });
  }

  @Test
  void an_address_and_a_port_have_names() throws Exception {
    run(net -> {
      InetSocketAddress home = new InetSocketAddress(HOME, 80);
      assertThat(net.getnameinfo(home)).isEqualTo(new NameInfo("home.example", "http"));
      assertThat(net.getnameinfo(home, NameFlag.NUMERICHOST, NameFlag.NUMERICSERV))
          .isEqualTo(new NameInfo("127.0.0.1", "80"));
      InetSocketAddress nameless = new InetSocketAddress("10.0.0.1", 1);
      assertThat(net.getnameinfo(nameless, NameFlag.DGRAM).host()).isEqualTo("10.0.0.1");
      assertThatThrownBy(() -> net.getnameinfo(nameless, NameFlag.NAMEREQD))
          .hasMessage("Cannot resolve 10.0.0.1: no name");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> net.getnameinfo(InetSocketAddress.createUnresolved("x", 1)))
          .withMessageStartingWith("Expected an address, got the name");
    });
  }

  @Test
  void addresses_are_never_asked_for_and_may_have_a_zone() throws Exception {
    run(net -> {
      assertThat(net.getaddrinfo("::1%lo", 80))
          .singleElement()
          .satisfies(each -> assertThat(each.getAddress().getHostAddress()).endsWith("%lo"));
      assertThatThrownBy(() -> net.getaddrinfo("fe80::1%no-such-interface", 80))
          .hasMessage(
              "Cannot resolve fe80::1%no-such-interface: not an address of a network interface's");
    });
  }

  @Test
  void the_system_knows_this_machine() throws Exception {
    Asyncio.run(() -> {
      assertThat(Resolver.system().resolve("localhost", null)).contains(HOME);
      assertThatThrownBy(() -> Resolver.system().resolve("nowhere.invalid", null))
          .hasCauseInstanceOf(UnknownHostException.class)
          .hasMessageContaining("nowhere.invalid");
    });
  }

  // ---- The files that say whom to ask

  @Test
  void a_resolv_conf_names_servers_domains_and_options() {
    DnsConfig config = DnsConfig.parse("""
        # a comment
        nameserver 10.0.0.1
        nameserver nonsense
        nameserver fd00::1 ; another
        nameserver 10.0.0.2
        nameserver 10.0.0.3
        domain old.example
        search one.example. two.example
        options ndots:2 timeout:1 attempts:9 rotate
        nameserver
        """);
    assertThat(config)
        .isEqualTo(new DnsConfig(
            List.of(
                new InetSocketAddress("10.0.0.1", 53),
                new InetSocketAddress("fd00::1", 53),
                new InetSocketAddress("10.0.0.2", 53)),
            List.of("one.example", "two.example"),
            2,
            Duration.ofSeconds(1),
            5));
    assertThat(DnsConfig.parse("")).isEqualTo(DnsConfig.NONE);
    assertThat(config.candidates("a.b"))
        .containsExactly("a.b.one.example", "a.b.two.example", "a.b");
    assertThat(config.candidates("a.b.c"))
        .containsExactly("a.b.c", "a.b.c.one.example", "a.b.c.two.example");
    assertThat(config.candidates("a.")).containsExactly("a");
  }

  @Test
  void names_are_left_to_the_system_where_dns_would_answer_otherwise(@TempDir Path directory)
      throws Exception {
    Path resolvConf = Files.writeString(directory.resolve("resolv.conf"), "nameserver 10.0.0.1\n");
    Path nsswitch = directory.resolve("nsswitch.conf");
    try (Runner runner = new Runner(EventLoop.builder().clock(new VirtualClock()))) {
      runner.run(() -> {
        NameSources sources = new NameSources(true, directory, resolvConf, nsswitch);
        assertThat(sources.configFor("a.local")).isEqualTo(DnsConfig.parse("nameserver 10.0.0.1"));

        write(nsswitch, "passwd: files\nhosts:files mdns4_minimal [NOTFOUND=return] dns # x\n");
        assertThat(sources.configFor("a.local")).isNull();
        assertThat(sources.configFor("a.example")).isNotNull();

        write(nsswitch, "hosts: files ldap dns\n");
        assertThat(sources.configFor("a.example")).isNull();

        write(nsswitch, "hosts: files dns\n");
        write(resolvConf, "search example\n");
        assertThat(sources.configFor("a.example")).isNull();
        assertThat(new NameSources(false, directory, resolvConf, nsswitch).configFor("a.example"))
            .isNull();
      });
    }
  }

  /// Changes a file, and lets so much time pass that it is looked at again.
  private static void write(Path file, String text) throws Exception {
    Files.writeString(file, text);
    Asyncio.sleep(Duration.ofSeconds(6));
    assertThat(getRunningLoop().time()).isPositive();
  }
}
