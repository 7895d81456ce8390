// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.timeout;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.connect;
import static tepal.net.Network.port;
import static tepal.net.Network.text;

import java.io.UncheckedIOException;
import java.net.BindException;
import java.time.Duration;
import java.util.List;
import tepal.CancelledError;
import tepal.ExceptionContext;
import tepal.Task;
import tepal.TimeoutException;
import tepal.streams.Protocol;

class ServerTest {

  @OnTransports
  void a_server_chooses_a_port_and_says_which(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Server server = Net.startServer(Network::echo, HOST, 0);
      assertThat(port(server)).isPositive();
      assertThat(server.isServing()).isTrue();
      assertThat(server.toString()).isEqualTo("Server[/127.0.0.1:%d, serving]", port(server));

      server.close();
      assertThat(server.sockets()).isEmpty();
      assertThat(server.isServing()).isFalse();
      assertThat(server.toString()).isEqualTo("Server[closed]");
    });
  }

  @OnTransports
  void an_address_in_use_cannot_be_bound(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0)) {
        int port = port(server);
        assertThatThrownBy(() -> Net.startServer(Network::echo, HOST, port))
            .isInstanceOf(UncheckedIOException.class)
            .hasCauseInstanceOf(BindException.class);
      }
    });
  }

  @OnTransports
  void a_server_listens_on_several_addresses(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Net net = Net.of(getRunningLoop());
      try (Server server = net.createServer(
          () -> new Protocol() {},
          List.of("127.0.0.1", "127.0.0.2", "127.0.0.1"),
          0,
          ServerOptions.DEFAULT)) {
        assertThat(server.sockets()).hasSize(2);
      }
    });
  }

  @OnTransports
  void a_server_accepts_nobody_before_it_starts_serving(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(
              Network::echo, HOST, 0, ServerOptions.DEFAULT.withStartServing(false));
          Connection connection = connect(server)) {
        assertThat(server.isServing()).isFalse();
        connection.writer().write(bytes("hello\n"));
        assertThatThrownBy(
                () -> timeout(Duration.ofMillis(50), () -> connection.reader().readLine()))
            .isInstanceOf(TimeoutException.class);

        server.startServing();
        assertThat(text(connection.reader().readLine())).isEqualTo("hello\n");
      }
    });
  }

  @OnTransports
  void wait_closed_waits_for_the_last_connection(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Server server = Net.startServer(Network::echo, HOST, 0);
      Connection connection = connect(server);
      connection.writer().write(bytes("hello\n"));
      byte[] _ = connection.reader().readLine();
      server.close();
      Task<?> closing = createTask(server::waitClosed);
      sleep(Duration.ofMillis(50));
      assertThat(closing.done()).isFalse();

      connection.writer().write(bytes("still served\n"));
      assertThat(text(connection.reader().readLine())).isEqualTo("still served\n");
      connection.close();
      closing.await();
    });
  }

  @OnTransports
  void serving_for_ever_ends_with_a_cancellation_that_closes_the_server(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      Server server = Net.startServer(Network::echo, HOST, 0);
      Task<?> serving = createTask(server::serveForever);
      sleep(Duration.ZERO);
      assertThatIllegalStateException()
          .isThrownBy(server::serveForever)
          .withMessageStartingWith("Expected a server that no task serves");
      assertThat(serving.cancel()).isTrue();

      assertThatThrownBy(serving::await).isInstanceOf(CancelledError.class);
      assertThat(server.isServing()).isFalse();
    });
  }

  @OnTransports
  void clients_can_be_closed_and_aborted(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Server server = Net.startServer(Network::echo, HOST, 0);
      Connection closed = connect(server);
      closed.writer().write(bytes("x"));
      byte[] _ = closed.reader().readExactly(1);
      server.closeClients();
      assertThat(closed.reader().read()).isEmpty();

      Connection aborted = connect(server);
      aborted.writer().write(bytes("x"));
      byte[] _ = aborted.reader().readExactly(1);
      server.abortClients();
      assertThat(aborted.reader().read()).isEmpty();
      server.close();
      server.waitClosed();
      closed.close();
      aborted.close();
    });
  }

  @OnTransports
  void a_client_whose_task_fails_is_closed_and_the_failure_told(NetTransport transport)
      throws Exception {
    List<ExceptionContext> told = Network.runAndReport(transport, () -> {
      try (Server server = Net.startServer(
              (_, _) -> {
                throw new IllegalStateException("no route");
              },
              HOST,
              0);
          Connection connection = connect(server)) {
        assertThat(connection.reader().read()).isEmpty();
      }
    });
    assertThat(told)
        .singleElement()
        .satisfies(each -> assertThat(each.exception()).hasMessage("no route"));
  }
}
