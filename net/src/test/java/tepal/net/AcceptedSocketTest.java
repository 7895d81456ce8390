// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.net.Network.bytes;
import static tepal.net.Network.text;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import tepal.ExceptionContext;
import tepal.Future;
import tepal.Task;
import tepal.streams.Protocol;
import tepal.streams.Transport;

/// Transports over channels that the JDK has accepted or connected.
class AcceptedSocketTest {

  /// Writes down what it is called for.
  private static class Recording implements Protocol {
    final List<String> trail = new ArrayList<>();
    final Future<@Nullable Void> lost = getRunningLoop().createFuture();

    @Override
    public void connectionMade(Transport connected) {
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
    public void pauseWriting() {
      trail.add("pause");
    }

    @Override
    public void resumeWriting() {
      trail.add("resume");
    }

    @Override
    public void connectionLost(@Nullable Throwable exception) {
      trail.add("lost: " + exception);
      lost.setResult(null);
    }
  }

  private static Net net() {
    return Net.of(getRunningLoop());
  }

  @OnTransports
  void a_protocol_serves_a_connection_that_the_jdk_has_accepted(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      SocketsTest.Pair pair = SocketsTest.Pair.open();
      try (SocketChannel peer = pair.right()) {
        Sockets.sockSendAll(peer, bytes("early"));
        var served = net().connectAcceptedSocket(Recording::new, pair.left());
        served.protocol().trail.add("connected");
        assertThat(served.transport().getExtraInfo(Net.PEERNAME)).isEqualTo(peer.getLocalAddress());
        assertThat(served.transport().getExtraInfo(Net.SOCKNAME))
            .isEqualTo(peer.getRemoteAddress());

        served.transport().write(bytes("hello"));
        assertThat(text(Sockets.sockRecv(peer, 100))).isEqualTo("hello");
        sleep(Duration.ofMillis(20));
        peer.shutdownOutput();
        served.protocol().lost.await();
        assertThat(served.protocol().trail)
            .containsExactly("made", "connected", "early", "eof", "lost: null");
        assertThat(served.transport().toString()).contains("closed");
        assertThat(Sockets.sockRecv(peer, 100)).isEmpty();
      }
    });
  }

  @OnTransports
  void streams_go_both_ways_over_a_channel(NetTransport transport) throws Exception {
    byte[] much = new byte[5_000_000];
    Network.run(transport, () -> {
      SocketsTest.Pair pair = SocketsTest.Pair.open();
      try (Connection left = Net.openConnection(pair.left());
          Connection right = Net.openConnection(pair.right())) {
        Task<?> echoing = createTask(() -> Network.echo(right.reader(), right.writer()));
        Task<?> writing = createTask(() -> {
          left.writer().write(much);
          left.writer().drain();
          left.writer().writeEof();
        });
        assertThat(left.reader().read()).isEqualTo(much);
        writing.await();
        echoing.await();
        left.writer().close();
        left.writer().waitClosed();
        right.writer().waitClosed();
      }
    });
  }

  @OnTransports
  void a_channel_that_is_connected_to_a_unix_socket_serves_too(
      NetTransport transport, @TempDir Path directory) throws Exception {
    Network.run(transport, () -> {
      UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("socket"));
      try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        listening.bind(address).configureBlocking(false);
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
        client.configureBlocking(false);
        Sockets.sockConnect(client, address);
        try (Connection left = Net.openConnection(client);
            Connection right = Net.openConnection(Sockets.sockAccept(listening))) {
          left.writer().write(bytes("hello\n"));
          assertThat(text(right.reader().readLine())).isEqualTo("hello\n");
        }
      }
    });
  }

  @OnTransports
  void writing_pauses_at_the_water_mark_and_resumes(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      SocketsTest.Pair pair = SocketsTest.Pair.open();
      pair.left().setOption(StandardSocketOptions.SO_SNDBUF, 50_000);
      try (SocketChannel peer = pair.right()) {
        var served = net().createConnection(Recording::new, pair.left());
        served.transport().write(new byte[2_000_000]);
        assertThat(served.transport().getWriteBufferSize()).isPositive();
        served.transport().close();
        long received = 0;
        for (int n = 1; n > 0; received += n) {
          n = Sockets.sockRecv(peer, 256 * 1024).length;
        }
        assertThat(received).isEqualTo(2_000_000);
        served.protocol().lost.await();
        assertThat(served.protocol().trail)
            .containsExactly("made", "pause", "resume", "lost: null");
      }
    });
  }

  @OnTransports
  void reading_pauses_and_resumes(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      SocketsTest.Pair pair = SocketsTest.Pair.open();
      try (SocketChannel peer = pair.right()) {
        var served = net().connectAcceptedSocket(Recording::new, pair.left());
        served.transport().pauseReading();
        Sockets.sockSendAll(peer, bytes("late"));
        sleep(Duration.ofMillis(20));
        served.protocol().trail.add("resumed");
        served.transport().resumeReading();
        peer.shutdownOutput();
        served.protocol().lost.await();
        assertThat(served.protocol().trail)
            .containsExactly("made", "resumed", "late", "eof", "lost: null");
      }
    });
  }

  @OnTransports
  void a_peer_that_resets_is_a_loss_with_a_reason(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      SocketsTest.Pair pair = SocketsTest.Pair.open();
      var served = net().connectAcceptedSocket(Recording::new, pair.left());
      pair.right().setOption(StandardSocketOptions.SO_LINGER, 0);
      pair.right().close();
      served.protocol().lost.await();
      assertThat(served.protocol().trail).hasSize(2);
      assertThat(served.protocol().trail.toString()).contains("lost: java.");
      served.transport().write(bytes("nobody"));
      served.transport().abort();
    });
  }

  @OnTransports
  void a_protocol_that_fails_is_reported_and_its_connection_ended(NetTransport transport)
      throws Exception {
    List<ExceptionContext> told = Network.runAndReport(transport, () -> {
      SocketsTest.Pair pair = SocketsTest.Pair.open();
      try (SocketChannel peer = pair.right()) {
        var served = net()
            .connectAcceptedSocket(
                () -> new Recording() {
                  @Override
                  public void dataReceived(byte[] data) {
                    throw new IllegalStateException("no idea");
                  }
                },
                pair.left());
        Sockets.sockSendAll(peer, bytes("x"));
        served.protocol().lost.await();
        assertThat(Sockets.sockRecv(peer, 1)).isEmpty();
      }
    });
    assertThat(told)
        .singleElement()
        .satisfies(
            each -> assertThat(each.message()).startsWith("Fatal error: protocol.dataReceived"));
  }

  @OnTransports
  void what_cannot_be_served_is_refused(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (SocketChannel channel = SocketChannel.open()) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> net().connectAcceptedSocket(Recording::new, channel))
            .withMessageStartingWith("Expected a channel that is connected");
      }
      SocketsTest.Pair pair = SocketsTest.Pair.open();
      assertThatThrownBy(() -> net()
              .connectAcceptedSocket(
                  () -> {
                    throw new IllegalStateException("no protocol");
                  },
                  pair.left()))
          .hasMessage("no protocol");
      assertThat(Sockets.sockRecv(pair.right(), 1)).isEmpty();
      Connection right = Net.openConnection(pair.right());
      right.writer().writeEof();
      assertThatIllegalStateException().isThrownBy(() -> right.writer().write(bytes("x")));
      right.close();
      right.writer().waitClosed();
    });
  }

  @OnTransports
  void a_loop_that_closes_leaves_no_channel_open(NetTransport transport) throws Exception {
    SocketsTest.Pair[] pair = new SocketsTest.Pair[1];
    Network.run(transport, () -> {
      pair[0] = SocketsTest.Pair.open();
      var _ = Net.openConnection(pair[0].left());
      sleep(Duration.ofMillis(5));
    });
    assertThat(Objects.requireNonNull(pair[0]).left().isOpen()).isFalse();
    pair[0].right().close();
    assertThatThrownBy(() -> pair[0].left().getLocalAddress()).isInstanceOf(IOException.class);
  }
}
