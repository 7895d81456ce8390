// SPDX-License-Identifier: Apache-2.0
package tepal.bench.echo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/// The load generator: each of its connections sends a message, waits for all of it to come back,
/// and sends the next.
public final class Load {
  private static final double TICKS_PER_SECOND = 100; // of /proc

  private final Selector selector = Selector.open();
  private final ByteBuffer message;
  private final ByteBuffer received = ByteBuffer.allocateDirect(256 * 1024);
  private long[] latenciesNanos = new long[1 << 20];
  private int count;

  private Load(int size) throws IOException {
    message = ByteBuffer.allocateDirect(size);
    while (message.hasRemaining()) {
      message.put((byte) message.position());
    }
  }

  private static final class Peer {
    final SocketChannel channel;
    final ByteBuffer outgoing;
    int missing;
    long sentNanos;

    Peer(SocketChannel channel, ByteBuffer outgoing) {
      this.channel = channel;
      this.outgoing = outgoing;
    }
  }

  /// Prints one line: messages per second, median and 99th percentile of the latency in
  /// microseconds, the server's processor time per message in microseconds: in its own code, and
  /// in the kernel.
  ///
  /// @param arguments port, the server's process id, connections, bytes of a message, seconds of
  ///     warm-up, seconds of measurement
  /// @throws IOException if the server fails
  public static void main(String... arguments) throws IOException {
    int[] numbers = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
    Load load = new Load(numbers[3]);
    load.connect(numbers[0], numbers[2]);
    load.runFor(numbers[4]);
    load.count = 0;
    double[] cpuBefore = cpuSeconds(numbers[1]);
    long start = System.nanoTime();
    load.runFor(numbers[5]);
    double seconds = (System.nanoTime() - start) / 1e9;
    double[] cpuAfter = cpuSeconds(numbers[1]);
    double user = cpuAfter[0] - cpuBefore[0];
    double system = cpuAfter[1] - cpuBefore[1];
    Arrays.sort(load.latenciesNanos, 0, load.count);
    System.out.printf(
        Locale.ROOT,
        "%.0f %.1f %.1f %.3f %.3f%n",
        load.count / seconds,
        load.latenciesNanos[load.count / 2] / 1e3,
        load.latenciesNanos[(int) (load.count * 0.99)] / 1e3,
        user * 1e6 / load.count,
        system * 1e6 / load.count);
  }

  /// Returns the time of the process in its own code, and in the kernel.
  static double[] cpuSeconds(int process) throws IOException {
    String stat = Files.readString(Path.of("/proc", String.valueOf(process), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return new double[] {
      Long.parseLong(fields[11]) / TICKS_PER_SECOND, Long.parseLong(fields[12]) / TICKS_PER_SECOND
    };
  }

  private void connect(int port, int connections) throws IOException {
    for (int i = 0; i < connections; i++) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      var _ = channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      var _ = channel.configureBlocking(false);
      Peer peer = new Peer(channel, message.duplicate());
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ, peer);
      send(peer, key);
    }
  }

  private void runFor(int seconds) throws IOException {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (System.nanoTime() < end) {
      int _ = selector.select(this::ready, 100);
    }
  }

  private void ready(SelectionKey key) {
    Peer peer = (Peer) key.attachment();
    try {
      if (key.isWritable()) {
        push(peer, key);
      }
      if (key.isReadable()) {
        receive(peer, key);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void receive(Peer peer, SelectionKey key) throws IOException {
    received.clear();
    int length = peer.channel.read(received);
    if (length < 0) {
      throw new IOException("The server closed a connection");
    }
    peer.missing -= length;
    if (peer.missing == 0) {
      if (count == latenciesNanos.length) {
        latenciesNanos = Arrays.copyOf(latenciesNanos, 2 * count);
      }
      latenciesNanos[count++] = System.nanoTime() - peer.sentNanos;
      send(peer, key);
    }
  }

  private static void send(Peer peer, SelectionKey key) throws IOException {
    var _ = peer.outgoing.rewind();
    peer.missing = peer.outgoing.remaining();
    peer.sentNanos = System.nanoTime();
    push(peer, key);
  }

  private static void push(Peer peer, SelectionKey key) throws IOException {
    int _ = peer.channel.write(peer.outgoing);
    int wanted = peer.outgoing.hasRemaining()
        ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
        : SelectionKey.OP_READ;
    if (key.interestOps() != wanted) {
      var _ = key.interestOps(wanted);
    }
  }
}
