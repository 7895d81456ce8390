// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.sleep;
import static tepal.net.Network.bytes;
import static tepal.net.Network.text;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import tepal.Action;
import tepal.Task;
import tepal.streams.WriteBufferLimits;

class UnixDatagramsTest {
  @TempDir
  Path directory;

  private static void runIfThere(NetTransport transport, Action<Exception> main) throws Exception {
    Network.run(transport, () -> {
      if (transport == NetTransport.EPOLL || transport == NetTransport.KQUEUE) {
        main.run();
      } else {
        assertThatThrownBy(() -> Net.openUnixDatagramEndpoint(null))
            .isInstanceOf(UnsupportedOperationException.class)
            .hasMessageContaining("the loop has " + transport);
      }
    });
  }

  @OnTransports
  void datagrams_go_both_ways_between_paths(NetTransport transport) throws Exception {
    Path path = directory.resolve("server");
    runIfThere(transport, () -> {
      try (DatagramEndpoint server = Net.openUnixDatagramEndpoint(path);
          DatagramEndpoint client =
              Net.openConnectedUnixDatagramEndpoint(path, directory.resolve("client"))) {
        for (String each : List.of("hello", "", "x".repeat(100_000), "end")) {
          client.send(bytes(each));
          Datagram question = server.receive();
          server.send(question.data(), question.address());

          assertThat(text(client.receive().data())).isEqualTo(each);
          assertThat(question.address())
              .isEqualTo(UnixDomainSocketAddress.of(directory.resolve("client")));
        }
        assertThat(client.remoteAddress()).isEqualTo(UnixDomainSocketAddress.of(path));
      }
    });
  }

  @OnTransports
  void a_multicast_group_is_refused_and_leaves_nothing(NetTransport transport) throws Exception {
    runIfThere(transport, () -> {
      DatagramOptions options = DatagramOptions.DEFAULT
          .withLocalAddress(UnixDomainSocketAddress.of(directory.resolve("server")))
          .withGroup(
              InetAddress.ofLiteral("239.1.1.1"),
              NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()));
      assertThatThrownBy(() -> Net.openDatagramEndpoint(options))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no group for Unix datagrams");
    });
  }

  @OnTransports
  void a_sender_without_a_path_has_the_empty_one(NetTransport transport) throws Exception {
    Path path = directory.resolve("server");
    runIfThere(transport, () -> {
      try (DatagramEndpoint server = Net.openUnixDatagramEndpoint(path);
          DatagramEndpoint client = Net.openUnixDatagramEndpoint(null)) {
        client.send(bytes("hello"), UnixDomainSocketAddress.of(path));
        client.send(bytes(""), UnixDomainSocketAddress.of(path));
        Datagram question = server.receive();

        assertThat(text(question.data())).isEqualTo("hello");
        assertThat(question.address()).isEqualTo(UnixDomainSocketAddress.of(""));
        assertThat(server.receive().data()).isEmpty();
        assertThat(client.localAddress()).isNull();
      }
    });
  }

  @OnTransports
  void a_socket_that_was_left_is_replaced_and_a_file_is_not(NetTransport transport)
      throws Exception {
    Path path = directory.resolve("server");
    Path file = Files.writeString(directory.resolve("file"), "precious");
    runIfThere(transport, () -> {
      Net.openUnixDatagramEndpoint(path).close();
      assertThat(path).exists();
      try (DatagramEndpoint server = Net.openUnixDatagramEndpoint(path)) {
        assertThat(server.localAddress()).isEqualTo(UnixDomainSocketAddress.of(path));
      }
      assertThatThrownBy(() -> Net.openUnixDatagramEndpoint(file))
          .isInstanceOf(UncheckedIOException.class);
      assertThat(file).hasContent("precious");
    });
  }

  @OnTransports
  void a_path_where_nobody_listens_is_an_error(NetTransport transport) throws Exception {
    Path path = directory.resolve("nobody");
    runIfThere(transport, () -> {
      assertThatThrownBy(() -> Net.openConnectedUnixDatagramEndpoint(path, null))
          .isInstanceOf(UncheckedIOException.class);
      try (DatagramEndpoint client = Net.openUnixDatagramEndpoint(null)) {
        client.send(bytes("hello"), UnixDomainSocketAddress.of(path));
        assertThatThrownBy(client::receive).isInstanceOf(UncheckedIOException.class);
      }
    });
  }

  @OnTransports
  void a_receiver_that_does_not_read_makes_the_sender_wait(NetTransport transport)
      throws Exception {
    Path path = directory.resolve("server");
    runIfThere(transport, () -> {
      DatagramOptions slow = DatagramOptions.DEFAULT
          .withLocalAddress(UnixDomainSocketAddress.of(path))
          .withQueueLimits(1, 1_000_000);
      try (DatagramEndpoint server = Net.openDatagramEndpoint(slow);
          DatagramEndpoint client = Net.openConnectedUnixDatagramEndpoint(path, null)) {
        client.transport().setWriteBufferLimits(new WriteBufferLimits(1_000, 10_000));
        Task<?> sending = createTask(() -> {
          for (int i = 0; i < 2_000; i++) {
            client.send(bytes("%04d".formatted(i).repeat(100)));
          }
        });
        sleep(Duration.ofMillis(50));
        assertThat(sending.done()).isFalse();
        assertThat(client.transport().getWriteBufferSize()).isBetween(1_000L, 11_000L);

        for (int i = 0; i < 2_000; i++) {
          assertThat(text(server.receive().data())).startsWith("%04d".formatted(i));
        }
        sending.await();
        assertThat(client.statistics().sent()).isEqualTo(2_000);
      }
    });
  }

  @OnTransports
  void closing_sends_what_the_receiver_has_not_taken_yet(NetTransport transport) throws Exception {
    Path path = directory.resolve("server");
    runIfThere(transport, () -> {
      DatagramOptions slow = DatagramOptions.DEFAULT
          .withLocalAddress(UnixDomainSocketAddress.of(path))
          .withQueueLimits(1, 1_000_000);
      try (DatagramEndpoint server = Net.openDatagramEndpoint(slow)) {
        DatagramEndpoint client = Net.openConnectedUnixDatagramEndpoint(path, null);
        for (int i = 0; i < 100; i++) {
          client.send(bytes("" + i));
        }
        client.close();
        for (int i = 0; i < 100; i++) {
          assertThat(text(server.receive().data())).isEqualTo("" + i);
        }
        client.waitClosed();
      }
    });
  }
}
