// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.getRunningLoop;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.port;
import static tepal.net.Network.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tepal.ExceptionContext;
import tepal.Future;
import tepal.streams.Protocol;
import tepal.streams.Transport;
import tepal.streams.TransportAndProtocol;
import tepal.streams.WriteBufferLimits;

class ProtocolsTest {

  /// Notes what it is called with, in words.
  private static class Recording implements Protocol {
    final List<String> trail = new ArrayList<>();
    final Future<@Nullable Void> lost = getRunningLoop().createFuture();

    @Nullable Transport transport;

    Transport transport() {
      return Objects.requireNonNull(transport);
    }

    @Override
    public void connectionMade(Transport connected) {
      transport = connected;
      trail.add("made");
    }

    @Override
    public void dataReceived(byte[] data) {
      trail.add(text(data));
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

  @OnTransports
  void a_protocol_is_called_in_order_and_told_of_the_loss_once(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      Net net = Net.of(getRunningLoop());
      try (Server server = net.createServer(
          () -> new Recording() {
            @Override
            public void connectionMade(Transport connected) {
              connected.write(bytes("greeting"));
              connected.close();
            }
          },
          HOST,
          0)) {
        TransportAndProtocol<Transport, Recording> client =
            net.createConnection(Recording::new, HOST, port(server));
        client.protocol().trail.add("connected");
        client.protocol().lost.await();

        assertThat(client.protocol().trail)
            .containsExactly("made", "connected", "greeting", "eof", "lost: null");
        assertThat(client.transport().isClosing()).isTrue();
      }
    });
  }

  @OnTransports
  void nothing_is_received_while_reading_is_paused(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Net net = Net.of(getRunningLoop());
      try (Server server = net.createServer(
          () -> new Recording() {
            @Override
            public void connectionMade(Transport connected) {
              connected.write(bytes("greeting"));
              connected.close();
            }
          },
          HOST,
          0)) {
        var client = net.createConnection(
            () -> new Recording() {
              @Override
              public void connectionMade(Transport connected) {
                super.connectionMade(connected);
                connected.pauseReading();
              }
            },
            HOST,
            port(server));
        tepal.Asyncio.sleep(java.time.Duration.ofMillis(50));
        client.protocol().trail.add("resumed");
        assertThat(client.transport().isReading()).isFalse();
        client.transport().resumeReading();
        client.protocol().lost.await();

        assertThat(client.protocol().trail)
            .containsExactly("made", "resumed", "greeting", "eof", "lost: null");
      }
    });
  }

  @OnTransports
  void nothing_is_received_after_close(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Net net = Net.of(getRunningLoop());
      try (Server server = Net.startServer(
          (_, writer) -> {
            for (int i = 0; i < 100; i++) {
              writer.write(bytes("data"));
              tepal.Asyncio.sleep(java.time.Duration.ZERO);
            }
            writer.close();
          },
          HOST,
          0)) {
        var client = net.createConnection(
            () -> new Recording() {
              @Override
              public void dataReceived(byte[] data) {
                trail.add("data");
                transport().close();
              }
            },
            HOST,
            port(server));
        client.protocol().lost.await();

        assertThat(client.protocol().trail).containsExactly("made", "data", "lost: null");
      }
    });
  }

  @OnTransports
  void writing_is_paused_and_resumed_in_turns(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Net net = Net.of(getRunningLoop());
      try (Server server = Net.startServer(Network::echo, HOST, 0)) {
        List<String> trail = new ArrayList<>();
        Future<@Nullable Void> resumed = getRunningLoop().createFuture();
        var client = net.createConnection(
            () -> new Protocol() {
              @Override
              public void pauseWriting() {
                trail.add("paused");
              }

              @Override
              public void resumeWriting() {
                trail.add("resumed");
                resumed.setResult(null);
              }
            },
            HOST,
            port(server));
        client.transport().setWriteBufferLimits(new WriteBufferLimits(0, 10));
        client.transport().write(bytes("short"));
        trail.add("wrote a little");
        client.transport().write(bytes("long enough"));
        trail.add("wrote more");
        assertThat(client.transport().getWriteBufferSize()).isEqualTo(16);
        resumed.await();

        assertThat(trail).containsExactly("wrote a little", "paused", "wrote more", "resumed");
        assertThat(client.transport().getWriteBufferSize()).isZero();
        client.transport().abort();
      }
    });
  }

  @OnTransports
  void a_protocol_that_throws_loses_its_connection_and_the_error_is_told(NetTransport transport)
      throws Exception {
    List<ExceptionContext> told = Network.runAndReport(transport, () -> {
      Net net = Net.of(getRunningLoop());
      try (Server server = Net.startServer(Network::echo, HOST, 0)) {
        var client = net.createConnection(
            () -> new Recording() {
              @Override
              public void dataReceived(byte[] data) {
                throw new IllegalStateException("cannot take it");
              }
            },
            HOST,
            port(server));
        client.transport().write(bytes("x"));
        client.protocol().lost.await();

        assertThat(client.protocol().trail)
            .containsExactly("made", "lost: java.lang.IllegalStateException: cannot take it");
      }
    });
    assertThat(told)
        .singleElement()
        .satisfies(each -> assertThat(each.message())
            .startsWith("Fatal error: protocol.dataReceived() call failed"));
  }
}
