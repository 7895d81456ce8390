// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.net.Network.HOST;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tepal.Asyncio;
import tepal.Future;
import tepal.loops.LoopGroup;

/// Loops that wait for I/O, and the virtual threads of everybody else.
class IdleLoopsTest {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  static Stream<Integer> sizes() {
    return Stream.of(CORES, 4 * CORES);
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void idle_loops_of_a_group_leave_other_virtual_threads_running(int size) throws Exception {
    try (LoopGroup group = LoopGroup.start(size)) {
      List<Connection> idle =
          group.<Connection, RuntimeException>callOnAll(IdleLoopsTest::openIdleConnection);
      assertThat(idle).hasSize(size);
      othersRun();
      assertThat(group.<String, RuntimeException>call(() -> "and so does the group"))
          .isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void idle_loops_on_virtual_threads_leave_others_running(int size) throws Exception {
    CountDownLatch waiting = new CountDownLatch(size);
    LinkedTransferQueue<Future<@Nullable Void>> ends = new LinkedTransferQueue<>();
    List<Thread> threads = IntStream.range(0, size)
        .mapToObj(_ -> Thread.ofVirtual()
            .start(() -> Asyncio.run(() -> {
              try (Connection _ = openIdleConnection()) {
                Future<@Nullable Void> end = Asyncio.getRunningLoop().createFuture();
                ends.add(end);
                waiting.countDown();
                end.await();
              }
            })))
        .toList();
    assertThat(waiting.await(1, TimeUnit.MINUTES)).isTrue();
    othersRun();
    for (Future<@Nullable Void> end : ends) {
      end.getLoop().callSoonThreadsafe(() -> end.setResult(null));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /// Leaves the loop with a listening socket and both ends of a connection on which nothing comes.
  private static Connection openIdleConnection() {
    Server server = Net.startServer((reader, _) -> reader.read(), HOST, 0);
    return Net.openConnection(HOST, ((InetSocketAddress) server.sockets().getFirst()).getPort());
  }

  /// Lets twice as many virtual threads as there are cores meet again and again, for which all of
  /// them have to run.
  private static void othersRun() throws InterruptedException {
    CyclicBarrier barrier = new CyclicBarrier(2 * CORES);
    CountDownLatch ended = new CountDownLatch(2 * CORES);
    for (int i = 0; i < 2 * CORES; i++) {
      var _ = Thread.ofVirtual().start(() -> {
        try {
          for (int round = 0; round < 1000; round++) {
            barrier.await();
          }
          ended.countDown();
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      });
    }
    assertThat(ended.await(1, TimeUnit.MINUTES)).as("all have met").isTrue();
  }
}
