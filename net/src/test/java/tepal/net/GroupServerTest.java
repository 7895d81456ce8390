// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;

import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tepal.Action;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.Task;
import tepal.loops.LoopGroup;
import tepal.loops.Loops;
import tepal.streams.ClientConnectedCallback;
import tepal.streams.Protocol;
import tepal.streams.StreamReader;
import tepal.streams.StreamWriter;
import tepal.streams.Transport;

/// One listening socket whose connections are served by the loops of a group.
class GroupServerTest {
  private final List<EventLoop> served = new CopyOnWriteArrayList<>();

  @OnTransports
  void connections_go_to_the_loops_in_turn(NetTransport transport) throws Exception {
    run(transport, 3, group -> {
      try (GroupServer server = serve(group, this::echoAndNote)) {
        for (int i = 0; i < 7; i++) {
          exchange(server, "hello");
        }
      }
      List<EventLoop> loops = group.loops();
      assertThat(served)
          .containsExactly(
              loops.get(0),
              loops.get(1),
              loops.get(2),
              loops.get(0),
              loops.get(1),
              loops.get(2),
              loops.get(0));
    });
  }

  @OnTransports
  void a_thousand_connections_over_four_loops_are_all_served(NetTransport transport)
      throws Exception {
    run(transport, 4, group -> {
      ServerOptions options = ServerOptions.DEFAULT.withBacklog(1000);
      try (GroupServer server = Net.startServer(group, this::echoAndNote, HOST, 0, options)) {
        List<Task<Connection>> connecting = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
          byte[] data = bytes("client " + i);
          connecting.add(createTask(() -> {
            Connection connection = Net.openConnection(HOST, port(server));
            connection.writer().write(data);
            assertThat(connection.reader().readExactly(data.length)).isEqualTo(data);
            return connection;
          }));
        }
        for (Task<Connection> each : connecting) {
          each.await().close();
        }
      }
      Map<EventLoop, AtomicInteger> counts = new ConcurrentHashMap<>();
      served.forEach(
          loop -> counts.computeIfAbsent(loop, _ -> new AtomicInteger()).incrementAndGet());
      assertThat(counts).hasSize(4);
      assertThat(counts.values().stream().mapToInt(AtomicInteger::get).sum()).isEqualTo(1000);
      assertThat(counts.values()).allMatch(count -> count.get() > 100);
    });
  }

  @OnTransports
  void the_loop_that_accepts_may_be_one_of_the_group(NetTransport transport) throws Exception {
    run(transport, 2, group -> {
      EventLoop accepting = group.loops().get(1);
      GroupServer server = Loops.call(accepting, () -> serve(group, this::echoAndNote));
      assertThat(server.getLoop()).isSameAs(accepting);
      for (int i = 0; i < 4; i++) {
        exchange(server, "hello");
      }
      server.close();
      server.waitClosed();
      assertThat(served)
          .containsExactly(group.loops().get(0), accepting, group.loops().get(0), accepting);
    });
  }

  @OnTransports
  void protocols_are_made_on_the_loop_that_they_are_for(NetTransport transport) throws Exception {
    run(transport, 2, group -> {
      try (GroupServer server = Net.of(getRunningLoop())
          .createServer(group, () -> new Echo(getRunningLoop()), HOST, 0, ServerOptions.DEFAULT)) {
        exchange(server, "one");
        exchange(server, "two");
      }
      assertThat(served).containsExactlyElementsOf(group.loops());
    });
  }

  private final class Echo implements Protocol {
    private final EventLoop made;
    private @Nullable Transport transport;

    Echo(EventLoop made) {
      this.made = made;
    }

    @Override
    public void connectionMade(Transport connected) {
      transport = connected;
      assertThat(getRunningLoop()).isSameAs(made);
      served.add(made);
    }

    @Override
    public void dataReceived(byte[] data) {
      Objects.requireNonNull(transport).write(data);
    }
  }

  @OnTransports
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void a_unix_socket_is_served_by_a_group_too(NetTransport transport) throws Exception {
    run(transport, 2, group -> {
      Path path = directory().resolve("socket");
      try (GroupServer server =
          Net.startUnixServer(group, this::echoAndNote, path, ServerOptions.DEFAULT)) {
        assertThat(server.sockets()).hasSize(1);
        for (int i = 0; i < 2; i++) {
          try (Connection connection = Net.openUnixConnection(path)) {
            connection.writer().write(bytes("x"));
            assertThat(connection.reader().readExactly(1)).isEqualTo(bytes("x"));
          }
        }
      }
      assertThat(served).containsExactlyElementsOf(group.loops());
    });
  }

  @TempDir
  @Nullable Path directory;

  private Path directory() {
    return Objects.requireNonNull(directory);
  }

  // ---- Refusals

  @OnTransports
  void an_address_in_use_leaves_nothing_on_the_loops(NetTransport transport) throws Exception {
    run(transport, 2, group -> {
      try (GroupServer server = serve(group, Network::echo)) {
        int port = port(server);
        assertThatThrownBy(() -> Net.startServer(group, Network::echo, HOST, port))
            .isInstanceOf(UncheckedIOException.class)
            .hasCauseInstanceOf(BindException.class);
      }
    });
  }

  @OnTransports
  void all_loops_need_the_same_transport(NetTransport transport) throws Exception {
    NetTransport other = NettyTransports.available(EventLoop.builder().build().mode()).stream()
        .filter(each -> each != transport)
        .findFirst()
        .orElse(null);
    if (other == null) {
      return;
    }
    try (LoopGroup group = group(other, 2)) {
      Network.run(
          transport,
          () -> assertThatIllegalStateException()
              .isThrownBy(() -> serve(group, Network::echo))
              .withMessage(
                  "Expected all loops of the group to have the transport %s of the loop that accepts,"
                      + " but loop 0 has %s",
                  transport, other));
    }
  }

  @OnTransports
  void a_stopped_group_serves_nobody(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      LoopGroup group = group(transport, 1);
      group.close();
      assertThatIllegalStateException().isThrownBy(() -> serve(group, Network::echo));
    });
  }

  // ---- The end

  @OnTransports
  void a_closed_server_leaves_its_connections_alone_and_waits_for_them(NetTransport transport)
      throws Exception {
    run(transport, 2, group -> {
      GroupServer server = serve(group, Network::echo);
      int port = port(server);
      Connection one = open(server);
      Connection two = open(server);
      server.close();
      assertThat(server.sockets()).isEmpty();
      assertThat(server.toString()).isEqualTo("GroupServer[closed, on 2 loops]");
      Task<?> waiting = createTask(server::waitClosed);
      sleep(Duration.ofMillis(10));
      assertThat(waiting.done()).isFalse();
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() -> Net.openConnection(HOST, port));
      echoes(one);
      echoes(two);
      one.close();
      sleep(Duration.ofMillis(10));
      assertThat(waiting.done()).isFalse();
      two.close();
      waiting.await();
    });
  }

  @OnTransports
  void a_thread_may_close_a_server_and_its_clients_and_wait(NetTransport transport)
      throws Exception {
    run(transport, 2, group -> {
      GroupServer server = serve(group, (reader, _) -> reader.read());
      Connection one = open(server, false);
      Connection two = open(server, false);
      while (connections(group, server) < 2) {
        sleep(Duration.ofMillis(1));
      }
      Thread thread = Thread.ofPlatform().start(() -> {
        server.close();
        server.closeClients();
        server.waitClosed();
      });
      assertThat(one.reader().read()).isEmpty();
      assertThat(two.reader().read()).isEmpty();
      one.close();
      two.close();
      thread.join();
    });
  }

  @OnTransports
  void serving_for_ever_ends_with_its_task_and_with_the_server(NetTransport transport)
      throws Exception {
    run(transport, 2, group -> {
      GroupServer server = Net.startServer(
          group, Network::echo, HOST, 0, ServerOptions.DEFAULT.withStartServing(false));
      Task<?> serving = createTask(server::serveForever);
      exchange(server, "hello");
      serving.cancel();
      assertThatThrownBy(serving::await).isInstanceOf(CancelledError.class);
      assertThat(server.sockets()).isEmpty();

      GroupServer another = serve(group, Network::echo);
      Task<?> closed = createTask(another::serveForever);
      sleep(Duration.ofMillis(1));
      another.close();
      assertThatThrownBy(closed::await).isInstanceOf(CancelledError.class);
    });
  }

  @OnTransports
  void a_group_that_is_closed_ends_the_server(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      LoopGroup group = group(transport, 2);
      GroupServer server = serve(group, Network::echo);
      Connection one = open(server);
      Connection two = open(server);
      closeAndCheck(group);
      server.waitClosed();
      assertThat(server.sockets()).isEmpty();
      assertThat(one.reader().read()).isEmpty();
      assertThat(two.reader().read()).isEmpty();
      one.close();
      two.close();
    });
  }

  @OnTransports
  void a_loop_of_its_own_that_is_closed_ends_the_server(NetTransport transport) throws Exception {
    GroupServer[] server = new GroupServer[1];
    LoopGroup group = group(transport, 2);
    Network.run(transport, () -> server[0] = serve(group, Network::echo));
    server[0].waitClosed();
    assertThat(server[0].sockets()).isEmpty();
    closeAndCheck(group);
  }

  @OnTransports
  @EnabledOnOs(OS.LINUX)
  void a_stop_under_load_loses_nothing_that_was_acknowledged(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> exchangeOnce(transport)); // loads classes, which opens files
    long before = Network.openDescriptors();
    AtomicInteger counted = new AtomicInteger();
    AtomicInteger acknowledged = new AtomicInteger();
    Network.run(transport, () -> {
      LoopGroup group = group(transport, 3);
      GroupServer server = serve(group, (reader, writer) -> {
        while (reader.read(1).length > 0) {
          counted.incrementAndGet();
          writer.write(bytes("k"));
          writer.drain();
        }
        writer.close();
      });
      List<Task<?>> clients = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        clients.add(createTask(() -> callUntilEnd(server, acknowledged)));
      }
      while (acknowledged.get() < 500) {
        sleep(Duration.ofMillis(1));
      }
      closeAndCheck(group);
      for (Task<?> each : clients) {
        each.await();
      }
      server.waitClosed();
    });
    assertThat(counted.get()).isGreaterThanOrEqualTo(acknowledged.get());
    assertThat(Network.openDescriptors()).isLessThanOrEqualTo(before);
  }

  private static void callUntilEnd(GroupServer server, AtomicInteger acknowledged) {
    int port = port(server);
    while (true) {
      try (Connection connection = Net.openConnection(HOST, port)) {
        for (int i = 0; i < 10; i++) {
          connection.writer().write(bytes("?"));
          if (connection.reader().read(1).length == 0) {
            return;
          }
          acknowledged.incrementAndGet();
        }
      } catch (UncheckedIOException e) {
        return; // reset, or refused
      }
    }
  }

  private static void exchangeOnce(NetTransport transport) throws Exception {
    try (LoopGroup group = group(transport, 3);
        GroupServer server = serve(group, Network::echo)) {
      exchange(server, "hello");
    }
  }

  // ---- A loop that is behind

  @OnTransports
  void a_loop_that_stands_still_is_passed_over_and_collects_no_more_than_its_bound(
      NetTransport transport) throws Exception {
    int bound = NettyBranch.MOST_UNDER_WAY;
    run(transport, 2, group -> {
      EventLoop stalled = group.loops().getFirst();
      ServerOptions options = ServerOptions.DEFAULT.withBacklog(1000);
      List<Task<?>> clients = new ArrayList<>();
      try (GroupServer server = Net.startServer(group, this::echoAndNote, HOST, 0, options)) {
        whileStalled(stalled, () -> {
          for (int i = 0; i < 3 * bound; i++) {
            clients.add(createTask(() -> exchange(server, "hello")));
          }
          while (served.size() < 2 * bound) {
            sleep(Duration.ofMillis(1));
          }
          assertThat(served).doesNotContain(stalled);
        });
        for (Task<?> each : clients) {
          each.await();
        }
      }
      assertThat(served).hasSize(3 * bound);
      assertThat(served).filteredOn(loop -> loop == stalled).hasSize(bound);
    });
  }

  @OnTransports
  void nobody_is_accepted_while_all_loops_stand_still(NetTransport transport) throws Exception {
    int clientCount = 3 * NettyBranch.MOST_UNDER_WAY;
    run(transport, 1, group -> {
      ServerOptions options = ServerOptions.DEFAULT.withBacklog(1000);
      List<Task<?>> clients = new ArrayList<>();
      try (GroupServer server = Net.startServer(group, this::echoAndNote, HOST, 0, options)) {
        NettyBranch branch = server.netty().branches().getFirst();
        whileStalled(group.loops().getFirst(), () -> {
          for (int i = 0; i < clientCount; i++) {
            clients.add(createTask(() -> exchange(server, "hello")));
          }
          while (branch.hasRoom()) {
            sleep(Duration.ofMillis(1));
          }
          sleep(Duration.ofMillis(50));
          assertThat(branch.underWay()).isEqualTo(NettyBranch.MOST_UNDER_WAY);
        });
        for (Task<?> each : clients) {
          each.await();
        }
      }
      assertThat(served).hasSize(clientCount);
    });
  }

  /// Keeps a loop from turning while `action` runs.
  private static void whileStalled(EventLoop loop, Action<Exception> action) throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch stalled = new CountDownLatch(1);
    loop.callSoonThreadsafe(() -> {
      stalled.countDown();
      while (release.getCount() > 0) {
        Thread.onSpinWait();
      }
    });
    try {
      while (stalled.getCount() > 0) {
        sleep(Duration.ofMillis(1));
      }
      action.run();
    } finally {
      release.countDown();
    }
  }

  // ---- What the tests stand on

  private interface WithGroup {
    void run(LoopGroup group) throws Exception;
  }

  private static void run(NetTransport transport, int size, WithGroup test) throws Exception {
    Network.run(transport, () -> {
      LoopGroup group = group(transport, size);
      try {
        test.run(group);
      } finally {
        closeAndCheck(group);
      }
    });
  }

  private static LoopGroup group(NetTransport transport, int size) {
    return LoopGroup.builder()
        .size(size)
        .initializer(loop -> Net.builder(loop).transport(transport).build())
        .start();
  }

  private static void closeAndCheck(LoopGroup group) {
    List<NettySelector> selectors = group.<NettySelector, RuntimeException>callOnAll(
        () -> (NettySelector) Objects.requireNonNull(getRunningLoop().selector()));
    group.close();
    for (NettySelector each : selectors) {
      assertThat(each.writeBuffers.taken()).as("write buffers left").isZero();
      assertThat(each.hasWork()).as("channels or actions left").isFalse();
    }
  }

  private static GroupServer serve(LoopGroup group, ClientConnectedCallback callback) {
    return Net.startServer(group, callback, HOST, 0);
  }

  private void echoAndNote(StreamReader reader, StreamWriter writer) {
    served.add(getRunningLoop());
    Network.echo(reader, writer);
  }

  private static int port(GroupServer server) {
    return ((InetSocketAddress) server.sockets().getFirst()).getPort();
  }

  private static Connection open(GroupServer server) {
    return open(server, true);
  }

  private static Connection open(GroupServer server, boolean echoing) {
    Connection connection = Net.openConnection(HOST, port(server));
    if (echoing) {
      echoes(connection);
    }
    return connection;
  }

  private static void echoes(Connection connection) {
    connection.writer().write(bytes("x"));
    assertThat(connection.reader().readExactly(1)).isEqualTo(bytes("x"));
  }

  private static void exchange(GroupServer server, String text) {
    try (Connection connection = Net.openConnection(HOST, port(server))) {
      connection.writer().write(bytes(text));
      assertThat(connection.reader().readExactly(bytes(text).length)).isEqualTo(bytes(text));
    }
  }

  private static int connections(LoopGroup group, GroupServer server) {
    return group
        .<Integer, RuntimeException>callOnAll(() -> server.netty().branches().stream()
            .map(NettyBranch::server)
            .filter(each -> each.loop() == getRunningLoop())
            .mapToInt(NettyServer::connections)
            .sum())
        .stream()
        .mapToInt(Integer::intValue)
        .sum();
  }
}
