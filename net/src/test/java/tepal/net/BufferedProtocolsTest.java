// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static tepal.Asyncio.getRunningLoop;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.port;
import static tepal.net.Network.text;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tepal.ExceptionContext;
import tepal.Future;
import tepal.streams.BaseProtocol;
import tepal.streams.BufferedProtocol;
import tepal.streams.Protocol;
import tepal.streams.StreamReader;
import tepal.streams.StreamReaderProtocol;
import tepal.streams.Transport;

class BufferedProtocolsTest {

  /// Receives into a buffer of a given size, and notes what it is called with.
  private static class Buffered implements BufferedProtocol {
    final List<String> trail = new ArrayList<>();
    final Future<@Nullable Void> lost = getRunningLoop().createFuture();
    final ByteArrayOutputStream all = new ByteArrayOutputStream();
    final ByteBuffer buffer;

    @Nullable Transport transport;

    Buffered(int size) {
      buffer = ByteBuffer.allocate(size);
    }

    Transport transport() {
      return Objects.requireNonNull(transport);
    }

    @Override
    public void connectionMade(Transport connected) {
      transport = connected;
      trail.add("made");
    }

    @Override
    public ByteBuffer getBuffer(int sizeHint) {
      assertThat(sizeHint).isPositive();
      return buffer.clear();
    }

    @Override
    public void bufferUpdated(int count) {
      assertThat(buffer.position()).isEqualTo(count);
      all.write(buffer.array(), 0, count);
      trail.add(new String(buffer.array(), 0, count, java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public boolean eofReceived() {
      trail.add("eof");
      return false;
    }

    @Override
    public void connectionLost(@Nullable Throwable exception) {
      trail.add("lost: " + exception);
      lost.setResult(null);
    }
  }

  private static final class Greeter implements Protocol {
    private final byte[] greeting;

    Greeter(byte[] greeting) {
      this.greeting = greeting;
    }

    @Override
    public void connectionMade(Transport connected) {
      connected.write(greeting);
      connected.close();
    }
  }

  private static <P extends BaseProtocol<Transport>> P greeted(String greeting, P protocol) {
    Net net = Net.of(getRunningLoop());
    try (Server server = net.createServer(() -> new Greeter(bytes(greeting)), HOST, 0)) {
      return net.createConnection(() -> protocol, HOST, port(server)).protocol();
    }
  }

  private static void noBufferIsKept() {
    NettySelector selector =
        (NettySelector) Objects.requireNonNull(getRunningLoop().selector());
    assertThat(selector.received.kept()).as("receive buffers not given back").isZero();
  }

  @OnTransports
  void bytes_are_put_into_the_buffer_of_the_protocol(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Buffered client = greeted("greeting", new Buffered(100));
      client.trail.add("connected");
      client.lost.await();

      assertThat(client.trail)
          .containsExactly("made", "connected", "greeting", "eof", "lost: null");
      noBufferIsKept();
    });
  }

  @OnTransports
  void what_finds_no_room_comes_in_the_next_buffer(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Buffered client = greeted("12345678", new Buffered(3));
      client.lost.await();

      assertThat(client.trail).containsExactly("made", "123", "456", "78", "eof", "lost: null");
      noBufferIsKept();
    });
  }

  @OnTransports
  void a_buffer_without_room_is_fatal(NetTransport transport) throws Exception {
    List<ExceptionContext> told = Network.runAndReport(transport, () -> {
      Buffered client = greeted("greeting", new Buffered(0));
      client.lost.await();

      assertThat(client.trail.getLast()).contains("Expected getBuffer() to return a buffer");
      noBufferIsKept();
    });
    assertThat(told)
        .singleElement()
        .satisfies(each ->
            assertThat(each.message()).startsWith("Fatal error: protocol.getBuffer() call failed"));
  }

  @OnTransports
  void a_protocol_that_throws_loses_its_connection(NetTransport transport) throws Exception {
    List<ExceptionContext> told = Network.runAndReport(transport, () -> {
      Buffered client = greeted("12345678", new Buffered(3) {
        @Override
        public void bufferUpdated(int count) {
          throw new IllegalStateException("cannot take it");
        }
      });
      client.lost.await();

      assertThat(client.trail)
          .containsExactly("made", "lost: java.lang.IllegalStateException: cannot take it");
      noBufferIsKept();
    });
    assertThat(told)
        .singleElement()
        .satisfies(each -> assertThat(each.message())
            .startsWith("Fatal error: protocol.bufferUpdated() call failed"));
  }

  @OnTransports
  void nothing_comes_while_reading_is_paused_nor_after_close(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      Future<@Nullable Void> paused = getRunningLoop().createFuture();
      Buffered client = greeted("12345678", new Buffered(2) {
        @Override
        public void bufferUpdated(int count) {
          super.bufferUpdated(count);
          if (trail.size() == 2) {
            transport().pauseReading();
            paused.setResult(null);
          } else {
            transport().close();
          }
        }
      });
      paused.await();
      tepal.Asyncio.sleep(java.time.Duration.ofMillis(10));
      client.trail.add("resumed");
      client.transport().resumeReading();
      client.lost.await();

      assertThat(client.trail).containsExactly("made", "12", "resumed", "34", "lost: null");
      noBufferIsKept();
    });
  }

  @OnTransports
  void the_protocol_may_be_changed_for_any_other_kind_with_bytes_at_hand(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      StreamReader reader = new StreamReader();
      List<String> trail = new ArrayList<>();
      class Second implements Protocol {
        final Transport transport;

        Second(Transport transport) {
          this.transport = transport;
        }

        @Override
        public void dataReceived(byte[] data) {
          trail.add("second: " + text(data));
          transport.setProtocol(new StreamReaderProtocol(reader));
        }
      }

      Buffered first = greeted("12345678", new Buffered(3) {
        @Override
        public void bufferUpdated(int count) {
          super.bufferUpdated(count);
          transport().setProtocol(new Second(transport()));
        }
      });

      assertThat(text(reader.read())).isEmpty();
      assertThat(first.trail).containsExactly("made", "123");
      assertThat(trail).containsExactly("second: 45678");
      noBufferIsKept();
    });
  }

  @OnTransports
  void a_stream_may_become_buffered(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Net net = Net.of(getRunningLoop());
      Buffered second = new Buffered(100);
      try (Server server = net.createServer(() -> new Greeter(bytes("greeting")), HOST, 0)) {
        var client = net.createConnection(
            () -> new Protocol() {
              @Override
              public void connectionMade(Transport connected) {
                connected.setProtocol(second);
              }
            },
            HOST,
            port(server));
        second.lost.await();

        assertThat(second.trail).containsExactly("greeting", "eof", "lost: null");
        assertThat(client.transport().getProtocol()).isSameAs(second);
        assertThatIllegalArgumentException()
            .isThrownBy(() -> client.transport().setProtocol(new DatagramProtocol() {}));
      }
    });
  }

  @OnTransports
  void a_buffered_server_gets_what_many_clients_send(NetTransport transport) throws Exception {
    Random random = new Random(99);
    Network.run(transport, () -> {
      Net net = Net.of(getRunningLoop());
      List<Buffered> servers = new ArrayList<>();
      List<byte[]> sent = new ArrayList<>();
      try (Server server = net.createServer(
          () -> {
            Buffered each = new Buffered(1 + random.nextInt(200_000));
            servers.add(each);
            return each;
          },
          HOST,
          0)) {
        for (int i = 0; i < 12; i++) {
          byte[] data = new byte[random.nextInt(600_000)];
          random.nextBytes(data);
          sent.add(data);
          Connection connection = Network.connect(server);
          // so that the servers are in the order of the clients
          while (servers.size() <= i) {
            tepal.Asyncio.sleep(java.time.Duration.ofMillis(1));
          }
          connection.writer().write(data);
          connection.writer().close();
        }
        for (int i = 0; i < 12; i++) {
          servers.get(i).lost.await();
          assertThat(servers.get(i).all.toByteArray()).isEqualTo(sent.get(i));
        }
      }
      noBufferIsKept();
    });
  }
}
