// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static java.net.StandardProtocolFamily.INET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.sleep;
import static tepal.net.Network.bytes;
import static tepal.net.Network.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tepal.Action;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.ExceptionContext;
import tepal.ExceptionGroup;
import tepal.Runner;
import tepal.Task;
import tepal.TimeoutException;

/// Connections by name, with real sockets.
class ConnectingTest {
  // for documentation, RFC 5737 and 3849: nobody answers there, or the system knows no way
  private static final String NOBODY = "192.0.2.1";
  private static final String NOBODY_6 = "2001:db8::1";

  private static void run(NetTransport transport, Resolver resolver, Action<Exception> main)
      throws Exception {
    List<ExceptionContext> unhandled = new ArrayList<>();
    NettySelector selector;
    try (Runner runner = new Runner(EventLoop.builder())) {
      EventLoop loop = runner.getLoop();
      loop.setExceptionHandler((_, error) -> unhandled.add(error));
      selector =
          Net.builder(loop).transport(transport).resolver(resolver).build().selector();
      runner.run(main);
    }
    assertThat(unhandled).isEmpty();
    assertThat(selector.hasWork()).as("channels or actions that are left").isFalse();
  }

  private static Resolver answering(String... addresses) {
    return (_, _) -> Arrays.stream(addresses).map(InetAddress::ofLiteral).toList();
  }

  private static InetSocketAddress address(String literal) {
    return new InetSocketAddress(InetAddress.ofLiteral(literal), 0);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String ask(Connection connection) {
    try (connection) {
      connection.writer().write(bytes("hello\n"));
      return text(connection.reader().readLine());
    }
  }

  @OnTransports
  void an_address_where_nobody_listens_is_passed_over_at_once(NetTransport transport)
      throws Exception {
    run(transport, answering("::1", "127.0.0.1"), () -> {
      try (Server server = Net.startServer(Network::echo, "127.0.0.1", 0)) {
        assertThat(ask(Net.openConnection(
                "www.example",
                Network.port(server),
                ConnectOptions.DEFAULT.withHappyEyeballsDelay(Duration.ofDays(1)))))
            .isEqualTo("hello\n");
      }
    });
  }

  @OnTransports
  void an_address_that_does_not_answer_is_passed_over_after_a_while(NetTransport transport)
      throws Exception {
    run(transport, answering(NOBODY_6, NOBODY, "127.0.0.1"), () -> {
      try (Server server = Net.startServer(Network::echo, "127.0.0.1", 0)) {
        for (int i = 0; i < 3; i++) {
          assertThat(ask(Net.openConnection(
                  "www.example",
                  Network.port(server),
                  ConnectOptions.DEFAULT.withHappyEyeballsDelay(Duration.ofMillis(20)))))
              .isEqualTo("hello\n");
        }
      }
    });
  }

  @OnTransports
  void both_families_are_raced_and_one_connection_is_left(NetTransport transport) throws Exception {
    run(transport, answering("::1", "127.0.0.1"), () -> {
      try (Server server = Net.startServer(Network::echo, null, 0)) {
        for (int i = 0; i < 20; i++) {
          assertThat(ask(Net.openConnection(
                  "www.example",
                  Network.port(server),
                  ConnectOptions.DEFAULT.withHappyEyeballsDelay(Duration.ZERO))))
              .isEqualTo("hello\n");
        }
      }
    });
  }

  @OnTransports
  void a_connection_by_name_can_be_cancelled_at_any_moment(NetTransport transport)
      throws Exception {
    run(transport, answering("::1", "127.0.0.1"), () -> {
      try (Server server = Net.startServer(Network::echo, null, 0)) {
        ConnectOptions atOnce = ConnectOptions.DEFAULT.withHappyEyeballsDelay(Duration.ZERO);
        Task<Connection> task;
        int turns = 0;
        do {
          task = createTask(() -> Net.openConnection("www.example", Network.port(server), atOnce));
          for (int i = 0; i < turns && !task.done(); i++) {
            sleep(Duration.ZERO);
          }
          turns += 1 + turns / 8;
        } while (task.cancel());
        assertThat(ask(task.await())).isEqualTo("hello\n");
      }
    });
  }

  @OnTransports
  void all_failures_are_named(NetTransport transport) throws Exception {
    int port = freePort();
    run(transport, answering("127.0.0.1", "127.0.0.2"), () -> {
      assertThatThrownBy(() -> Net.openConnection("www.example", port))
          .isInstanceOf(UncheckedIOException.class)
          .hasCauseInstanceOf(ConnectException.class)
          .hasMessageMatching(
              "Multiple exceptions: .*refused.*/127.0.0.1:%1$d, .*refused.*/127.0.0.2:%1$d"
                  .formatted(port))
          .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(2));
      assertThatThrownBy(() ->
              Net.openConnection("www.example", port, ConnectOptions.DEFAULT.withAllErrors(true)))
          .isInstanceOf(ExceptionGroup.class)
          .hasMessage("Connecting has failed (2 sub-exceptions)");
      assertThatThrownBy(() -> Net.openConnection(
              "www.example", port, ConnectOptions.DEFAULT.withoutHappyEyeballs()))
          .hasMessageStartingWith("Multiple exceptions: ");
    });
    run(
        transport,
        answering("127.0.0.1"),
        () -> assertThatThrownBy(() -> Net.openConnection("www.example", port))
            .hasCauseInstanceOf(ConnectException.class)
            .hasMessageContaining("/127.0.0.1:" + port)
            .hasNoSuppressedExceptions());
  }

  @OnTransports
  void a_local_address_is_used_for_its_family_only(NetTransport transport) throws Exception {
    run(transport, answering("::1", "127.0.0.1"), () -> {
      try (Server server = Net.startServer(Network::echo, null, 0)) {
        Connection connection = Net.openConnection(
            "www.example",
            Network.port(server),
            ConnectOptions.DEFAULT.withLocalAddress(address("127.0.0.3")));
        assertThat(String.valueOf(connection.writer().getExtraInfo(Net.SOCKNAME)))
            .startsWith("/127.0.0.3:");
        assertThat(ask(connection)).isEqualTo("hello\n");
        assertThatThrownBy(() -> Net.openConnection(
                "::1",
                Network.port(server),
                ConnectOptions.DEFAULT.withLocalAddress(address("127.0.0.1"))))
            .hasCauseInstanceOf(BindException.class)
            .hasMessageStartingWith("Expected a local address of the family of /[0:0:0:0:0:0:0:1]");
      }
    });
  }

  @OnTransports
  void a_name_that_does_not_resolve_is_named(NetTransport transport) throws Exception {
    Resolver none = (host, _) -> {
      throw new UnknownHostException(host + ": no such name");
    };
    run(transport, none, () -> {
      assertThatThrownBy(() -> Net.openConnection("nowhere.example", 80))
          .isInstanceOf(UncheckedIOException.class)
          .hasCauseInstanceOf(UnknownHostException.class)
          .hasMessage("Cannot resolve nowhere.example: no such name");
      assertThatThrownBy(() -> Net.startServer(Network::echo, "nowhere.example", 0))
          .hasMessage("Cannot resolve nowhere.example: no such name");
      assertThatThrownBy(
              () -> Net.openConnection("::1", 80, ConnectOptions.DEFAULT.withFamily(INET)))
          .hasMessage("Cannot resolve ::1: no address of the family INET");
      assertThatThrownBy(() -> Net.openConnection("1.2.3.999", 80))
          .hasMessage("Cannot resolve 1.2.3.999: not an address of a network interface's");
    });
    run(
        transport,
        (_, _) -> List.of(),
        () -> assertThatThrownBy(() -> Net.openConnection("empty.example", 80))
            .hasMessage("Cannot resolve empty.example: no address"));
  }

  @OnTransports
  void waiting_for_a_name_can_be_cancelled(NetTransport transport) throws Exception {
    Resolver never = (_, _) -> {
      sleep(Duration.ofDays(1));
      return List.of();
    };
    run(transport, never, () -> {
      Task<?> connecting = createTask(() -> Net.openConnection("www.example", 80));
      sleep(Duration.ofMillis(10));
      assertThat(connecting.cancel()).isTrue();
      assertThatThrownBy(connecting::await).isInstanceOf(CancelledError.class);
    });
  }

  @OnTransports
  void a_server_on_no_host_or_on_an_empty_one_is_reached_over_both_families(NetTransport transport)
      throws Exception {
    run(transport, answering(), () -> {
      for (String host : new String[] {null, ""}) {
        try (Server server = Net.startServer(Network::echo, host, 0)) {
          int port = Network.port(server);
          assertThat(ask(Net.openConnection("127.0.0.1", port))).isEqualTo("hello\n");
          assertThat(ask(Net.openConnection("::1", port))).isEqualTo("hello\n");
        }
      }
    });
  }

  @OnTransports
  void a_server_listens_on_each_address_of_a_name_once(NetTransport transport) throws Exception {
    run(transport, answering("127.0.0.1", "::1", "127.0.0.1"), () -> {
      try (Server server = Net.startServer(Network::echo, "www.example", 0)) {
        assertThat(server.sockets())
            .extracting(each -> ((InetSocketAddress) each).getAddress().getHostAddress())
            .containsExactly("127.0.0.1", "0:0:0:0:0:0:0:1");
      }
    });
  }

  @OnTransports
  void localhost_needs_no_name_server(NetTransport transport) throws Exception {
    run(transport, Resolver.dns(), () -> {
      try (Server server = Net.startServer(Network::echo, "localhost", 0)) {
        assertThat(ask(Net.openConnection("localhost", Network.port(server)))).isEqualTo("hello\n");
      }
    });
    run(transport, Resolver.system(), () -> {
      try (Server server = Net.startServer(Network::echo, null, 0)) {
        assertThat(ask(Net.openConnection("localhost", Network.port(server)))).isEqualTo("hello\n");
      }
    });
  }

  @Test
  void options_are_checked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConnectOptions.DEFAULT.withHappyEyeballsDelay(Duration.ofMillis(-1)))
        .withMessage("Expected a delay of zero or more, got PT-0.001S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConnectOptions.DEFAULT.withInterleave(0))
        .withMessage("Expected 1 address or more, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConnectOptions.DEFAULT.withFamily(StandardProtocolFamily.UNIX))
        .withMessage("Expected INET or INET6, got UNIX");
  }

  @Test
  void without_any_failure_the_time_is_over() {
    assertThat(Connecting.failure(List.of(), /* all= */ false))
        .isInstanceOf(TimeoutException.class);
  }
}
