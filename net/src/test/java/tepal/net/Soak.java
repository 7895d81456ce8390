// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.sleep;
import static tepal.net.Network.HOST;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Random;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.Task;
import tepal.streams.StreamReader;
import tepal.streams.StreamWriter;

/// A client that does what clients do, at random, and what serves it. With `-Dtepal.soak=PT1M`
/// the tests that use it do so for a minute each, with more clients.
final class Soak {
  /// How long to go on; zero if once is enough.
  static final Duration LENGTH = Duration.parse(System.getProperty("tepal.soak", "PT0S"));

  private final Random random;

  Soak(int seed) {
    random = new Random(seed);
  }

  /// Echoes, but looks away when clients behave.
  static void serve(StreamReader reader, StreamWriter writer) {
    try {
      Network.echo(reader, writer);
    } catch (UncheckedIOException _) {
      writer.close(); // reset
    }
  }

  /// Opens so many connections, one after the other, each with an end of its own.
  void comeAndGo(int port, int times) {
    for (int i = 0; i < times; i++) {
      switch (random.nextInt(5)) {
        case 0 -> Net.openConnection(HOST, port).close();
        case 1 -> Net.openConnection(HOST, port).writer().transport().abort();
        case 2 -> cancelInTheMiddle(port);
        case 3 -> halfClose(port);
        default -> exchange(port);
      }
    }
  }

  private void cancelInTheMiddle(int port) {
    Task<?> task = createTask(() -> exchange(port));
    for (int i = random.nextInt(6); i > 0; i--) {
      sleep(Duration.ZERO);
    }
    boolean _ = task.cancel();
    try {
      task.await();
    } catch (CancelledError _) {
      assertThat(java.util.Objects.requireNonNull(Asyncio.currentTask()).cancelling())
          .isZero();
    }
  }

  private void exchange(int port) {
    byte[] message = new byte[1 + random.nextInt(5000)];
    random.nextBytes(message);
    try (Connection connection = Net.openConnection(HOST, port)) {
      connection.writer().write(message);
      assertThat(connection.reader().readExactly(message.length)).isEqualTo(message);
    }
  }

  private void halfClose(int port) {
    byte[] message = new byte[random.nextInt(200_000)];
    try (Connection connection = Net.openConnection(HOST, port)) {
      connection.writer().write(message);
      connection.writer().writeEof();
      assertThat(connection.reader().read()).hasSize(message.length);
    }
  }
}
