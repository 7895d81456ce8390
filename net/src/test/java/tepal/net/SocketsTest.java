// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tepal.CancelledError;
import tepal.ContextVar;
import tepal.Future;
import tepal.LoopMode;
import tepal.Task;

class SocketsTest {

  /// Two ends of a connection over the loopback, in non-blocking mode.
  record Pair(SocketChannel left, SocketChannel right) implements AutoCloseable {
    static Pair open() throws IOException {
      try (ServerSocketChannel listening = listening()) {
        SocketChannel left = SocketChannel.open(listening.getLocalAddress());
        listening.configureBlocking(true);
        SocketChannel right = listening.accept();
        left.configureBlocking(false);
        right.configureBlocking(false);
        return new Pair(left, right);
      }
    }

    @Override
    public void close() throws IOException {
      left.close();
      right.close();
    }
  }

  private static ServerSocketChannel listening() throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    channel.configureBlocking(false);
    return channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static SocketChannel unconnected() throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.configureBlocking(false);
    return channel;
  }

  @OnTransports
  void channels_connect_accept_send_and_receive(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (ServerSocketChannel listening = listening();
          SocketChannel client = unconnected()) {
        Task<SocketChannel> accepting = createTask(() -> Sockets.sockAccept(listening));
        sleep(Duration.ZERO);
        Sockets.sockConnect(client, listening.getLocalAddress());
        try (SocketChannel served = accepting.await()) {
          assertThat(served.isBlocking()).isFalse();
          Task<byte[]> receiving = createTask(() -> Sockets.sockRecv(served, 100));
          sleep(Duration.ofMillis(10));
          Sockets.sockSendAll(client, bytes("hello"));
          assertThat(text(receiving.await())).isEqualTo("hello");

          served.shutdownOutput();
          assertThat(Sockets.sockRecv(client, 100)).isEmpty();
          assertThat(Sockets.sockRecvInto(client, ByteBuffer.allocate(9))).isEqualTo(-1);
        }
      }
    });
  }

  @OnTransports
  void sending_more_than_the_system_buffers_waits_for_the_reader(NetTransport transport)
      throws Exception {
    byte[] much = new byte[20_000_000];
    Network.run(transport, () -> {
      try (Pair pair = Pair.open()) {
        Task<?> sending = createTask(() -> Sockets.sockSendAll(pair.left(), much));
        sleep(Duration.ofMillis(20));
        assertThat(sending.done()).isFalse();
        ByteBuffer received = ByteBuffer.allocate(much.length);
        while (received.hasRemaining()) {
          assertThat(Sockets.sockRecvInto(pair.right(), received)).isPositive();
        }
        sending.await();
      }
    });
  }

  @OnTransports
  void what_is_there_is_received_without_suspending(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Pair pair = Pair.open()) {
        Sockets.sockSendAll(pair.left(), bytes("hello"));
        while (Sockets.sockRecvInto(pair.right(), ByteBuffer.allocate(0)) != 0) {
          sleep(Duration.ZERO);
        }
        tepal.testing.Testing.assertDoesNotSuspend(
            () -> assertThat(text(Sockets.sockRecv(pair.right(), 3))).isEqualTo("hel"));
        assertThat(text(Sockets.sockRecv(pair.right(), 1_000_000_000))).isEqualTo("lo");
      }
    });
  }

  @OnTransports
  void a_cancelled_receive_takes_nothing_and_leaves_the_channel_alone(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      try (Pair pair = Pair.open()) {
        Task<byte[]> receiving = createTask(() -> Sockets.sockRecv(pair.right(), 100));
        sleep(Duration.ofMillis(10));
        receiving.cancel();
        assertThatThrownBy(receiving::await).isInstanceOf(CancelledError.class);
        Sockets.sockSendAll(pair.left(), bytes("hello"));
        assertThat(text(Sockets.sockRecv(pair.right(), 100))).isEqualTo("hello");

        becomesBlocking(pair.right());
      }
    });
  }

  /// Switches the mode, which the JDK refuses as long as a selector watches for the channel.
  private static void becomesBlocking(SocketChannel channel) throws IOException {
    for (; ; ) {
      try {
        channel.configureBlocking(true);
        return;
      } catch (java.nio.channels.IllegalBlockingModeException stillThere) {
        sleep(Duration.ofMillis(1));
      }
    }
  }

  @OnTransports
  void a_channel_is_let_go_of_before_its_task_goes_on(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Pair pair = Pair.open()) {
        for (int i = 0; i < 200; i++) {
          Task<byte[]> receiving = createTask(() -> {
            byte[] data = Sockets.sockRecv(pair.right(), 100);
            assertThat(pair.right().isRegistered()).isFalse();
            return data;
          });
          sleep(Duration.ZERO);
          Sockets.sockSendAll(pair.left(), bytes("x"));
          assertThat(receiving.await()).hasSize(1);
        }
      }
    });
  }

  @OnTransports
  void a_second_task_that_reads_the_same_channel_is_refused(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      try (Pair pair = Pair.open()) {
        Task<byte[]> first = createTask(() -> Sockets.sockRecv(pair.right(), 100));
        sleep(Duration.ZERO);
        assertThatIllegalStateException()
            .isThrownBy(() -> Sockets.sockRecv(pair.right(), 100))
            .withMessageStartingWith(
                "Expected a channel that nobody waits to read from, but a task");
        assertThatIllegalStateException()
            .isThrownBy(() -> Sockets.addReader(pair.right(), () -> {}));
        assertThat(Sockets.removeReader(pair.right())).isFalse();
        Sockets.sockSendAll(pair.left(), bytes("x"));
        assertThat(first.await()).hasSize(1);
      }
    });
  }

  @OnTransports
  void a_channel_that_is_closed_wakes_those_who_wait_for_it(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      try (Pair pair = Pair.open()) {
        Task<byte[]> receiving = createTask(() -> Sockets.sockRecv(pair.right(), 100));
        Task<?> sending = createTask(() -> Sockets.sockSendAll(pair.right(), new byte[20_000_000]));
        sleep(Duration.ofMillis(10));
        pair.right().close();
        assertThatThrownBy(receiving::await)
            .isInstanceOf(UncheckedIOException.class)
            .hasCauseInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(sending::await)
            .isInstanceOf(UncheckedIOException.class)
            .hasCauseInstanceOf(ClosedChannelException.class);
      }
    });
  }

  @OnTransports
  void a_channel_closed_the_moment_it_is_ready_does_not_end_the_thread(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      ReadinessThread thread =
          new ReadinessThread(new Readiness(Net.of(getRunningLoop()).selector()));
      thread.start();
      try (Pair pair = Pair.open();
          Selector selector = Selector.open()) {
        SelectionKey key = pair.left().register(selector, SelectionKey.OP_WRITE);
        pair.left().close();
        assertThatCode(() -> thread.becameReady(key)).doesNotThrowAnyException();
      } finally {
        thread.close();
      }
    });
  }

  @OnTransports
  void a_refused_connection_says_so(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      SocketAddress nobody;
      try (ServerSocketChannel listening = listening()) {
        nobody = listening.getLocalAddress();
      }
      try (SocketChannel client = unconnected()) {
        assertThatThrownBy(() -> Sockets.sockConnect(client, nobody))
            .isInstanceOf(UncheckedIOException.class)
            .hasCauseInstanceOf(ConnectException.class);
      }
    });
  }

  @OnTransports
  void a_name_is_resolved_before_connecting(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (ServerSocketChannel listening = listening();
          SocketChannel client = unconnected()) {
        int port = ((InetSocketAddress) listening.getLocalAddress()).getPort();
        Sockets.sockConnect(client, InetSocketAddress.createUnresolved(HOST, port));
        assertThat(client.isConnected()).isTrue();
        Sockets.sockAccept(listening).close();
      }
    });
  }

  @OnTransports
  void a_channel_that_blocks_is_refused(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (SocketChannel channel = SocketChannel.open()) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> Sockets.sockRecv(channel, 1))
            .withMessageStartingWith("Expected a channel in non-blocking mode");
        assertThatIllegalArgumentException().isThrownBy(() -> Sockets.addWriter(channel, () -> {}));
        assertThatIllegalArgumentException()
            .isThrownBy(() -> Sockets.sockConnect(
                channel, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)));
      }
    });
  }

  @OnTransports
  void datagrams_are_sent_and_received(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (DatagramChannel left = datagrams();
          DatagramChannel right = datagrams()) {
        Task<Sockets.Received> receiving = createTask(() -> Sockets.sockRecvFrom(right, 100));
        sleep(Duration.ofMillis(10));
        assertThat(Sockets.sockSendTo(left, bytes("ping"), right.getLocalAddress()))
            .isEqualTo(4);
        Sockets.Received received = receiving.await();
        assertThat(text(received.data())).isEqualTo("ping");
        assertThat(received.address()).isEqualTo(left.getLocalAddress());

        Sockets.sockSendTo(right, new byte[0], left.getLocalAddress());
        ByteBuffer into = ByteBuffer.allocate(10);
        assertThat(Sockets.sockRecvFromInto(left, into)).isEqualTo(right.getLocalAddress());
        assertThat(into.position()).isZero();
      }
    });
  }

  private static DatagramChannel datagrams() throws IOException {
    DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
    channel.configureBlocking(false);
    return channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @OnTransports
  void a_pipe_of_this_process_is_a_channel_too(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      Pipe pipe = Pipe.open();
      pipe.source().configureBlocking(false);
      pipe.sink().configureBlocking(false);
      try (Pipe.SourceChannel source = pipe.source();
          Pipe.SinkChannel sink = pipe.sink()) {
        Task<byte[]> receiving = createTask(() -> Sockets.sockRecv(source, 100));
        sleep(Duration.ZERO);
        Sockets.sockSendAll(sink, bytes("hello"));
        assertThat(text(receiving.await())).isEqualTo("hello");
        assertThatIllegalArgumentException()
            .isThrownBy(() -> Sockets.addWriter(source, () -> {}))
            .withMessageStartingWith("Expected a channel that one can write to");
      }
    });
  }

  // ---- Callbacks

  @OnTransports
  void a_reader_is_called_for_as_long_as_there_is_something_to_read(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      try (Pair pair = Pair.open()) {
        AtomicInteger calls = new AtomicInteger();
        Future<@Nullable Void> fifth = getRunningLoop().createFuture();
        Sockets.addReader(pair.right(), () -> {
          if (calls.incrementAndGet() == 5) {
            fifth.setResult(null);
          }
        });
        Sockets.sockSendAll(pair.left(), bytes("x"));
        fifth.await();

        assertThat(Sockets.removeReader(pair.right())).isTrue();
        assertThat(Sockets.removeReader(pair.right())).isFalse();
        int then = calls.get();
        sleep(Duration.ofMillis(20));
        assertThat(calls.get()).isEqualTo(then);
      }
    });
  }

  @OnTransports
  void a_reader_is_replaced_by_another_and_runs_in_its_own_context(NetTransport transport)
      throws Exception {
    ContextVar<String> variable = new ContextVar<>("variable");
    Network.run(transport, () -> {
      try (Pair pair = Pair.open()) {
        Sockets.sockSendAll(pair.left(), bytes("x"));
        Future<String> called = getRunningLoop().createFuture();
        Sockets.addReader(pair.right(), () -> {
          throw new AssertionError("replaced");
        });
        variable.set("second");
        Sockets.addReader(pair.right(), () -> {
          if (!called.done()) {
            called.setResult(variable.get());
          }
        });
        variable.set("later");
        assertThat(called.await()).isEqualTo("second");
        assertThat(Sockets.removeReader(pair.right())).isTrue();
      }
    });
  }

  @OnTransports
  void a_reader_and_a_writer_of_one_channel_are_both_called(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      try (Pair pair = Pair.open()) {
        Future<@Nullable Void> read = getRunningLoop().createFuture();
        Future<@Nullable Void> written = getRunningLoop().createFuture();
        Sockets.addReader(pair.right(), () -> {
          Sockets.removeReader(pair.right());
          read.setResult(null);
        });
        Sockets.addWriter(pair.right(), () -> {
          Sockets.removeWriter(pair.right());
          written.setResult(null);
        });
        written.await();
        assertThat(read.done()).isFalse();
        Sockets.sockSendAll(pair.left(), bytes("x"));
        read.await();
      }
    });
  }

  @OnTransports
  void a_reader_of_a_channel_that_is_closed_is_called_once_more_and_forgotten(
      NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Pair pair = Pair.open()) {
        Future<Boolean> called = getRunningLoop().createFuture();
        Sockets.addReader(pair.right(), () -> called.setResult(pair.right().isOpen()));
        sleep(Duration.ofMillis(5));
        pair.right().close();
        assertThat(called.await()).isFalse();
        assertThat(Sockets.removeReader(pair.right())).isFalse();
      }
    });
  }

  @OnTransports
  void a_loop_that_closes_leaves_neither_thread_nor_descriptor(NetTransport transport)
      throws Exception {
    try (Pair pair = Pair.open()) {
      Network.run(transport, () -> {}); // what the first loop opens for good
      long before = Network.openDescriptors();
      for (int i = 0; i < 5; i++) {
        Network.run(transport, () -> {
          Task<byte[]> _ = createTask(() -> Sockets.sockRecv(pair.right(), 100));
          sleep(Duration.ofMillis(5));
        });
      }
      assertThat(Network.openDescriptors()).isEqualTo(before);
      assertThat(Thread.getAllStackTraces().keySet())
          .noneMatch(thread -> thread.getName().equals("tepal-channels"));
      pair.right().configureBlocking(true);
    }
  }

  @Test
  void in_opened_mode_a_blocking_channel_suspends_its_task_only() throws Exception {
    Network.run(NetTransport.NIO, () -> {
      if (getRunningLoop().mode() != LoopMode.OPENED) {
        return;
      }
      try (Pair pair = Pair.open()) {
        pair.right().configureBlocking(true);
        ByteBuffer into = ByteBuffer.allocate(5);
        Task<Integer> receiving = createTask(() -> pair.right().read(into));
        sleep(Duration.ofMillis(10));
        Sockets.sockSendAll(pair.left(), bytes("hello"));
        assertThat(receiving.await()).isEqualTo(5);
      }
    });
  }

  // ---- Files

  @OnTransports
  void a_part_of_a_file_is_sent_to_a_channel(NetTransport transport, @TempDir Path directory)
      throws Exception {
    byte[] content = new byte[1_000_000];
    new java.util.Random(1).nextBytes(content);
    Path path = Files.write(directory.resolve("file"), content);
    Network.run(transport, () -> {
      try (Pair pair = Pair.open();
          FileChannel file = FileChannel.open(path)) {
        pair.left().setOption(StandardSocketOptions.SO_SNDBUF, 50_000);
        Task<Long> sending =
            createTask(() -> Sockets.sockSendfile(pair.left(), file, 1000, 10_000_000));
        ByteBuffer received = ByteBuffer.allocate(content.length - 1000);
        while (received.hasRemaining()) {
          Sockets.sockRecvInto(pair.right(), received);
        }
        assertThat(sending.await()).isEqualTo(content.length - 1000);
        assertThat(file.position()).isEqualTo(content.length);
        assertThat(received.flip())
            .isEqualTo(ByteBuffer.wrap(content, 1000, content.length - 1000));

        assertThat(Sockets.sockSendfile(pair.left(), file, content.length, 1)).isZero();
        assertThatIllegalArgumentException()
            .isThrownBy(() -> Sockets.sockSendfile(pair.left(), file, 0, 0));
      }
    });
  }

  @OnTransports
  void a_cancelled_sendfile_leaves_the_position_at_what_was_sent(
      NetTransport transport, @TempDir Path directory) throws Exception {
    Path path = Files.write(directory.resolve("file"), new byte[20_000_000]);
    Network.run(transport, () -> {
      try (Pair pair = Pair.open();
          FileChannel file = FileChannel.open(path)) {
        Task<Long> sending =
            createTask(() -> Sockets.sockSendfile(pair.left(), file, 0, 20_000_000));
        sleep(Duration.ofMillis(20));
        sending.cancel();
        assertThatThrownBy(sending::await).isInstanceOf(CancelledError.class);
        pair.left().shutdownOutput();
        long received = 0;
        for (int n = 0; n >= 0; n = Sockets.sockRecvInto(pair.right(), ByteBuffer.allocate(9999))) {
          received += n;
        }
        assertThat(file.position()).isEqualTo(received).isBetween(1L, 19_999_999L);
      }
    });
  }

  @OnTransports
  void others_have_their_turns_while_the_system_takes_a_file_at_once(
      NetTransport transport, @TempDir Path directory) throws Exception {
    Path path = Files.write(directory.resolve("file"), new byte[500_000]);
    Network.run(transport, () -> {
      try (Pair pair = Pair.open();
          FileChannel file = FileChannel.open(path)) {
        AtomicInteger turns = new AtomicInteger();
        Task<?> other = createTask(() -> {
          while (true) {
            turns.incrementAndGet();
            sleep(Duration.ZERO);
          }
        });
        Task<?> reading = createTask(() -> {
          ByteBuffer received = ByteBuffer.allocate(500_000);
          while (received.hasRemaining()) {
            Sockets.sockRecvInto(pair.right(), received);
          }
        });
        assertThat(Sockets.sockSendfile(pair.left(), file, 0, 500_000)).isEqualTo(500_000);
        assertThat(turns).hasValueGreaterThanOrEqualTo(2);
        reading.await();
        other.cancel();
      }
    });
  }
}
