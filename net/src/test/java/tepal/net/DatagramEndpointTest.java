// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.Task;
import tepal.streams.WriteBufferLimits;
import tepal.testing.Trail;

class DatagramEndpointTest {

  private static DatagramEndpoint open() {
    return Net.openDatagramEndpoint(HOST, 0);
  }

  private static SocketAddress addressOf(DatagramEndpoint endpoint) {
    return Objects.requireNonNull(endpoint.localAddress());
  }

  private static int portOf(DatagramEndpoint endpoint) {
    return ((InetSocketAddress) addressOf(endpoint)).getPort();
  }

  private static void echo(DatagramEndpoint endpoint) {
    for (Datagram datagram : endpoint) {
      endpoint.send(datagram.data(), datagram.address());
    }
  }

  /// Lets everything that is on its way arrive.
  private static void settle() {
    for (int i = 0; i < 5; i++) {
      sleep(Duration.ofMillis(2));
    }
  }

  @OnTransports
  void what_is_sent_comes_back_until_the_endpoint_is_closed(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      DatagramEndpoint server = open();
      Task<?> echo = createTask(() -> echo(server));
      try (DatagramEndpoint client = Net.openConnectedDatagramEndpoint(HOST, portOf(server))) {
        String little =
            transport == NetTransport.NIO ? "x" : ""; // the JDK cannot send an empty one
        for (String each : List.of("hello", little, "x".repeat(60_000))) {
          client.send(bytes(each));
          Datagram answer = client.receive();

          assertThat(text(answer.data())).isEqualTo(each);
          assertThat(answer.address()).isEqualTo(addressOf(server));
        }
        assertThat(client.remoteAddress()).isEqualTo(addressOf(server));
        assertThat(client.statistics()).isEqualTo(new DatagramStatistics(3, 3, 0, 0, 0, 0, 0, 0));
      }
      server.close();
      echo.await();
      server.waitClosed();

      assertThat(server.isClosed()).isTrue();
    });
  }

  @OnTransports
  void receivers_are_served_in_the_order_in_which_they_came(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      try (DatagramEndpoint server = open();
          DatagramEndpoint client = open()) {
        Trail trail = new Trail();
        List<Task<?>> receivers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          int number = i;
          receivers.add(createTask(() -> {
            trail.add(number + ": " + text(server.receive().data()));
            trail.add(number + ": " + text(server.receive().data()));
          }));
        }
        sleep(Duration.ZERO);
        assertThat(server.statistics().receiversWaiting()).isEqualTo(3);
        for (String each : List.of("a", "b", "c", "d", "e", "f")) {
          client.send(bytes(each), addressOf(server));
        }
        receivers.forEach(Task::await);

        assertThat(trail.words())
            .containsExactlyInAnyOrder("0: a", "1: b", "2: c", "0: d", "1: e", "2: f");
      }
    });
  }

  @OnTransports
  void a_cancelled_receive_loses_no_datagram(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (DatagramEndpoint server = open();
          DatagramEndpoint client = open()) {
        Task<Datagram> cancelledWhileWaiting = createTask(server::receive);
        sleep(Duration.ZERO);
        cancelledWhileWaiting.cancel();
        assertThatThrownBy(cancelledWhileWaiting::await).isInstanceOf(CancelledError.class);

        // The inbox is fed here, so that it is certain that the task is woken and has not resumed.
        Task<Datagram> cancelledAfterWaking = createTask(server::receive);
        Task<Datagram> next = createTask(server::receive);
        sleep(Duration.ZERO);
        DatagramInbox inbox = (DatagramInbox) server.transport().getProtocol();
        inbox.datagramReceived(bytes("not lost"), addressOf(client));
        cancelledAfterWaking.cancel();
        assertThatThrownBy(cancelledAfterWaking::await).isInstanceOf(CancelledError.class);

        assertThat(text(next.await().data())).isEqualTo("not lost");

        // And nobody is left who could take it.
        Task<Datagram> last = createTask(server::receive);
        sleep(Duration.ZERO);
        inbox.datagramReceived(bytes("still there"), addressOf(client));
        last.cancel();
        assertThatThrownBy(last::await).isInstanceOf(CancelledError.class);

        assertThat(text(server.receive().data())).isEqualTo("still there");
        assertThat(server.statistics().receiversWaiting()).isZero();
      }
    });
  }

  @OnTransports
  void receiving_under_random_cancellation_gives_everything_in_order(NetTransport transport)
      throws Exception {
    Random random = new Random(4711);
    Network.run(transport, () -> {
      try (DatagramEndpoint server = open();
          DatagramEndpoint client = Net.openConnectedDatagramEndpoint(HOST, portOf(server))) {
        List<Integer> got = new ArrayList<>();
        int sent = 0;
        while (got.size() < 500) {
          for (int i = random.nextInt(3); i > 0 && sent < 500; i--) {
            client.send(new byte[++sent]);
          }
          Task<?> receiving = createTask(() -> {
            got.add(server.receive().data().length);
          });
          for (int i = random.nextInt(4); i > 0; i--) {
            sleep(Duration.ZERO);
          }
          if (got.size() < sent && random.nextBoolean()) {
            var _ = Asyncio.wait(List.of(receiving));
          } else {
            receiving.cancel();
            var _ = Asyncio.wait(List.of(receiving));
          }
        }

        assertThat(got).hasSize(500).isSorted();
      }
    });
  }

  @OnTransports
  void closing_wakes_who_waits_and_ends_the_iteration(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      DatagramEndpoint server = open();
      SocketAddress address = addressOf(server);
      List<String> got = new ArrayList<>();
      Task<?> iterating = createTask(() -> {
        for (Datagram each : server) {
          got.add(text(each.data()));
        }
        got.add("end");
      });
      Task<Datagram> receiving = createTask(server::receive);
      sleep(Duration.ZERO);
      server.close();
      server.close();

      assertThatThrownBy(receiving::await)
          .isInstanceOf(UncheckedIOException.class)
          .hasCauseInstanceOf(ClosedChannelException.class);
      iterating.await();
      assertThat(got).containsExactly("end");
      assertThatThrownBy(server::receive).hasCauseInstanceOf(ClosedChannelException.class);
      assertThatThrownBy(() -> server.send(bytes("x"), address))
          .hasCauseInstanceOf(ClosedChannelException.class);
      assertThat(server.iterator().hasNext()).isFalse();
    });
  }

  @OnTransports
  void a_full_queue_leaves_the_socket_unread_until_half_of_it_is_free(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      try (DatagramEndpoint server =
              Net.openDatagramEndpoint(DatagramProtocolsTest.LOCAL.withQueueLimits(4, 1_000_000));
          DatagramEndpoint client = open()) {
        for (int i = 0; i < 60; i++) {
          client.send(bytes("" + i), addressOf(server));
        }
        settle();
        DatagramStatistics full = server.statistics();
        assertThat(full.queued()).isBetween(4, 4 + 15);
        assertThat(full.received()).isEqualTo(full.queued());
        assertThat(full.pauses()).isEqualTo(1);
        for (int i = 0; i < 60; i++) {
          assertThat(text(server.receive().data())).isEqualTo("" + i);
        }
        assertThat(server.statistics().queuedBytes()).isZero();
        assertThat(server.statistics().pauses()).isGreaterThan(1);
      }
    });
  }

  @OnTransports
  void the_queue_is_bounded_in_bytes_too(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (DatagramEndpoint server =
              Net.openDatagramEndpoint(DatagramProtocolsTest.LOCAL.withQueueLimits(1_000, 5_000));
          DatagramEndpoint client = open()) {
        for (int i = 0; i < 60; i++) {
          client.send(new byte[1_000], addressOf(server));
        }
        settle();

        assertThat(server.statistics().queuedBytes()).isBetween(5_000L, 20_000L);
        for (int i = 0; i < 60; i++) {
          assertThat(server.receive().data()).hasSize(1_000);
        }
      }
    });
  }

  @OnTransports
  void an_error_of_the_system_is_thrown_once_and_the_endpoint_stays_open(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      DatagramEndpoint server = open();
      SocketAddress address = addressOf(server);
      server.close();
      server.waitClosed();
      try (DatagramEndpoint client =
          Net.openDatagramEndpoint(DatagramOptions.DEFAULT.withRemoteAddress(address))) {
        client.send(bytes("anybody?"));
        assertThatThrownBy(client::receive)
            .isInstanceOf(UncheckedIOException.class)
            .hasCauseInstanceOf(PortUnreachableException.class);

        client.send(bytes("anybody now?"));
        while (client.statistics().errors() < 2) {
          sleep(Duration.ofMillis(1));
        }
        assertThatThrownBy(() -> client.send(bytes("not sent")))
            .hasCauseInstanceOf(PortUnreachableException.class);

        try (DatagramEndpoint again =
            Net.openDatagramEndpoint(DatagramOptions.DEFAULT.withLocalAddress(address))) {
          client.send(bytes("hello"));
          assertThat(text(again.receive().data())).isEqualTo("hello");
          again.send(bytes("here"), addressOf(client));
          assertThat(text(client.receive().data())).isEqualTo("here");
        }
        assertThat(client.statistics().sent()).isEqualTo(3);
      }
    });
  }

  @OnTransports
  void sending_suspends_only_while_too_much_is_buffered(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (DatagramEndpoint server = open();
          DatagramEndpoint client = Net.openConnectedDatagramEndpoint(HOST, portOf(server))) {
        client.transport().setWriteBufferLimits(new WriteBufferLimits(0, 20));
        Trail trail = new Trail();
        Task<?> sending = createTask(() -> {
          for (int i = 0; i < 6; i++) {
            client.send(bytes("12"));
            trail.add("sent " + i);
          }
        });
        sleep(Duration.ZERO);
        trail.add("other");
        sending.await();

        assertThat(trail.words())
            .containsExactly("sent 0", "sent 1", "sent 2", "other", "sent 3", "sent 4", "sent 5");
        assertThat(client.statistics().sent()).isEqualTo(6);
      }
    });
  }

  @OnTransports
  void a_cancelled_send_sends_nothing(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (DatagramEndpoint server = open();
          DatagramEndpoint client = Net.openConnectedDatagramEndpoint(HOST, portOf(server))) {
        client.transport().setWriteBufferLimits(new WriteBufferLimits(0, 0));
        Task<?> sending = createTask(() -> {
          client.send(bytes("first"));
          client.send(bytes("second"));
        });
        Task<?> cancelling = createTask(() -> {
          sending.cancel();
        });
        cancelling.await();
        assertThatThrownBy(sending::await).isInstanceOf(CancelledError.class);
        client.send(bytes("third"));

        assertThat(text(server.receive().data())).isEqualTo("first");
        assertThat(text(server.receive().data())).isEqualTo("third");
      }
    });
  }

  @OnTransports
  void closing_under_load_ends_all_tasks(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      DatagramEndpoint server = open();
      Task<?> echo = createTask(() -> echo(server));
      List<Task<?>> clients = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        clients.add(createTask(() -> {
          try (DatagramEndpoint client = Net.openConnectedDatagramEndpoint(HOST, portOf(server))) {
            while (!server.isClosed()) {
              client.send(new byte[100]);
              var _ = client.receive();
            }
          } catch (UncheckedIOException e) {
            assertThat(e).hasCauseInstanceOf(PortUnreachableException.class);
          }
        }));
      }
      while (server.statistics().received() < 1_000) {
        sleep(Duration.ofMillis(1));
      }
      server.close();
      echo.await();
      for (Task<?> client : clients) {
        client.cancel();
        var _ = Asyncio.wait(List.of(client));
        assertThat(client.cancelled() || client.exception() == null).isTrue();
      }
    });
  }

  @OnTransports
  void members_of_a_group_hear_what_is_sent_to_it(NetTransport transport) throws Exception {
    NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.ofLiteral(HOST));
    assumeTrue(loopback != null, "this machine has no loopback interface for multicast");
    InetAddress group = InetAddress.ofLiteral("239.255.42.99");
    Network.run(transport, () -> {
      DatagramOptions any = DatagramOptions.DEFAULT.withGroup(group, loopback);
      try (DatagramEndpoint member = Net.openDatagramEndpoint(any);
          DatagramEndpoint sender = Net.openDatagramEndpoint(
              DatagramProtocolsTest.LOCAL.withMulticastInterface(loopback).withMulticastTtl(0))) {
        InetSocketAddress everybody = new InetSocketAddress(group, portOf(member));
        sender.send(bytes("hello"), everybody);
        assertThat(text(member.receive().data())).isEqualTo("hello");

        member.leaveGroup(group, loopback);
        sender.send(bytes("not heard"), everybody);
        settle();
        member.joinGroup(group, loopback);
        sender.send(bytes("again"), everybody);
        assertThat(text(member.receive().data())).isEqualTo("again");
      }
    });
  }

  @OnTransports
  void a_sender_may_keep_this_machine_from_hearing_it(NetTransport transport) throws Exception {
    NetworkInterface real = NetworkInterface.networkInterfaces()
        .filter(DatagramEndpointTest::carriesMulticast)
        .findFirst()
        .orElse(null);
    assumeTrue(real != null, "this machine has no interface for multicast but loopback");
    InetAddress group = InetAddress.ofLiteral("239.255.42.99");
    Network.run(transport, () -> {
      DatagramOptions sending =
          DatagramOptions.DEFAULT.withMulticastInterface(real).withMulticastTtl(0);
      try (DatagramEndpoint member =
              Net.openDatagramEndpoint(DatagramOptions.DEFAULT.withGroup(group, real));
          DatagramEndpoint quiet = Net.openDatagramEndpoint(sending.withMulticastLoopback(false));
          DatagramEndpoint loud = Net.openDatagramEndpoint(sending)) {
        InetSocketAddress everybody = new InetSocketAddress(group, portOf(member));
        quiet.send(bytes("not heard here"), everybody);
        settle();
        loud.send(bytes("heard"), everybody);
        assertThat(text(member.receive().data())).isEqualTo("heard");
      }
    });
  }

  private static boolean carriesMulticast(NetworkInterface each) {
    try {
      return each.isUp()
          && each.supportsMulticast()
          && !each.isLoopback()
          && each.inetAddresses().anyMatch(Inet4Address.class::isInstance);
    } catch (SocketException e) {
      return false;
    }
  }

  @OnTransports
  void a_group_that_cannot_be_joined_is_an_error(NetTransport transport) throws Exception {
    NetworkInterface loopback =
        Objects.requireNonNull(NetworkInterface.getByInetAddress(InetAddress.ofLiteral(HOST)));
    Network.run(transport, () -> {
      try (DatagramEndpoint member = open()) {
        assertThatThrownBy(() -> member.joinGroup(InetAddress.ofLiteral("ff02::99"), loopback))
            .isInstanceOfAny(UncheckedIOException.class, IllegalArgumentException.class);
      }
    });
  }

  @OnTransports
  void an_endpoint_says_what_it_is(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (DatagramEndpoint endpoint = open()) {
        assertThat(endpoint)
            .hasToString("DatagramEndpoint[/127.0.0.1:" + portOf(endpoint) + ", 0 queued]");
        assertThat(new Datagram(bytes("hello"), addressOf(endpoint)))
            .hasToString("Datagram[5 bytes from /127.0.0.1:" + portOf(endpoint) + "]");
      }
    });
  }

  @Test
  void an_error_that_comes_after_the_end_does_not_hide_the_end() throws Exception {
    Network.run(NetTransport.NIO, () -> {
      DatagramInbox inbox = new DatagramInbox(getRunningLoop(), DatagramOptions.DEFAULT);
      inbox.close();
      inbox.errorReceived(new IOException("late"));
      assertThatThrownBy(inbox::receive).hasCauseInstanceOf(ClosedChannelException.class);
    });
  }
}
