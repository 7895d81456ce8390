// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.toThread;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.connect;
import static tepal.net.Network.text;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.ExceptionContext;
import tepal.Future;
import tepal.LoopMode;
import tepal.testing.VirtualClock;

class NettySelectorTest {

  @OnTransports
  void wakeups_from_other_threads_are_never_lost(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0)) {
        for (int i = 0; i < 2000; i++) {
          toThread(() -> {});
        }
        assertThat(server.isServing()).isTrue();
      }
    });
  }

  @OnTransports
  void an_action_that_fails_on_the_io_thread_is_told_and_the_loop_goes_on(NetTransport transport)
      throws Exception {
    List<ExceptionContext> told = Network.runAndReport(transport, () -> {
      NettySelector selector =
          (NettySelector) Objects.requireNonNull(getRunningLoop().selector());
      selector.onIoThread(() -> {
        throw new IllegalStateException("broken");
      });
      try (Server server = Net.startServer(Network::echo, HOST, 0);
          Connection connection = connect(server)) {
        connection.write(bytes("went on\n"));
        assertThat(text(connection.readLine())).isEqualTo("went on\n");
      }
    });
    assertThat(told)
        .singleElement()
        .satisfies(each -> assertThat(each.exception()).hasMessage("broken"));
  }

  @OnTransports
  void a_timer_ends_a_wait_for_input(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0)) {
        for (int i = 0; i < 50; i++) {
          sleep(Duration.ofNanos(300_000));
        }
        assertThat(server.isServing()).isTrue();
      }
    });
  }

  @OnTransports
  void a_loop_may_be_run_by_one_thread_and_then_by_another(NetTransport transport)
      throws Exception {
    List<String> answers = new ArrayList<>();
    try (EventLoop loop = EventLoop.builder().build()) {
      Net.builder(loop).transport(transport).build();
      Connection connection = loop.runUntilComplete(NettySelectorTest::connectToEcho);
      Thread other = Thread.ofPlatform().start(() -> {
        try {
          loop.runUntilComplete(() -> answers.add(ask(connection)));
        } catch (IllegalStateException e) {
          answers.add(e.getMessage());
          loop.setExceptionHandler((_, _) -> {}); // of the task that was left
        }
      });
      other.join();
    }

    assertThat(answers)
        .singleElement()
        .asString()
        .startsWith(
            transport == NetTransport.IO_URING
                ? "Expected a loop with io_uring to be run by the same platform thread"
                : "hello");
  }

  private static Connection connectToEcho() {
    return connect(Net.startServer(Network::echo, HOST, 0));
  }

  private static String ask(Connection connection) {
    connection.writer().write(bytes("hello\n"));
    String answer = text(connection.reader().readLine());
    connection.close();
    return answer;
  }

  @Test
  void idle_loops_leave_the_other_virtual_threads_running() throws Exception {
    int loops = Runtime.getRuntime().availableProcessors();
    List<EventLoop> idle = new ArrayList<>();
    List<Future<@Nullable Void>> ends = new ArrayList<>();
    List<Thread> runners = new ArrayList<>();
    CountDownLatch serving = new CountDownLatch(loops);
    for (int i = 0; i < loops; i++) {
      EventLoop loop = EventLoop.builder().build();
      Future<@Nullable Void> end = loop.createFuture();
      idle.add(loop);
      ends.add(end);
      runners.add(Thread.ofPlatform()
          .start(() -> loop.runUntilComplete(() -> {
            try (Server server = Net.startServer(Network::echo, HOST, 0)) {
              serving.countDown();
              end.await();
              assertThat(server.isServing()).isTrue();
            }
          })));
    }
    serving.await();

    // More of them than there are carriers, each of which unmounts and comes back.
    List<Thread> others = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(4 * loops);
    for (int i = 0; i < 4 * loops; i++) {
      others.add(Thread.startVirtualThread(() -> {
        all.countDown();
        try {
          all.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }));
    }
    for (Thread other : others) {
      other.join();
    }

    for (int i = 0; i < loops; i++) {
      Future<@Nullable Void> end = ends.get(i);
      var _ = idle.get(i).callSoonThreadsafe(() -> end.setResult(null));
      runners.get(i).join();
      idle.get(i).close();
    }
  }

  @OnTransports
  void closing_a_loop_whose_clock_stands_still_closes_its_network(NetTransport transport) {
    NettySelector selector;
    try (EventLoop loop = EventLoop.builder().clock(new VirtualClock()).build()) {
      selector = Net.builder(loop).transport(transport).build().selector();
      var _ = loop.runUntilComplete(() -> Net.startServer(Network::echo, HOST, 0));
    }
    assertThat(selector.netty().isTerminated()).isTrue();
    assertThat(selector.hasWork()).isFalse();
  }

  @Test
  void portable_mode_has_nio_only() {
    try (EventLoop loop = EventLoop.builder().mode(LoopMode.PORTABLE).build()) {
      assertThat(Net.of(loop).transport()).isEqualTo(NetTransport.NIO);
    }
    try (EventLoop loop = EventLoop.builder().mode(LoopMode.PORTABLE).build()) {
      assertThatIllegalStateException()
          .isThrownBy(() -> Net.builder(loop).transport(NetTransport.EPOLL).build())
          .withMessage(
              "Expected the transport EPOLL, but it cannot be had: the loop is in portable mode,"
                  + " which has NIO only");
    }
  }

  @Test
  void a_loop_has_one_network() {
    Asyncio.run(() -> {
      Net net = Net.of(getRunningLoop());
      assertThat(Net.of(getRunningLoop())).isSameAs(net);
    });
  }
}
