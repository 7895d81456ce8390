// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.timeout;
import static tepal.Asyncio.toThread;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.connect;
import static tepal.net.Network.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.Future;
import tepal.Task;
import tepal.TimeoutException;
import tepal.streams.StreamReader;
import tepal.streams.StreamReaderProtocol;
import tepal.streams.StreamWriter;

class StreamsTest {
  private static final byte[] KIBIBYTE = new byte[1024];

  @OnTransports
  void what_is_written_comes_back_from_an_echo_server(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0);
          Connection connection = connect(server)) {
        connection.writer().write(bytes("hello\n"));
        connection.writer().write(ByteBuffer.wrap(bytes("wor")));
        connection.writer().writeLines(List.of(bytes("l"), bytes("d\n")));

        assertThat(text(connection.reader().readLine())).isEqualTo("hello\n");
        assertThat(text(connection.reader().readLine())).isEqualTo("world\n");
      }
    });
  }

  @OnTransports
  void a_connection_reads_and_writes_itself(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(
              (reader, writer) -> {
                try (Connection client = new Connection(reader, writer)) {
                  for (byte[] line : client) {
                    client.write(line);
                    client.drain();
                  }
                  client.write(ByteBuffer.wrap(bytes("end;rest")));
                }
              },
              HOST,
              0);
          Connection connection = connect(server)) {
        connection.write(bytes("one\ntwo\nthree\n"));
        connection.writeEof();

        assertThat(text(connection.readLine())).isEqualTo("one\n");
        assertThat(connection.lines().iterator().next()).isEqualTo("two");
        assertThat(text(connection.readExactly(3))).isEqualTo("thr");
        assertThat(text(connection.read(3))).isEqualTo("ee\n");
        assertThat(text(connection.readUntil(bytes(";")))).isEqualTo("end;");
        ByteBuffer four = ByteBuffer.allocate(4);
        assertThat(connection.read(four)).isEqualTo(4);
        assertThat(text(four.array())).isEqualTo("rest");
        assertThat(connection.read()).isEmpty();
        assertThat(connection.getExtraInfo(Net.PEERNAME))
            .isEqualTo(server.sockets().getFirst());
        connection.writer().close();
        connection.waitClosed();
      }
    });
  }

  @OnTransports
  void the_array_that_was_written_may_be_used_again_at_once(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0);
          Connection connection = connect(server)) {
        byte[] data = bytes("first");
        connection.writer().write(data);
        System.arraycopy(bytes("other"), 0, data, 0, 5);

        assertThat(text(connection.reader().readExactly(5))).isEqualTo("first");
      }
    });
  }

  @OnTransports
  void many_connections_at_once_each_get_their_own_bytes_back(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0)) {
        List<Task<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
          byte[] message = bytes("message %03d".formatted(i).repeat(1000));
          answers.add(createTask(() -> ask(server, message)));
        }
        for (int i = 0; i < 50; i++) {
          assertThat(text(answers.get(i).await()))
              .isEqualTo("message %03d".formatted(i).repeat(1000));
        }
      }
    });
  }

  private static byte[] ask(Server server, byte[] message) {
    try (Connection connection = connect(server)) {
      connection.writer().write(message);
      return connection.reader().readExactly(message.length);
    }
  }

  @OnTransports
  void a_peer_that_ends_its_stream_can_still_read(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(StreamsTest::answerAtTheEnd, HOST, 0);
          Connection connection = connect(server)) {
        connection.writer().write(bytes("a question"));
        connection.writer().writeEof();

        assertThat(text(connection.reader().read())).isEqualTo("a question was all");
      }
    });
  }

  @OnTransports
  void a_peer_that_has_ended_its_stream_gets_more_than_the_system_buffers(NetTransport transport)
      throws Exception {
    byte[] much = new byte[20_000_000];
    Network.run(transport, () -> {
      try (Server server = Net.startServer(
              (reader, writer) -> {
                byte[] _ = reader.read();
                writer.write(much);
                writer.close();
              },
              HOST,
              0);
          Connection connection = connect(server)) {
        connection.writer().writeEof();
        sleep(Duration.ofMillis(20));
        assertThat(connection.reader().read()).hasSize(much.length);
      }
    });
  }

  private static void answerAtTheEnd(StreamReader reader, StreamWriter writer) {
    byte[] question = reader.read();
    writer.write(question);
    writer.write(bytes(" was all"));
    writer.close();
  }

  @OnTransports
  void what_was_written_before_close_is_sent(NetTransport transport) throws Exception {
    byte[] much = new byte[3_000_000];
    Network.run(transport, () -> {
      try (Server server = Net.startServer(
              (reader, writer) -> {
                writer.write(much);
                writer.close();
              },
              HOST,
              0);
          Connection connection = connect(server)) {
        assertThat(connection.reader().read()).hasSize(much.length);
      }
    });
  }

  @OnTransports
  void a_connection_that_nobody_accepts_is_refused(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      int port;
      try (ServerSocket free = new ServerSocket(0)) {
        port = free.getLocalPort();
      }
      assertThatThrownBy(() -> Net.openConnection(HOST, port))
          .isInstanceOf(UncheckedIOException.class)
          .cause()
          .isExactlyInstanceOf(ConnectException.class)
          .hasMessageContaining("refused");
    });
  }

  @OnTransports
  void a_name_that_does_not_resolve_is_told(NetTransport transport) throws Exception {
    Network.run(
        transport,
        () -> assertThatThrownBy(() -> Net.openConnection("no-such-host.invalid", 80))
            .isInstanceOf(UncheckedIOException.class)
            .hasMessage("Cannot resolve no-such-host.invalid: no such name"));
  }

  @OnTransports
  void both_sides_know_their_addresses(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Future<@Nullable SocketAddress> peer = getRunningLoop().createFuture();
      try (Server server = Net.startServer(
              (_, writer) -> {
                peer.setResult(writer.getExtraInfo(Net.PEERNAME));
                writer.close();
              },
              HOST,
              0);
          Connection connection = connect(server)) {
        assertThat(connection.writer().getExtraInfo(Net.PEERNAME))
            .isEqualTo(server.sockets().getFirst());
        assertThat(peer.await()).isEqualTo(connection.writer().getExtraInfo(Net.SOCKNAME));
      }
    });
  }

  @OnTransports
  void unix_sockets_carry_streams_too(NetTransport transport, @TempDir Path directory)
      throws Exception {
    Path path = directory.resolve("echo.sock");
    Network.run(transport, () -> {
      try (Server server = Net.startUnixServer(Network::echo, path);
          Connection connection = Net.openUnixConnection(path)) {
        connection.writer().write(bytes("hello\n"));
        assertThat(text(connection.reader().readLine())).isEqualTo("hello\n");
        assertThat(server.sockets()).hasSize(1);
      }
    });
    Network.run(transport, () -> Net.startUnixServer(Network::echo, path).close());
  }

  @OnTransports
  void a_named_pipe_at_the_path_of_a_server_is_left_there(
      NetTransport transport, @TempDir Path directory) throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Network.run(
        transport,
        () -> assertThatThrownBy(() -> Net.startUnixServer(Network::echo, pipe))
            .isInstanceOf(UncheckedIOException.class)
            .hasMessageContaining("Cannot replace the socket"));
    assertThat(pipe).exists();
  }

  // ---- Flow control

  @OnTransports
  void a_peer_that_never_reads_makes_drain_wait_and_memory_is_bounded(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      try (ServerSocket silent = new ServerSocket(0);
          Connection connection = Net.openConnection(HOST, silent.getLocalPort())) {
        StreamWriter writer = connection.writer();
        long[] written = {0};
        assertThatThrownBy(() -> timeout(Duration.ofMillis(500), () -> {
              while (true) {
                writer.write(KIBIBYTE);
                written[0] += KIBIBYTE.length;
                writer.drain();
              }
            }))
            .isInstanceOf(TimeoutException.class);
        assertThat(writer.transport().getWriteBufferSize()).isBetween(1L, 65_536L + 1024);
        assertThat(written[0]).isLessThan(50_000_000);
        writer.transport().abort();
        writer.waitClosed();
      }
    });
  }

  @OnTransports
  void drain_goes_on_when_the_peer_reads(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Future<@Nullable Void> go = getRunningLoop().createFuture();
      int total = 20_000 * 1024;
      try (Server server = Net.startServer(
              (reader, writer) -> {
                go.await();
                writer.write(bytes(String.valueOf(reader.read().length)));
                writer.close();
              },
              HOST,
              0);
          Connection connection = connect(server)) {
        StreamWriter writer = connection.writer();
        Task<?> writing = createTask(() -> {
          for (int i = 0; i < 20_000; i++) {
            writer.write(KIBIBYTE);
            writer.drain();
          }
          writer.writeEof();
        });
        sleep(Duration.ofMillis(200));
        assertThat(writing.done()).isFalse();
        go.setResult(null);

        assertThat(text(connection.reader().read())).isEqualTo(String.valueOf(total));
      }
    });
  }

  @OnTransports
  void a_reader_that_is_full_pauses_its_peer(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Future<StreamReader> served = getRunningLoop().createFuture();
      try (Server server = Net.startServer((reader, _) -> served.setResult(reader), HOST, 0);
          Connection connection = connect(server)) {
        connection.writer().write(new byte[10_000_000]);
        StreamReader reader = served.await();
        sleep(Duration.ofMillis(200));
        assertThat(reader.toString()).contains("paused");
        assertThat(reader.readExactly(10_000_000)).hasSize(10_000_000);
        server.abortClients();
      }
    });
  }

  // ---- Failures

  @OnTransports
  void a_peer_that_resets_fails_the_read(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (ServerSocket listening = new ServerSocket(0)) {
        Connection connection = Net.openConnection(HOST, listening.getLocalPort());
        toThread(() -> reset(listening));

        assertThatThrownBy(() -> connection.reader().readLine())
            .isInstanceOf(UncheckedIOException.class)
            .hasMessageContaining("reset");
        assertThatThrownBy(() -> connection.writer().waitClosed())
            .isInstanceOf(UncheckedIOException.class);
      }
    });
  }

  @OnTransports
  void a_peer_that_resets_in_the_middle_of_a_write_fails_the_drain(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      try (ServerSocket listening = new ServerSocket(0)) {
        Connection connection = Net.openConnection(HOST, listening.getLocalPort());
        connection.writer().write(new byte[20_000_000]);
        Task<?> resetting = createTask(() -> toThread(() -> reset(listening)));

        assertThatThrownBy(() -> connection.writer().drain())
            .isInstanceOf(UncheckedIOException.class);
        resetting.await();
        assertThatThrownBy(() -> connection.writer().waitClosed())
            .isInstanceOf(UncheckedIOException.class);
      }
    });
  }

  @OnTransports
  void a_connection_that_is_lost_before_it_has_a_reader_fails_the_first_read(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      try (ServerSocket listening = new ServerSocket(0)) {
        NettySelector selector =
            (NettySelector) Objects.requireNonNull(getRunningLoop().selector());
        NettyConnection connection = NettyChannels.connect(
            selector,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.getLocalPort()),
            null);
        toThread(() -> reset(listening));
        for (int i = 0; i < 50 && !connection.isClosing(); i++) {
          sleep(Duration.ofMillis(1)); // NIO does not look before it reads
        }
        StreamReader reader = new StreamReader();
        connection.begin(new StreamReaderProtocol(reader));

        assertThatThrownBy(reader::readLine)
            .isInstanceOf(UncheckedIOException.class)
            .hasMessageContaining("reset");
      }
    });
  }

  private static void reset(ServerSocket listening) throws IOException {
    try (Socket accepted = listening.accept()) {
      accepted.setSoLinger(true, 0);
    }
  }

  // ---- Cancellation

  @OnTransports
  void a_read_that_is_cancelled_loses_no_byte(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0);
          Connection connection = connect(server)) {
        assertThatThrownBy(
                () -> timeout(Duration.ofMillis(20), () -> connection.reader().readLine()))
            .isInstanceOf(TimeoutException.class);
        connection.writer().write(bytes("hello\n"));
        assertThat(text(connection.reader().readLine())).isEqualTo("hello\n");
      }
    });
  }

  @OnTransports
  void a_connect_that_is_cancelled_leaves_no_descriptor(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0)) {
        try (Connection first = connect(server)) { // opens what stays open
          assertThat(first.writer().isClosing()).isFalse();
        }
        server.closeClients();
        sleep(Duration.ofMillis(50));
        long before = Network.openDescriptors();
        for (int turns = 0; turns < 6; turns++) {
          Task<Connection> connecting = createTask(() -> connect(server));
          for (int i = 0; i < turns; i++) {
            sleep(Duration.ZERO);
          }
          if (connecting.cancel()) {
            assertThatThrownBy(connecting::await).isInstanceOf(CancelledError.class);
          } else {
            connecting.await().close();
          }
        }
        timeout(Duration.ofSeconds(10), () -> {
          while (Network.openDescriptors() > before) {
            sleep(Duration.ofMillis(10));
          }
        });
      }
    });
  }

  @OnTransports
  @SuppressWarnings("LockNotBeforeTry") // nothing in between
  void a_lock_held_across_a_read_does_not_stop_the_loop_when_a_callback_wants_it(
      NetTransport transport) throws Exception {
    if (!"opened".equals(System.getProperty("tepal.mode"))) {
      return; // portable mode has asyncio's own limit here
    }
    ReentrantLock lock = new ReentrantLock();
    Network.run(transport, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0);
          Connection connection = connect(server)) {
        Task<String> holding = createTask(() -> {
          lock.lock();
          try {
            return text(connection.reader().readLine());
          } finally {
            lock.unlock();
          }
        });
        sleep(Duration.ofMillis(10));
        var _ = getRunningLoop().callSoon(() -> {
          lock.lock();
          lock.unlock();
        });
        sleep(Duration.ofMillis(10));
        connection.writer().write(bytes("went on\n"));
        assertThat(holding.await()).isEqualTo("went on\n");
      }
    });
  }

  @OnTransports
  void a_busy_loop_still_sends_and_receives(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0);
          Connection connection = connect(server)) {
        Task<?> spinning = createTask(() -> {
          while (true) {
            sleep(Duration.ZERO);
          }
        });
        connection.writer().write(bytes("hello\n"));
        assertThat(text(connection.reader().readLine())).isEqualTo("hello\n");
        assertThat(spinning.cancel()).isTrue();
      }
    });
  }

  @OnTransports
  void bytes_arrive_while_many_tasks_wait_for_each_other(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0)) {
        var all = Asyncio.gather(
            createTask(() -> ask(server, KIBIBYTE)), createTask(() -> ask(server, KIBIBYTE)));
        assertThat(all.await()).hasSize(2);
      }
    });
  }
}
