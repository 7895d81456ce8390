// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.text;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tepal.CancelledError;
import tepal.Future;
import tepal.Task;
import tepal.streams.Protocol;
import tepal.streams.TransportAndProtocol;
import tepal.streams.WriteBufferLimits;

class DatagramProtocolsTest {
  static final DatagramOptions LOCAL = DatagramOptions.DEFAULT.withLocalAddress(inet(HOST, 0));

  /// Notes what it is called with, in words, and lets a test wait for some of them.
  static class Recording implements DatagramProtocol {
    final List<String> trail = new ArrayList<>();
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();

    @Nullable DatagramTransport transport;

    private record Waiter(BooleanSupplier until, Future<@Nullable Void> future) {}

    DatagramTransport transport() {
      return Objects.requireNonNull(transport);
    }

    void note(String word) {
      trail.add(word);
      waiters.removeIf(waiter -> {
        boolean over = waiter.until.getAsBoolean();
        if (over) {
          waiter.future.setResult(null);
        }
        return over;
      });
    }

    void awaitUntil(BooleanSupplier until) {
      if (!until.getAsBoolean()) {
        Future<@Nullable Void> future = getRunningLoop().createFuture();
        waiters.add(new Waiter(until, future));
        future.await();
      }
    }

    void awaitWords(int count) {
      awaitUntil(() -> trail.size() >= count);
    }

    @Override
    public void connectionMade(DatagramTransport made) {
      transport = made;
      note("made");
    }

    @Override
    public void datagramReceived(byte[] data, SocketAddress from) {
      note(text(data));
    }

    @Override
    public void errorReceived(IOException exception) {
      note("error: " + exception.getClass().getSimpleName());
    }

    @Override
    public void connectionLost(@Nullable Throwable exception) {
      note("lost: " + exception);
    }

    @Override
    public void pauseWriting() {
      note("pause");
    }

    @Override
    public void resumeWriting() {
      note("resume");
    }
  }

  /// Sends back what comes.
  static final class Echo extends Recording {
    @Override
    public void datagramReceived(byte[] data, SocketAddress from) {
      transport().sendTo(data, from);
    }
  }

  static InetSocketAddress inet(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  static Net net() {
    return Net.of(getRunningLoop());
  }

  static Recording open(DatagramOptions options) {
    return net().createDatagramEndpoint(Recording::new, options).protocol();
  }

  static SocketAddress addressOf(Recording protocol) {
    return Objects.requireNonNull(protocol.transport().getExtraInfo(Net.SOCKNAME));
  }

  @OnTransports
  void a_protocol_is_called_in_order_and_told_of_the_end_once(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      TransportAndProtocol<DatagramTransport, Echo> server =
          net().createDatagramEndpoint(Echo::new, LOCAL);
      Recording client = open(LOCAL);
      client.note("opened");
      client.transport().sendTo(bytes("one"), addressOf(server.protocol()));
      client.transport().sendTo(ByteBuffer.wrap(bytes("two")), addressOf(server.protocol()));
      client.note("sent");
      client.awaitWords(5);
      client.transport().close();
      client.transport().close();
      client.note("closed");
      client.awaitWords(7);
      server.transport().close();
      server.protocol().awaitWords(2);

      assertThat(client.trail)
          .containsExactly("made", "opened", "sent", "one", "two", "closed", "lost: null");
      assertThat(server.protocol().trail).containsExactly("made", "lost: null");
      assertThat(client.transport().isClosing()).isTrue();
    });
  }

  @OnTransports
  void the_sender_is_known_and_the_array_may_be_used_again(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      List<Object> senders = new ArrayList<>();
      Recording server = net()
          .createDatagramEndpoint(
              () -> new Recording() {
                @Override
                public void datagramReceived(byte[] data, SocketAddress from) {
                  senders.add(from);
                  senders.add(from.getClass());
                  note(text(data));
                }
              },
              LOCAL)
          .protocol();
      Recording client = open(LOCAL);
      byte[] data = bytes("first");
      client.transport().sendTo(data, addressOf(server));
      System.arraycopy(bytes("other"), 0, data, 0, 5);
      server.awaitWords(2);

      assertThat(server.trail).containsExactly("made", "first");
      assertThat(senders).containsExactly(addressOf(client), InetSocketAddress.class);
      closeAll(client, server);
    });
  }

  static void closeAll(Recording... protocols) {
    for (Recording each : protocols) {
      each.transport().abort();
      each.awaitUntil(() -> each.trail.getLast().startsWith("lost"));
    }
  }

  @OnTransports
  void empty_datagrams_are_sent_and_received_between_others(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      Recording server = open(LOCAL);
      Recording client = open(LOCAL);
      Recording connected = open(LOCAL.withRemoteAddress(addressOf(server)));
      for (String each : List.of("", "a", "", "", "b", "c", "")) {
        client.transport().sendTo(bytes(each), addressOf(server));
      }
      server.awaitWords(8);
      // The JDK cannot send an empty datagram on a connected socket.
      List<String> possible =
          transport == NetTransport.NIO ? List.of("x", "y", "z", "z") : List.of("x", "", "y", "");
      for (String each : possible) {
        connected.transport().sendTo(bytes(each), null);
      }
      server.awaitWords(12);
      server.transport().sendTo(bytes(""), addressOf(connected));
      server.transport().sendTo(bytes("end"), addressOf(connected));
      connected.awaitWords(3);

      assertThat(server.trail)
          .startsWith("made", "", "a", "", "", "b", "c", "")
          .endsWith(possible.toArray(String[]::new));
      assertThat(connected.trail).containsExactly("made", "", "end");
      closeAll(client, connected, server);
    });
  }

  @OnTransports
  void a_connected_endpoint_sends_to_and_hears_from_its_peer_only(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      Recording peer = open(LOCAL);
      Recording stranger = open(LOCAL);
      Recording client = open(DatagramOptions.DEFAULT.withRemoteAddress(addressOf(peer)));
      stranger.transport().sendTo(bytes("hello from a stranger"), addressOf(client));
      client.transport().sendTo(bytes("by default"), null);
      client.transport().sendTo(bytes("by name"), addressOf(peer));
      peer.awaitWords(3);
      peer.transport().sendTo(bytes("answer"), addressOf(client));
      client.awaitWords(2);

      assertThat(peer.trail).containsExactly("made", "by default", "by name");
      assertThat(client.trail).containsExactly("made", "answer");
      assertThat(client.transport().getExtraInfo(Net.PEERNAME)).isEqualTo(addressOf(peer));
      assertThat(peer.transport().getExtraInfo(Net.PEERNAME)).isNull();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> client.transport().sendTo(bytes("x"), addressOf(stranger)))
          .withMessageContaining("Expected null or");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> peer.transport().sendTo(bytes("x"), null))
          .withMessageContaining("Expected an address, got null");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> peer.transport()
              .sendTo(bytes("x"), InetSocketAddress.createUnresolved("localhost", 1)))
          .withMessageContaining("Expected a resolved address");
      closeAll(client, stranger, peer);
    });
  }

  @OnTransports
  void a_port_where_nobody_listens_is_an_error_that_leaves_the_endpoint_open(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      Recording peer = open(LOCAL);
      SocketAddress address = addressOf(peer);
      closeAll(peer);
      Recording client = open(DatagramOptions.DEFAULT.withRemoteAddress(address));
      client.transport().sendTo(bytes("anybody there?"), null);
      client.awaitWords(2);
      Recording again = open(DatagramOptions.DEFAULT.withLocalAddress(address));
      client.transport().sendTo(bytes("hello"), null);
      again.awaitWords(2);
      again.transport().sendTo(bytes("here"), addressOf(client));
      client.awaitWords(3);

      assertThat(client.trail)
          .containsExactly(
              "made", "error: " + PortUnreachableException.class.getSimpleName(), "here");
      closeAll(client, again);
    });
  }

  @OnTransports
  void a_datagram_that_is_too_large_is_an_error_and_the_others_arrive(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      Recording server = open(LOCAL);
      Recording client = open(LOCAL);
      client.transport().setWriteBufferLimits(WriteBufferLimits.ofHigh(1_000_000));
      client.transport().sendTo(bytes("before"), addressOf(server));
      client.transport().sendTo(new byte[65_508], addressOf(server));
      client.transport().sendTo(bytes("after"), addressOf(server));
      client.awaitWords(2);
      client.transport().sendTo(new byte[65_508], addressOf(server));
      client.awaitWords(3);
      client.transport().sendTo(new byte[65_507], addressOf(server));
      server.awaitWords(4);

      assertThat(server.trail).containsExactly("made", "before", "after", "\0".repeat(65_507));
      assertThat(client.trail)
          .hasSize(3)
          .allMatch(it -> it.equals("made") || it.startsWith("error: "));
      closeAll(client, server);
    });
  }

  @OnTransports
  void the_buffer_counts_headers_and_the_water_marks_pause_the_protocol(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      Recording server = open(LOCAL);
      Recording client = open(LOCAL);
      client.transport().setWriteBufferLimits(new WriteBufferLimits(0, 30));
      client.transport().sendTo(bytes("12345"), addressOf(server));
      client.transport().sendTo(bytes(""), addressOf(server));
      client.note("two");
      assertThat(client.transport().getWriteBufferSize()).isEqualTo(5 + 8 + 8);
      client.transport().sendTo(bytes("12"), addressOf(server));
      client.note("three");
      assertThat(client.transport().getWriteBufferSize()).isEqualTo(31);
      client.awaitWords(5);
      assertThat(client.transport().getWriteBufferSize()).isZero();

      assertThat(client.trail).containsExactly("made", "two", "pause", "three", "resume");
      assertThat(client.transport().getWriteBufferLimits()).isEqualTo(new WriteBufferLimits(0, 30));
      closeAll(client, server);
    });
  }

  @OnTransports
  void what_was_sent_before_close_arrives_and_what_comes_after_does_not(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      Recording server = open(LOCAL);
      Recording client = open(LOCAL);
      for (int i = 0; i < 20; i++) {
        client.transport().sendTo(bytes("" + i), addressOf(server));
      }
      server.transport().sendTo(bytes("too late"), addressOf(client));
      client.transport().close();
      client.transport().sendTo(bytes("dropped"), addressOf(server));
      client.awaitWords(2);
      server.awaitWords(21);

      assertThat(client.trail).containsExactly("made", "lost: null");
      assertThat(server.trail).hasSize(21).doesNotContain("dropped");
      closeAll(server);
    });
  }

  @OnTransports
  void what_was_sent_before_abort_is_dropped(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Recording server = open(LOCAL);
      Recording client = open(LOCAL);
      client.transport().sendTo(bytes("dropped"), addressOf(server));
      client.transport().abort();
      client.awaitWords(2);
      Recording other = open(LOCAL);
      other.transport().sendTo(bytes("end"), addressOf(server));
      server.awaitWords(2);

      assertThat(server.trail).containsExactly("made", "end");
      closeAll(other, server);
    });
  }

  @OnTransports
  void nothing_is_received_after_close_from_a_callback(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Recording server = net()
          .createDatagramEndpoint(
              () -> new Recording() {
                @Override
                public void datagramReceived(byte[] data, SocketAddress from) {
                  super.datagramReceived(data, from);
                  transport().close();
                }
              },
              LOCAL)
          .protocol();
      Recording client = open(LOCAL);
      for (int i = 0; i < 5; i++) {
        client.transport().sendTo(bytes("" + i), addressOf(server));
      }
      server.awaitWords(3);

      assertThat(server.trail).containsExactly("made", "0", "lost: null");
      closeAll(client);
    });
  }

  @OnTransports
  void a_protocol_that_throws_is_reported_and_goes_on(NetTransport transport) throws Exception {
    var told = Network.runAndReport(transport, () -> {
      Recording server = net()
          .createDatagramEndpoint(
              () -> new Recording() {
                @Override
                public void datagramReceived(byte[] data, SocketAddress from) {
                  super.datagramReceived(data, from);
                  if (text(data).equals("bad")) {
                    throw new IllegalStateException("cannot take it");
                  }
                }
              },
              LOCAL)
          .protocol();
      Recording client = open(LOCAL);
      client.transport().sendTo(bytes("bad"), addressOf(server));
      client.transport().sendTo(bytes("good"), addressOf(server));
      server.awaitWords(3);

      assertThat(server.trail).containsExactly("made", "bad", "good");
      closeAll(client, server);
    });
    assertThat(told)
        .singleElement()
        .satisfies(each ->
            assertThat(Objects.requireNonNull(each.exception())).hasMessage("cannot take it"));
  }

  @OnTransports
  void another_protocol_takes_over(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Recording first = open(LOCAL);
      Recording client = open(LOCAL);
      Recording second = new Recording();
      second.transport = first.transport();
      client.transport().sendTo(bytes("to the first"), addressOf(first));
      first.awaitWords(2);
      first.transport().setProtocol(second);
      client.transport().sendTo(bytes("to the second"), addressOf(first));
      second.awaitWords(1);

      assertThat(first.trail).containsExactly("made", "to the first");
      assertThat(second.trail).containsExactly("to the second");
      assertThat(first.transport().getProtocol()).isSameAs(second);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> first.transport().setProtocol(new Protocol() {}));
      closeAll(second, client);
    });
  }

  @OnTransports
  void an_address_in_use_fails_and_leaves_nothing(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Recording first = open(LOCAL);
      DatagramOptions same = LOCAL.withLocalAddress(addressOf(first));

      assertThatThrownBy(() -> open(same)).hasCauseInstanceOf(BindException.class);
      closeAll(first);
    });
  }

  @OnTransports
  void sockets_that_ask_for_it_share_a_port(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Recording first = open(LOCAL.withReusePort(true));
      Recording second = open(LOCAL.withReusePort(true).withLocalAddress(addressOf(first)));

      assertThat(addressOf(second)).isEqualTo(addressOf(first));
      closeAll(first, second);
    });
  }

  @OnTransports
  void names_are_resolved_and_families_must_fit(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Recording server = open(LOCAL);
      int port = ((InetSocketAddress) addressOf(server)).getPort();
      Recording client = open(DatagramOptions.DEFAULT
          .withFamily(StandardProtocolFamily.INET)
          .withRemoteAddress(InetSocketAddress.createUnresolved("localhost", port)));
      client.transport().sendTo(bytes("hello"), null);
      server.awaitWords(2);

      assertThat(server.trail).containsExactly("made", "hello");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> open(LOCAL.withRemoteAddress(inet("::1", 1))))
          .withMessageContaining("one family");
      closeAll(client, server);
    });
  }

  @OnTransports
  void ipv6_works_like_ipv4(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Recording server = open(DatagramOptions.DEFAULT.withLocalAddress(inet("::1", 0)));
      Recording client = open(DatagramOptions.DEFAULT.withFamily(StandardProtocolFamily.INET6));
      client.transport().sendTo(bytes("hello"), addressOf(server));
      client.transport().sendTo(bytes(""), addressOf(server));
      server.awaitWords(3);

      assertThat(server.trail).containsExactly("made", "hello", "");
      closeAll(client, server);
    });
  }

  @OnTransports
  void an_address_of_another_family_is_an_error_of_the_endpoint(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      Recording client = open(LOCAL);
      client.transport().sendTo(bytes("hello"), inet("::1", 9));
      client.awaitWords(2);

      assertThat(client.trail.get(1)).startsWith("error: ");
      closeAll(client);
    });
  }

  @OnTransports
  void broadcasts_arrive_and_need_permission(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Recording server = open(DatagramOptions.DEFAULT);
      int port = ((InetSocketAddress) addressOf(server)).getPort();
      InetSocketAddress everybody = inet("127.255.255.255", port);
      Recording forbidden = open(LOCAL);
      forbidden.transport().sendTo(bytes("without"), everybody);
      forbidden.awaitWords(2);
      Recording allowed = open(LOCAL.withAllowBroadcast(true).withRemoteAddress(everybody));
      allowed.transport().sendTo(bytes("hello all"), null);
      server.awaitWords(2);
      server.transport().sendTo(bytes("answer"), addressOf(allowed));
      allowed.awaitWords(2);

      assertThat(forbidden.trail.get(1)).startsWith("error: ");
      assertThat(server.trail).containsExactly("made", "hello all");
      assertThat(allowed.trail).containsExactly("made", "answer");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> allowed.transport().sendTo(bytes("x"), addressOf(server)));
      closeAll(forbidden, allowed, server);
    });
  }

  @OnTransports
  void random_datagrams_arrive_as_they_were_sent_and_in_order(NetTransport transport)
      throws Exception {
    Random random = new Random(20_261_125);
    Network.run(transport, () -> {
      List<byte[]> got = new ArrayList<>();
      Recording server = net()
          .createDatagramEndpoint(
              () -> new Recording() {
                @Override
                public void datagramReceived(byte[] data, SocketAddress from) {
                  got.add(data);
                  note("got");
                }
              },
              LOCAL)
          .protocol();
      Recording client = open(LOCAL);
      List<byte[]> sent = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        int most = random.nextInt(10) == 0 ? 60_000 : 2_000;
        byte[] data = new byte[random.nextInt(5) == 0 ? 0 : random.nextInt(most)];
        random.nextBytes(data);
        sent.add(data);
        client.transport().sendTo(data, addressOf(server));
        // so that the system's buffer, of about 200 KiB, holds what is on its way
        if (i % 4 == 3) {
          int count = i + 1;
          server.awaitUntil(() -> got.size() == count);
        }
      }

      for (int i = 0; i < 300; i++) {
        assertThat(got.get(i)).isEqualTo(sent.get(i));
      }
      closeAll(client, server);
    });
  }

  @OnTransports
  void closing_under_load_leaves_nothing(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      for (int round = 0; round < 20; round++) {
        Recording server = open(LOCAL);
        Recording client = open(LOCAL);
        SocketAddress address = addressOf(server);
        for (int i = 0; i < 100; i++) {
          client.transport().sendTo(new byte[500], address);
          if (i == 50 + round) {
            sleep(Duration.ZERO);
            server.transport().abort();
          }
        }
        client.transport().close();
        client.awaitUntil(() -> client.trail.getLast().startsWith("lost"));
        server.awaitUntil(() -> server.trail.getLast().startsWith("lost"));
      }
      assertThat(getRunningLoop().isRunning()).isTrue();
    });
  }

  @OnTransports
  void a_cancelled_opening_leaves_no_descriptor(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      closeAll(open(LOCAL));
      sleep(Duration.ofMillis(5)); // the JDK opens descriptors of its own for the first wait
      long before = Network.openDescriptors();
      for (int i = 0; i < 20; i++) {
        int steps = i % 4;
        Task<Recording> opening = createTask(() -> open(LOCAL));
        for (int step = 0; step <= steps; step++) {
          sleep(Duration.ZERO);
        }
        if (opening.cancel()) {
          assertThatThrownBy(opening::await).isInstanceOf(CancelledError.class);
        } else {
          closeAll(opening.await());
        }
      }
      for (int i = 0; i < 10; i++) {
        sleep(Duration.ofMillis(1));
      }
      assertThat(Network.openDescriptors()).isEqualTo(before);
    });
  }
}
