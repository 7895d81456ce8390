// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.timeout;
import static tepal.net.Certificates.connecting;
import static tepal.net.Certificates.serving;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.port;
import static tepal.net.Network.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import tepal.Action;
import tepal.EventLoop;
import tepal.Future;
import tepal.Runner;
import tepal.Task;
import tepal.TimeoutException;
import tepal.testing.VirtualClock;

/// How connections with TLS end, in good time and otherwise.
@SuppressWarnings("try") // what is closed before its scope ends
class TlsClosingTest {

  @OnTlsEngines
  void what_was_written_before_close_arrives(NetTransport transport, TlsEngine engine)
      throws Exception {
    byte[] much = new byte[3_000_000];
    Network.run(transport, () -> {
      try (Server server = Net.startServer(
              (_, writer) -> {
                writer.write(much);
                writer.close();
                writer.waitClosed();
              },
              HOST,
              0,
              serving(engine));
          Connection connection = Certificates.connect(server, engine)) {
        assertThat(connection.reader().read()).hasSize(much.length);
        connection.writer().waitClosed();
        server.close();
        server.waitClosed();
      }
    });
  }

  @OnTlsEngines
  void one_direction_cannot_end_alone(NetTransport transport, TlsEngine engine) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Certificates.echoServer(engine);
          Connection connection = Certificates.connect(server, engine)) {
        assertThat(connection.writer().canWriteEof()).isFalse();
        assertThatThrownBy(() -> connection.writer().writeEof())
            .isInstanceOf(UnsupportedOperationException.class)
            .hasMessageContaining("without TLS");
      }
    });
  }

  @OnTlsEngines
  void the_end_of_the_peers_stream_closes_this_side_too(NetTransport transport, TlsEngine engine)
      throws Exception {
    Network.run(transport, () -> {
      Future<byte[]> rest = getRunningLoop().createFuture();
      try (Server server = Net.startServer(
          (reader, writer) -> {
            rest.setResult(reader.read());
            writer.waitClosed(); // nobody here closes it
          },
          HOST,
          0,
          serving(engine))) {
        Connection connection = Certificates.connect(server, engine);
        connection.writer().write(bytes("last words"));
        connection.close();
        connection.writer().waitClosed();
        assertThat(text(rest.await())).isEqualTo("last words");
        server.close();
        server.waitClosed();
      }
    });
  }

  @OnTlsEngines
  void abort_closes_at_once(NetTransport transport, TlsEngine engine) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(
          (reader, writer) -> {
            sleep(Duration.ofMillis(20));
            try {
              byte[] _ = reader.read(); // all that came, or
            } catch (UncheckedIOException e) {
              // a reset
            }
            writer.close();
          },
          HOST,
          0,
          serving(engine))) {
        Connection connection = Certificates.connect(server, engine);
        connection.writer().write(new byte[10_000_000]);
        sleep(Duration.ZERO);
        connection.writer().transport().abort();
        connection.writer().waitClosed();
        server.close();
        server.waitClosed();
      }
    });
  }

  // ---- Peers that do not take part, in virtual time

  /// Runs `main` under a virtual clock with a socket that accepts and says nothing.
  private static void withSilentPeer(NetTransport transport, PeerAction main) throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.ofLiteral(HOST))) {
      inVirtualTime(transport, () -> main.run(silent.getLocalPort()));
    }
  }

  private interface PeerAction {
    void run(int port) throws Exception;
  }

  private static void inVirtualTime(NetTransport transport, Action<Exception> main)
      throws Exception {
    try (Runner runner = new Runner(EventLoop.builder().clock(new VirtualClock()))) {
      Net _ = Net.builder(runner.getLoop()).transport(transport).build();
      runner.run(main);
      assertThat(runner.getLoop().selector()).isNotNull();
    }
  }

  @OnTlsEngines
  void a_handshake_that_is_never_answered_fails_after_a_minute(
      NetTransport transport, TlsEngine engine) throws Exception {
    withSilentPeer(transport, port -> {
      Duration begin = getRunningLoop().time();
      assertThatThrownBy(() -> Net.openConnection(HOST, port, connecting(engine)))
          .isInstanceOf(UncheckedIOException.class)
          .hasCauseInstanceOf(SSLHandshakeException.class)
          .hasMessageContaining("timed out after 60000ms");
      assertThat(getRunningLoop().time().minus(begin)).isEqualTo(Duration.ofSeconds(60));
      assertThatThrownBy(() -> Net.openConnection(
              HOST, port, connecting(engine).withTlsHandshakeTimeout(Duration.ofSeconds(5))))
          .hasMessageContaining("timed out after 5000ms");
      assertThat(getRunningLoop().time().minus(begin)).isEqualTo(Duration.ofSeconds(65));
    });
  }

  @OnTlsEngines
  void a_client_that_never_begins_is_closed_after_a_minute(NetTransport transport, TlsEngine engine)
      throws Exception {
    inVirtualTime(transport, () -> {
      Duration begin = getRunningLoop().time();
      try (Server server = Certificates.echoServer(engine);
          Connection silent = Net.openConnection(HOST, port(server))) {
        try {
          byte[] _ = silent.reader().read(); // perhaps an alert
        } catch (UncheckedIOException e) {
          // or a reset
        }
        assertThat(getRunningLoop().time().minus(begin)).isEqualTo(Duration.ofSeconds(60));
        server.close();
        server.waitClosed();
      }
    });
  }

  @OnTlsEngines
  void a_peer_that_does_not_close_is_closed_hard_after_half_a_minute(
      NetTransport transport, TlsEngine engine) throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    try (SSLServerSocket listening = (SSLServerSocket) Certificates.jdk()
        .getServerSocketFactory()
        .createServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
      Thread peer = Thread.ofPlatform().start(() -> {
        try (SSLSocket socket = (SSLSocket) listening.accept()) {
          socket.startHandshake();
          socket.getOutputStream().write(bytes("hello\n"));
          boolean _ = done.await(60, TimeUnit.SECONDS);
        } catch (IOException | InterruptedException e) {
          // the other side has closed it hard
        }
      });
      inVirtualTime(transport, () -> {
        Connection connection =
            Net.openConnection(HOST, listening.getLocalPort(), connecting(engine));
        assertThat(text(connection.reader().readLine())).isEqualTo("hello\n");
        Duration begin = getRunningLoop().time();
        connection.close();
        assertThatThrownBy(() -> connection.writer().waitClosed())
            .isInstanceOf(TimeoutException.class)
            .hasMessageContaining("Expected the peer to close TLS too");
        assertThat(getRunningLoop().time().minus(begin)).isEqualTo(Duration.ofSeconds(30));
      });
      done.countDown();
      peer.join();
    }
  }

  // ---- Broken streams

  @OnTlsEngines
  void a_stream_that_just_stops_is_at_its_end(NetTransport transport, TlsEngine engine)
      throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(
              (_, writer) -> {
                writer.write(bytes("half a"));
                sleep(Duration.ofMillis(20));
                withoutTls(writer.transport()); // no close_notify
              },
              HOST,
              0,
              serving(engine));
          Connection connection = Certificates.connect(server, engine)) {
        assertThat(text(connection.reader().read())).isEqualTo("half a");
      }
    });
  }

  private static void withoutTls(tepal.streams.WriteTransport transport) {
    NettyConnection connection = (NettyConnection) transport;
    connection.selector().onIoThread(() -> {
      var _ = connection.channel().close();
    });
  }

  @OnTlsEngines
  void half_a_record_and_then_a_reset_is_an_error(NetTransport transport, TlsEngine engine)
      throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(
              (_, writer) -> {
                NettyConnection connection = (NettyConnection) writer.transport();
                writer.write(bytes("whole"));
                sleep(Duration.ofMillis(20));
                connection.selector().onIoThread(() -> {
                  var first = connection.channel().pipeline().firstContext();
                  // the header of a record of 256 bytes, and 3 of them
                  var _ = first.writeAndFlush(
                      io.netty.buffer.Unpooled.wrappedBuffer(new byte[] {23, 3, 3, 1, 0, 1, 2, 3}));
                  var _ = connection
                      .channel()
                      .config()
                      .setOption(io.netty.channel.ChannelOption.SO_LINGER, 0);
                });
                sleep(Duration.ofMillis(20));
                withoutTls(writer.transport());
              },
              HOST,
              0,
              serving(engine));
          Connection connection = Certificates.connect(server, engine)) {
        assertThat(text(connection.reader().readExactly(5))).isEqualTo("whole");
        assertThatThrownBy(() -> connection.reader().readExactly(1))
            .isInstanceOf(UncheckedIOException.class)
            .hasMessageContaining("reset");
      }
    });
  }

  @OnTransports // the native engine ends the stream there, without saying why
  void a_record_that_was_changed_on_its_way_is_an_error(NetTransport transport) throws Exception {
    TlsEngine engine = TlsEngine.JDK;
    Network.run(transport, () -> {
      try (Server server = Net.startServer(
              (_, writer) -> {
                NettyConnection connection = (NettyConnection) writer.transport();
                connection.selector().onIoThread(() -> {
                  var first = connection.channel().pipeline().firstContext();
                  byte[] forged = new byte[45];
                  System.arraycopy(new byte[] {23, 3, 3, 0, 40}, 0, forged, 0, 5);
                  var _ = first.writeAndFlush(io.netty.buffer.Unpooled.wrappedBuffer(forged));
                });
              },
              HOST,
              0,
              serving(engine));
          Connection connection = Certificates.connect(server, engine)) {
        assertThatThrownBy(() -> connection.reader().read())
            .isInstanceOf(UncheckedIOException.class)
            .hasCauseInstanceOf(javax.net.ssl.SSLException.class);
      }
    });
  }

  // ---- Flow control

  @OnTlsEngines
  void a_peer_that_never_reads_pauses_the_writer(NetTransport transport, TlsEngine engine)
      throws Exception {
    Network.run(transport, () -> {
      Future<@Nullable Void> end = getRunningLoop().createFuture();
      try (Server server = Net.startServer(
              (_, writer) -> {
                end.await();
                writer.transport().abort();
              },
              HOST,
              0,
              serving(engine));
          Connection connection = Certificates.connect(server, engine)) {
        byte[] piece = new byte[50_000];
        long[] written = {0};
        Task<?> writing = createTask(() -> {
          while (true) {
            connection.writer().write(piece);
            written[0] += piece.length;
            connection.writer().drain();
          }
        });
        long before;
        do {
          before = written[0];
          sleep(Duration.ofMillis(100));
        } while (written[0] != before);
        assertThat(connection.writer().transport().getWriteBufferSize()).isBetween(1L, 300_000L);
        boolean _ = writing.cancel();
        connection.writer().transport().abort();
        end.setResult(null);
      }
    });
  }

  @OnTlsEngines
  void a_slow_reader_holds_little_and_gets_all(NetTransport transport, TlsEngine engine)
      throws Exception {
    byte[] much = new byte[20_000_000];
    Network.run(transport, () -> {
      boolean[] all = {false};
      try (Server server = Net.startServer(
              (_, writer) -> {
                writer.write(much);
                writer.drain();
                all[0] = true;
                writer.close();
              },
              HOST,
              0,
              serving(engine));
          Connection connection = Certificates.connect(server, engine)) {
        byte[] _ = connection.reader().readExactly(1);
        sleep(Duration.ofMillis(300));
        String held = connection.reader().toString(); // as in StreamReader[12 bytes, paused]
        assertThat(Integer.parseInt(held.replaceAll("\\D*(\\d+) bytes.*", "$1")))
            .isLessThan(600_000);
        assertThat(all[0]).as("the writer waits").isFalse();
        assertThat(connection.reader().read()).hasSize(much.length - 1);
      }
    });
  }

  @OnTransports
  void a_client_of_the_jdk_that_just_closes_its_socket_is_at_its_end(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      try (Server server = Certificates.echoServer(TlsEngine.JDK)) {
        int port = port(server);
        String answer = tepal.Asyncio.toThread(() -> {
          try (Socket raw = new Socket(InetAddress.ofLiteral(HOST), port);
              SSLSocket socket = (SSLSocket)
                  Certificates.jdk().getSocketFactory().createSocket(raw, HOST, port, false)) {
            socket.getOutputStream().write(bytes("hello"));
            InputStream in = socket.getInputStream();
            String text = text(in.readNBytes(5));
            raw.shutdownOutput();
            return text;
          }
        });
        assertThat(answer).isEqualTo("hello");
        server.close();
        timeout(Duration.ofSeconds(10), server::waitClosed);
      }
    });
  }
}
