// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import tepal.Action;
import tepal.EventLoop;
import tepal.ExceptionContext;
import tepal.Runner;
import tepal.streams.StreamReader;
import tepal.streams.StreamWriter;

/// A loop with a network, for a test that runs in real time.
final class Network {
  static final String HOST = "127.0.0.1";

  private Network() {}

  /// Runs `main` on a loop with a transport. Fails if the loop had an error that nobody was told
  /// of.
  static void run(NetTransport transport, Action<Exception> main) throws Exception {
    List<ExceptionContext> unhandled = runAndReport(transport, main);
    assertThat(unhandled).isEmpty();
  }

  /// Runs `main` and returns the errors that nobody was told of.
  static List<ExceptionContext> runAndReport(NetTransport transport, Action<Exception> main)
      throws Exception {
    List<ExceptionContext> unhandled = new ArrayList<>();
    NettySelector selector;
    try (Runner runner = new Runner(EventLoop.builder())) {
      EventLoop loop = runner.getLoop();
      loop.setExceptionHandler((_, error) -> unhandled.add(error));
      assertThat(Net.builder(loop).transport(transport).build().transport()).isEqualTo(transport);
      selector = (NettySelector) Objects.requireNonNull(loop.selector());
      runner.run(main);
    }
    assertThat(selector.writeBuffers.taken())
        .as("write buffers that were not given back")
        .isZero();
    assertThat(selector.hasWork()).as("channels or actions that are left").isFalse();
    return unhandled;
  }

  static int port(Server server) {
    return ((InetSocketAddress) server.sockets().getFirst()).getPort();
  }

  static Connection connect(Server server) {
    return Net.openConnection(HOST, port(server));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// Writes back what comes.
  static void echo(StreamReader reader, StreamWriter writer) {
    for (byte[] data = reader.read(65_536); data.length > 0; data = reader.read(65_536)) {
      writer.write(data);
      writer.drain();
    }
    writer.close();
  }

  /// Returns how many descriptors this process has open.
  static long openDescriptors() {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
