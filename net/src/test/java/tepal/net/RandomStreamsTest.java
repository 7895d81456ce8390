// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.timeout;
import static tepal.net.Network.HOST;
import static tepal.net.Network.connect;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tepal.ExceptionContext;
import tepal.Task;
import tepal.TimeoutException;
import tepal.streams.StreamReader;
import tepal.streams.StreamWriter;

/// Bytes sent are bytes received, in order, whatever the sizes and whoever is cancelled. The seeds
/// are fixed, and named in what fails.
class RandomStreamsTest {
  private static final int CONNECTIONS = 8;
  private static final int BYTES = 1_000_000;

  @OnTransports
  void bytes_arrive_in_order_through_random_sizes_and_cancelled_reads_and_drains(
      NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0)) {
        List<Task<Long>> streams = new ArrayList<>();
        for (int seed = 0; seed < CONNECTIONS; seed++) {
          Random random = new Random(seed);
          streams.add(createTask(() -> exchange(server, random)));
        }
        for (int seed = 0; seed < CONNECTIONS; seed++) {
          assertThat(streams.get(seed).await()).as("seed %d", seed).isEqualTo(-1);
        }
      }
    });
  }

  /// Returns the position of the first byte that is not what was sent, or -1.
  private static long exchange(Server server, Random random) {
    try (Connection connection = connect(server)) {
      Task<?> writing = createTask(() -> write(connection.writer(), random));
      long wrong = read(connection.reader(), random);
      Object _ = writing.await();
      return wrong;
    }
  }

  private static void write(StreamWriter writer, Random random) {
    for (int at = 0; at < BYTES; ) {
      byte[] piece = new byte[Math.min(BYTES - at, 1 + random.nextInt(1 << random.nextInt(18)))];
      for (int i = 0; i < piece.length; i++) {
        piece[i] = byteAt(at + i);
      }
      writer.write(piece);
      at += piece.length;
      drain(writer, random);
    }
    writer.writeEof();
  }

  private static void drain(StreamWriter writer, Random random) {
    while (true) {
      try {
        timeout(Duration.ofNanos(random.nextInt(2_000_000)), writer::drain);
        return;
      } catch (TimeoutException e) {
        // again: nothing is lost
      }
    }
  }

  private static long read(StreamReader reader, Random random) {
    int at = 0;
    while (true) {
      byte[] piece;
      try {
        piece = timeout(
            Duration.ofNanos(random.nextInt(2_000_000)),
            () -> reader.read(1 + random.nextInt(1 << random.nextInt(18))));
      } catch (TimeoutException e) {
        continue;
      }
      for (int i = 0; i < piece.length; i++, at++) {
        if (piece[i] != byteAt(at)) {
          return at;
        }
      }
      if (piece.length == 0) {
        return at == BYTES ? -1 : at;
      }
    }
  }

  private static byte byteAt(int position) {
    return (byte) (position * 31 + (position >> 8));
  }

  @OnTransports
  @SuppressWarnings("try") // closed before its scope ends
  void connections_that_are_cancelled_at_random_leave_nothing(NetTransport transport)
      throws Exception {
    List<ExceptionContext> told = Network.runAndReport(transport, () -> {
      try (Server server = Net.startServer(Network::echo, HOST, 0)) {
        Random random = new Random(7);
        try (Connection first = connect(server)) { // opens what stays open
          assertThat(first.writer().isClosing()).isFalse();
        }
        sleep(Duration.ofMillis(50));
        long before = Network.openDescriptors();
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          tasks.add(createTask(() -> exchange(server, new Random(random.nextInt()))));
          Task<?> victim = tasks.get(random.nextInt(tasks.size()));
          boolean _ = victim.cancel();
          sleep(Duration.ofNanos(random.nextInt(3_000_000)));
        }
        tasks.forEach(Task::cancel);
        server.close();
        server.abortClients();
        timeout(Duration.ofSeconds(10), server::waitClosed);
        timeout(Duration.ofSeconds(10), () -> {
          while (Network.openDescriptors() >= before) { // the listening socket is gone too
            sleep(Duration.ofMillis(10));
          }
        });
      }
    });
    // those of echo tasks whose peer was cancelled
    assertThat(told)
        .allSatisfy(each -> assertThat(each.exception()).isInstanceOf(UncheckedIOException.class));
  }
}
