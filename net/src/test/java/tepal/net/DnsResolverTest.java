// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static io.netty.handler.codec.dns.DnsResponseCode.NOERROR;
import static io.netty.handler.codec.dns.DnsResponseCode.SERVFAIL;
import static java.net.StandardProtocolFamily.INET;
import static java.net.StandardProtocolFamily.INET6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tepal.Action;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.ExceptionContext;
import tepal.Runner;
import tepal.Task;
import tepal.net.NameServer.Answer;
import tepal.testing.VirtualClock;

/// Names by DNS, in virtual time: what is awaited in it is a server that does not answer.
class DnsResolverTest {
  @TempDir
  Path directory;

  private final VirtualClock clock = new VirtualClock(Duration.ofMillis(500));
  private @Nullable NameServer server;
  private @Nullable NameServer second;

  @BeforeEach
  void start() throws IOException {
    server = new NameServer();
    second = new NameServer();
  }

  @AfterEach
  void stop() {
    server().close();
    second().close();
  }

  private NameServer server() {
    return Objects.requireNonNull(server);
  }

  private NameServer second() {
    return Objects.requireNonNull(second);
  }

  private DnsConfig config(InetSocketAddress... servers) {
    return new DnsConfig(List.of(servers), List.of(), 1, Duration.ofSeconds(5), 2);
  }

  private DnsResolver resolver(DnsConfig config) {
    return new DnsResolver(new NameSources(config, directory.resolve("hosts")));
  }

  private DnsResolver resolver() {
    return resolver(config(server().address()));
  }

  /// Runs `main` on a loop with a transport, and sees that nothing is left of it.
  private void run(NetTransport transport, Action<Exception> main) throws Exception {
    run(transport, EventLoop.builder().clock(clock), main);
  }

  private static void run(NetTransport transport, EventLoop.Builder builder, Action<Exception> main)
      throws Exception {
    List<ExceptionContext> unhandled = new ArrayList<>();
    NettySelector selector;
    try (Runner runner = new Runner(builder)) {
      EventLoop loop = runner.getLoop();
      loop.setExceptionHandler((_, error) -> unhandled.add(error));
      selector = Net.builder(loop).transport(transport).build().selector();
      runner.run(() -> {
        main.run();
        sleep(Duration.ofNanos(1)); // so that the I/O thread has its turn
        assertThat(selector.hasWork()).as("open sockets").isFalse();
      });
    }
    assertThat(unhandled).isEmpty();
  }

  private static List<String> resolve(
      Resolver resolver, String host, @Nullable StandardProtocolFamily family)
      throws UnknownHostException {
    return resolver.resolve(host, family).stream()
        .map(InetAddress::getHostAddress)
        .toList();
  }

  @OnTransports
  void a_name_has_addresses_of_both_families(NetTransport transport) throws Exception {
    server().on("A www.example", "10.0.0.1", "10.0.0.2").on("AAAA www.example", "fd00::1");
    run(transport, () -> {
      DnsResolver resolver = resolver();
      assertThat(resolve(resolver, "www.example", null))
          .containsExactly("10.0.0.1", "10.0.0.2", "fd00:0:0:0:0:0:0:1");
      assertThat(resolve(resolver, "www.example", INET)).containsExactly("10.0.0.1", "10.0.0.2");
      assertThat(resolve(resolver, "WWW.example", INET6)).containsExactly("fd00:0:0:0:0:0:0:1");
    });
    assertThat(server().asked()).containsExactlyInAnyOrder("A www.example", "AAAA www.example");
  }

  @OnTransports
  void an_answer_that_does_not_fit_into_a_datagram_comes_over_tcp(NetTransport transport)
      throws Exception {
    server()
        .on(
            "A many.example",
            new Answer.Truncated(NameServer.address("many.example", 60, "10.0.0.1")));
    run(
        transport,
        () -> assertThat(resolve(resolver(), "many.example", INET)).containsExactly("10.0.0.1"));
    assertThat(server().asked()).containsExactly("A many.example", "A many.example, TCP");
  }

  @OnTransports
  void a_server_that_does_not_listen_is_passed_over_at_once(NetTransport transport)
      throws Exception {
    int free;
    try (DatagramSocket socket = new DatagramSocket()) {
      free = socket.getLocalPort();
    }
    second().on("A www.example", "10.0.0.1");
    run(transport, () -> {
      DnsResolver resolver = resolver(config(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), free),
          second().address()));
      assertThat(resolve(resolver, "www.example", INET)).containsExactly("10.0.0.1");
      assertThat(getRunningLoop().time()).isLessThan(Duration.ofSeconds(5));
    });
  }

  @OnTransports
  void a_server_that_does_not_answer_is_passed_over_after_the_timeout(NetTransport transport)
      throws Exception {
    server().on("A www.example", new Answer.Lost());
    second().on("A www.example", "10.0.0.1");
    run(transport, () -> {
      DnsResolver resolver = resolver(config(server().address(), second().address()));
      assertThat(resolve(resolver, "www.example", INET)).containsExactly("10.0.0.1");
      assertThat(getRunningLoop().time()).isBetween(Duration.ofSeconds(5), Duration.ofMillis(5001));
    });
  }

  @Test
  void a_name_that_no_server_can_resolve_fails_after_all_were_asked_twice() throws Exception {
    server().on("A www.example", new Answer.Lost());
    second().on("A www.example", new Answer.Failing(SERVFAIL));
    run(NetTransport.NIO, () -> {
      DnsResolver resolver = resolver(config(server().address(), second().address()));
      assertThatThrownBy(() -> resolver.resolve("www.example", INET))
          .isInstanceOf(UncheckedIOException.class)
          .cause()
          .isInstanceOf(UnknownHostException.class)
          .hasMessage(
              "www.example: no name server could say: /127.0.0.1:%d did not answer within 5 s;"
                  + " /127.0.0.1:%d answered with error 2",
              server().address().getPort(), second().address().getPort());
      assertThat(resolver.cache.size()).isZero();
    });
    assertThat(server().asked()).hasSize(2);
    assertThat(second().asked()).hasSize(2);
  }

  @Test
  void garbage_and_the_answers_to_other_questions_are_ignored() throws Exception {
    ByteBuffer shorter = ByteBuffer.wrap(new byte[] {1, 2, 3});
    server()
        .on(
            "A www.example",
            new Answer.Garbage(
                shorter,
                new Answer.Garbage(
                    ByteBuffer.wrap(DnsMessage.question(1, "evil.example", DnsMessage.A)),
                    new Answer.Records(NameServer.address("www.example", 60, "10.0.0.1")))));
    run(
        NetTransport.NIO,
        () -> assertThat(resolve(resolver(), "www.example", INET)).containsExactly("10.0.0.1"));
  }

  @Test
  void an_alias_leads_to_another_name_in_the_same_answer_or_in_another() throws Exception {
    server()
        .on(
            "A here.example",
            new Answer.Records(
                NameServer.alias("here.example", 60, "there.example"),
                NameServer.address("there.example", 60, "10.0.0.1")))
        .on("A far.example", new Answer.Records(NameServer.alias("far.example", 60, "www.example")))
        .on("A www.example", "10.0.0.2");
    run(NetTransport.NIO, () -> {
      DnsResolver resolver = resolver();
      assertThat(resolve(resolver, "here.example", INET)).containsExactly("10.0.0.1");
      assertThat(resolve(resolver, "far.example", INET)).containsExactly("10.0.0.2");
    });
    assertThat(server().asked())
        .containsExactly("A here.example", "A far.example", "A www.example");
  }

  @Test
  void aliases_that_lead_in_a_circle_lead_to_nothing() throws Exception {
    server()
        .on("A one.example", new Answer.Records(NameServer.alias("one.example", 60, "two.example")))
        .on(
            "A two.example",
            new Answer.Records(NameServer.alias("two.example", 60, "one.example")));
    run(
        NetTransport.NIO,
        () -> assertThatThrownBy(() -> resolver().resolve("one.example", INET))
            .isInstanceOf(UnknownHostException.class)
            .hasMessage("one.example: an alias of more than 8 aliases"));
  }

  @Test
  void of_a_long_answer_so_many_addresses_are_used_and_so_many_aliases_followed() throws Exception {
    var addresses = IntStream.range(0, 100)
        .mapToObj(i -> NameServer.address("many.example", 60, "10.0.0." + i))
        .toList();
    var aliases = Stream.concat(
            IntStream.range(0, 20)
                .mapToObj(i -> NameServer.alias(
                    "a%d.example".formatted(i), 60, "a%d.example".formatted(i + 1))),
            Stream.of(NameServer.address("a20.example", 60, "10.0.0.1")))
        .toList();
    server()
        .on("A many.example", new Answer.Truncated(addresses))
        .on("A a0.example", new Answer.Truncated(aliases))
        .on("A a16.example", "10.0.0.9");
    run(NetTransport.NIO, () -> {
      assertThat(resolve(resolver(), "many.example", INET))
          .hasSize(64)
          .startsWith("10.0.0.0")
          .endsWith("10.0.0.63");
      assertThat(resolve(resolver(), "a0.example", INET)).containsExactly("10.0.0.9");
    });
  }

  // ---- What is remembered

  @Test
  void an_answer_is_remembered_for_as_long_as_its_shortest_record_says() throws Exception {
    server()
        .on(
            "A www.example",
            new Answer.Records(
                NameServer.alias("www.example", 20, "host.example"),
                NameServer.address("host.example", 300, "10.0.0.1")));
    run(NetTransport.NIO, () -> {
      DnsResolver resolver = resolver();
      assertThat(resolve(resolver, "www.example", INET)).containsExactly("10.0.0.1");
      clock.advance(Duration.ofMillis(19_999));
      assertThat(resolve(resolver, "www.example", INET)).containsExactly("10.0.0.1");
      assertThat(server().asked()).hasSize(1);

      clock.advance(Duration.ofMillis(2));
      assertThat(resolve(resolver, "www.example", INET)).containsExactly("10.0.0.1");
      assertThat(server().asked()).hasSize(1);
    });
  }

  @Test
  void that_a_name_does_not_exist_is_remembered_for_half_a_minute_at_most() throws Exception {
    run(NetTransport.NIO, () -> {
      DnsResolver resolver = resolver();
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> resolver.resolve("nowhere.example", INET))
            .isInstanceOf(UnknownHostException.class)
            .hasMessage("nowhere.example: no such name");
      }
      assertThat(server().asked()).hasSize(1);

      clock.advance(Duration.ofSeconds(31));
      server().on("A nowhere.example", "10.0.0.1");
      assertThat(resolve(resolver, "nowhere.example", INET)).containsExactly("10.0.0.1");
    });
  }

  @Test
  void what_the_server_does_not_want_to_be_remembered_is_not() throws Exception {
    server()
        .on("A now.example", new Answer.Records(NameServer.address("now.example", 0, "10.0.0.1")))
        .on("A none.example", new Answer.Missing(NOERROR, 0));
    run(NetTransport.NIO, () -> {
      DnsResolver resolver = resolver();
      var _ = resolve(resolver, "now.example", INET);
      assertThatThrownBy(() -> resolver.resolve("none.example", INET))
          .hasMessage("none.example: no such record");
      assertThat(resolver.cache.size()).isZero();
    });
  }

  @Test
  void of_more_than_a_thousand_answers_the_least_recently_used_is_forgotten() {
    DnsCache cache = new DnsCache();
    DnsResult found = new DnsResult(
        List.of(new DnsRecord("x", DnsMessage.A, 60, InetAddress.ofLiteral("10.0.0.1"), null)),
        Duration.ofMinutes(1),
        "");
    DnsResult missing = new DnsResult(List.of(), Duration.ofMinutes(1), "no such name");
    Duration now = Duration.ZERO;
    cache.put(question(0), found, now);
    for (int i = 1; i < 3000; i++) {
      cache.put(question(i), found, now);
      cache.put(question(-i), missing, now);
      assertThat(cache.get(question(0), now)).isSameAs(found);
    }
    assertThat(cache.size()).isEqualTo(2000);
    assertThat(cache.get(question(1), now)).isNull();
    assertThat(cache.get(question(2999), now)).isSameAs(found);
    assertThat(cache.get(question(0), Duration.ofMinutes(1))).isNull();
  }

  private static DnsCache.Question question(int number) {
    return new DnsCache.Question("host" + number, DnsMessage.A);
  }

  // ---- Several that ask

  @OnTransports
  void tasks_that_ask_for_one_name_share_a_look_up(NetTransport transport) throws Exception {
    server().on("A www.example", "10.0.0.1");
    run(transport, () -> {
      DnsResolver resolver = resolver();
      List<Task<List<String>>> tasks = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        tasks.add(createTask(() -> resolve(resolver, "www.example", INET)));
      }
      for (Task<List<String>> each : tasks) {
        assertThat(each.await()).containsExactly("10.0.0.1");
      }
      assertThat(resolver.lookups.size()).isZero();
    });
    assertThat(server().asked()).hasSize(1);
  }

  @OnTransports
  void a_look_up_goes_on_until_the_last_that_waits_for_it_is_cancelled(NetTransport transport)
      throws Exception {
    server().on("A www.example", new Answer.Lost());
    run(transport, () -> {
      DnsResolver resolver = resolver();
      NettySelector selector = Net.of(getRunningLoop()).selector();
      Task<?> first = createTask(() -> resolve(resolver, "www.example", INET));
      Task<?> last = createTask(() -> resolve(resolver, "www.example", INET));
      while (server().asked().isEmpty()) {
        sleep(Duration.ofMillis(1));
      }
      cancel(first);
      assertThat(resolver.lookups.size()).isOne();
      assertThat(selector.hasWork()).isTrue();

      cancel(last);
      sleep(Duration.ofMillis(1));
      assertThat(resolver.lookups.size()).isZero();
      assertThat(selector.hasWork()).isFalse();
      assertThat(tepal.Asyncio.allTasks()).hasSize(1);
    });
  }

  private static void cancel(Task<?> task) {
    assertThat(task.cancel()).isTrue();
    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
  }

  @OnTransports
  void a_look_up_can_be_cancelled_at_any_moment(NetTransport transport) throws Exception {
    server()
        .on(
            "A www.example",
            new Answer.Truncated(NameServer.address("www.example", 0, "10.0.0.1")));
    run(transport, EventLoop.builder(), () -> {
      DnsResolver resolver = resolver();
      Task<List<String>> task;
      int turns = 0;
      do {
        task = createTask(() -> resolve(resolver, "www.example", INET));
        for (int i = 0; i < turns && !task.done(); i++) {
          sleep(Duration.ZERO);
        }
        turns += 1 + turns / 8;
      } while (task.cancel());
      assertThat(task.await()).containsExactly("10.0.0.1");
    });
  }

  // ---- Short names, names of this machine

  @Test
  void a_short_name_is_looked_for_in_the_search_domains_first() throws Exception {
    server().on("A db.two.example", "10.0.0.1").on("A a.b", "10.0.0.2");
    run(NetTransport.NIO, () -> {
      DnsResolver resolver = resolver(new DnsConfig(
          List.of(server().address()),
          List.of("one.example", "two.example"),
          1,
          Duration.ofSeconds(5),
          2));
      assertThat(resolve(resolver, "db", INET)).containsExactly("10.0.0.1");
      assertThat(server().asked()).containsExactly("A db.one.example", "A db.two.example");
      assertThat(resolve(resolver, "a.b", INET)).containsExactly("10.0.0.2");
      assertThat(server().asked()).containsExactly("A a.b");
      assertThatThrownBy(() -> resolver.resolve("db.", INET)).hasMessage("db.: no such name");
      assertThat(server().asked()).containsExactly("A db");
      assertThatThrownBy(() -> resolver.resolve("no", INET)).hasMessage("no: no such name");
      assertThat(server().asked()).containsExactly("A no.one.example", "A no.two.example", "A no");
    });
  }

  @Test
  void the_file_of_hosts_goes_first_and_is_read_again_when_it_changes() throws Exception {
    Path hosts = directory.resolve("hosts");
    Files.writeString(hosts, "10.1.1.1  Box box.lan # ours\nfd00::5 box\nnonsense\n");
    run(NetTransport.NIO, () -> {
      DnsResolver resolver = resolver();
      assertThat(resolve(resolver, "BOX", null)).containsExactly("10.1.1.1", "fd00:0:0:0:0:0:0:5");
      assertThat(resolve(resolver, "box.lan", INET6)).isEmpty();
      assertThat(resolver.reverse(InetAddress.ofLiteral("10.1.1.1"))).isEqualTo("Box");

      Files.writeString(hosts, "10.1.1.22 box\n");
      assertThat(resolve(resolver, "box", INET)).containsExactly("10.1.1.1");
      clock.advance(Duration.ofSeconds(6));
      assertThat(resolve(resolver, "box", INET)).containsExactly("10.1.1.22");
    });
    assertThat(server().asked()).isEmpty();
  }

  @Test
  void localhost_is_this_machine_whatever_a_name_server_says() throws Exception {
    run(NetTransport.NIO, () -> {
      assertThat(resolve(resolver(), "localhost", null))
          .containsExactly("127.0.0.1", "0:0:0:0:0:0:0:1");
      assertThat(resolve(resolver(), "app.LOCALHOST.", INET)).containsExactly("127.0.0.1");
      assertThatThrownBy(() -> resolver().resolve("no.such.invalid", INET))
          .hasMessage("no.such.invalid: no such name");
    });
    assertThat(server().asked()).isEmpty();
  }

  @Test
  void the_name_of_an_address_is_asked_for_and_has_to_be_one() throws Exception {
    server()
        .on(
            "PTR 1.0.0.10.in-addr.arpa",
            new Answer.Records(NameServer.pointer("1.0.0.10.in-addr.arpa", "www.example")))
        .on(
            "PTR 2.0.0.10.in-addr.arpa",
            new Answer.Records(NameServer.pointer("2.0.0.10.in-addr.arpa", "<script>.example")));
    run(NetTransport.NIO, () -> {
      DnsResolver resolver = resolver();
      assertThat(resolver.reverse(InetAddress.ofLiteral("10.0.0.1"))).isEqualTo("www.example");
      assertThatThrownBy(() -> resolver.reverse(InetAddress.ofLiteral("10.0.0.2")))
          .hasMessage("10.0.0.2: expected the name of a host, found <script>.example");
    });
  }

  @Test
  void a_resolver_belongs_to_one_loop() throws Exception {
    DnsResolver resolver = resolver();
    run(NetTransport.NIO, () -> assertThat(resolve(resolver, "localhost", INET)).hasSize(1));
    run(
        NetTransport.NIO,
        () -> assertThatThrownBy(() -> resolver.resolve("localhost", INET))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageStartingWith("Expected a resolver for each loop"));
  }
}
