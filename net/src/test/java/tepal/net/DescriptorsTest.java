// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.toThread;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.connect;
import static tepal.net.Network.openDescriptors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import tepal.CancelledError;
import tepal.Future;
import tepal.Task;
import tepal.TaskGroup;

/// Descriptors: what happens without them, and that none is left.
@EnabledOnOs(OS.LINUX)
@Timeout(300) // with -Dtepal.soak each takes a minute and more
class DescriptorsTest {

  @OnTransports
  void accepting_pauses_without_descriptors_and_recovers_and_nobody_is_lost(NetTransport transport)
      throws Exception {
    int clients = 300;
    try (ChildJvm server = ChildJvm.start(200, FewDescriptors.class, transport)) {
      int port = Integer.parseInt(server.line());
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(i);
        sockets.add(socket);
      }
      assertThat(server.line()).isEqualTo("Accepting a connection failed; trying again in 1 s");

      // those that were accepted are served meanwhile
      Socket first = sockets.getFirst();
      assertThat(first.getInputStream().read()).isZero();
      first.getOutputStream().write(42);
      assertThat(first.getInputStream().read()).isEqualTo(42);

      // each that goes makes room for one of the others
      sockets.removeFirst().close();
      for (int i = 1; i < clients; i++) {
        try (Socket socket = sockets.removeFirst()) {
          assertThat(socket.getInputStream().read()).isEqualTo(i & 0xff);
        }
      }
    }
  }

  @OnTransports
  void what_is_cancelled_leaves_no_descriptor(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Server server = Net.startServer(
          (reader, writer) -> {
            try {
              byte[] _ = reader.read(); // but no answer
            } catch (UncheckedIOException _) {
              // reset
            } finally {
              writer.close();
            }
          },
          HOST,
          0);
      long before = openDescriptors();
      for (int i = 0; i < 20; i++) {
        for (Duration after : List.of(Duration.ZERO, Duration.ofMillis(1))) {
          cancelled(() -> connect(server).close(), Duration.ZERO);
          try (Connection connection = connect(server)) {
            cancelled(() -> connection.reader().readLine(), after);
            connection.writer().write(new byte[10_000_000]);
            cancelled(() -> connection.writer().drain(), after);
            connection.writer().transport().abort();
            cancelled(() -> connection.writer().waitClosed(), Duration.ZERO);
          }
        }
      }
      descriptorsReturnTo(before);
      server.close();
      server.waitClosed();
    });
  }

  private static void cancelled(tepal.Action<?> body, Duration after) {
    Task<?> task = createTask(body);
    sleep(after);
    task.cancel();
    try {
      task.await();
    } catch (CancelledError | UncheckedIOException _) {
      // or it was quicker
    }
  }

  @OnTransports
  void a_server_that_is_stopped_under_load_gives_all_descriptors_back(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      long before = openDescriptors();
      for (boolean abort : new boolean[] {false, true}) {
        Server server = Net.startServer(Network::echo, HOST, 0);
        int port = Network.port(server);
        List<Task<?>> load = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
          load.add(createTask(() -> sendAndReceiveUntilItEnds(port)));
        }
        sleep(Duration.ofMillis(100));
        server.close();
        if (abort) {
          server.abortClients();
        } else {
          server.closeClients();
        }
        server.waitClosed();
        for (Task<?> each : load) {
          each.await();
        }
        descriptorsReturnTo(before);
        assertThatThrownBy(() -> Net.openConnection(HOST, port))
            .isInstanceOf(UncheckedIOException.class);
      }
    });
  }

  private static void sendAndReceiveUntilItEnds(int port) {
    byte[] message = new byte[10_000];
    try (Connection connection = Net.openConnection(HOST, port)) {
      do {
        connection.writer().write(message);
        connection.writer().drain();
      } while (connection.reader().read(10_000).length > 0);
    } catch (UncheckedIOException _) {
      // reset, or refused as the server was gone already
    }
  }

  @OnTransports
  void connections_that_come_and_go_at_random_leave_nothing(NetTransport transport)
      throws Exception {
    int connections = Soak.LENGTH.isZero() ? 2_000 : 10_000;
    Network.run(transport, () -> {
      Server server =
          Net.startServer(Soak::serve, HOST, 0, ServerOptions.DEFAULT.withBacklog(1000));
      long before = openDescriptors();
      Duration end = getRunningLoop().time().plus(Soak.LENGTH);
      do {
        TaskGroup.run(group -> {
          for (int i = 0; i < 100; i++) {
            int seed = i;
            group.createTask(
                () -> new Soak(seed).comeAndGo(Network.port(server), connections / 100));
          }
        });
      } while (getRunningLoop().time().compareTo(end) < 0);
      server.close();
      server.closeClients();
      server.waitClosed();
      descriptorsReturnTo(before - 1);
    });
  }

  @OnTransports
  void none_of_many_connections_is_lost(NetTransport transport) throws Exception {
    // both sides have as many descriptors as this process
    int connections = Soak.LENGTH.isZero() ? 3_000 : 19_000;
    Network.run(transport, () -> {
      Server server =
          Net.startServer(Network::echo, HOST, 0, ServerOptions.DEFAULT.withBacklog(1000));
      try (ChildJvm clients =
          ChildJvm.start(connections + 500, ManyClients.class, Network.port(server), connections)) {
        assertThat(toThread(clients::line)).isEqualTo("connected " + connections);
        for (int i = 0; i < 3; i++) {
          clients.tell("echo");
          assertThat(toThread(clients::line)).isEqualTo("echoed " + connections);
        }
        // they vanish
        toThread(() -> clients.kill());
        server.close();
        server.waitClosed();
      }
    });
  }

  @OnTransports
  void a_peer_that_vanishes_in_the_middle_fails_the_drain(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Future<UncheckedIOException> failed = getRunningLoop().createFuture();
      Server server = Net.startServer(
          (_, writer) -> {
            try {
              for (; ; ) {
                writer.write(new byte[100_000]);
                writer.drain();
              }
            } catch (UncheckedIOException e) {
              failed.setResult(e);
            }
          },
          HOST,
          0);
      try (ChildJvm client = ChildJvm.start(200, ManyClients.class, Network.port(server), 1)) {
        assertThat(toThread(client::line)).isEqualTo("connected 1");
        sleep(Duration.ofMillis(20));
        toThread(() -> client.kill());
      }
      assertThat(failed.await()).hasCauseInstanceOf(IOException.class);
      server.close();
      server.waitClosed();
    });
  }

  @OnTransports
  void a_line_that_is_too_long_ends_its_connection_and_no_other(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(
              (reader, writer) -> {
                try {
                  for (byte[] line : reader) {
                    writer.write(line);
                  }
                } catch (tepal.streams.LimitOverrunException tooLong) {
                  writer.write(bytes("too long\n"));
                } finally {
                  writer.close();
                }
              },
              HOST,
              0,
              ServerOptions.DEFAULT.withLimit(1000));
          Connection other = connect(server);
          Connection connection = connect(server)) {
        connection.writer().write(new byte[5000]);
        assertThat(connection.reader().readLine()).isEqualTo(bytes("too long\n"));
        other.writer().write(bytes("short\n"));
        assertThat(other.reader().readLine()).isEqualTo(bytes("short\n"));
      }
    });
  }

  /// Waits until as many descriptors are open; the test's time limit ends it otherwise.
  private static void descriptorsReturnTo(long before) throws IOException {
    for (int i = 0; i < 500 && openDescriptors() > before; i++) {
      sleep(Duration.ofMillis(10));
    }
    assertThat(openDescriptors()).isLessThanOrEqualTo(before);
  }
}
