// SPDX-License-Identifier: Apache-2.0
package tepal.bench.echo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The load generator for UDP: each of its sockets sends a datagram, waits for it to come back, and
/// sends the next; a datagram that was lost is sent again after 100 ms.
public final class UdpLoad {
  private static final long PATIENCE_NANOS = 100_000_000;

  private final Selector selector = Selector.open();
  private final List<Peer> peers = new ArrayList<>();
  private final ByteBuffer message;
  private final ByteBuffer received = ByteBuffer.allocateDirect(64 * 1024);
  private long[] latenciesNanos = new long[1 << 20];
  private int count;
  private int lost;

  private UdpLoad(int size) throws IOException {
    message = ByteBuffer.allocateDirect(size);
    while (message.hasRemaining()) {
      message.put((byte) message.position());
    }
  }

  private static final class Peer {
    final DatagramChannel channel;
    long sentNanos;

    Peer(DatagramChannel channel) {
      this.channel = channel;
    }
  }

  /// Prints what [Load#main] prints, and how many datagrams were lost.
  ///
  /// @param arguments port, the server's process id, sockets, bytes of a message, seconds of
  ///     warm-up, seconds of measurement
  /// @throws IOException if the server fails
  public static void main(String... arguments) throws IOException {
    int[] numbers = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
    UdpLoad load = new UdpLoad(numbers[3]);
    load.connect(numbers[0], numbers[2]);
    load.runFor(numbers[4]);
    load.count = 0;
    load.lost = 0;
    double[] cpuBefore = Load.cpuSeconds(numbers[1]);
    long start = System.nanoTime();
    load.runFor(numbers[5]);
    double seconds = (System.nanoTime() - start) / 1e9;
    double[] cpuAfter = Load.cpuSeconds(numbers[1]);
    Arrays.sort(load.latenciesNanos, 0, load.count);
    System.out.printf(
        Locale.ROOT,
        "%.0f %.1f %.1f %.3f %.3f %d%n",
        load.count / seconds,
        load.latenciesNanos[load.count / 2] / 1e3,
        load.latenciesNanos[(int) (load.count * 0.99)] / 1e3,
        (cpuAfter[0] - cpuBefore[0]) * 1e6 / load.count,
        (cpuAfter[1] - cpuBefore[1]) * 1e6 / load.count,
        load.lost);
  }

  private void connect(int port, int sockets) throws IOException {
    for (int i = 0; i < sockets; i++) {
      DatagramChannel channel = DatagramChannel.open();
      var _ = channel.configureBlocking(false);
      var _ = channel.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      Peer peer = new Peer(channel);
      peers.add(peer);
      var _ = channel.register(selector, SelectionKey.OP_READ, peer);
      send(peer);
    }
  }

  private void runFor(int seconds) throws IOException {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    long resend = System.nanoTime() + PATIENCE_NANOS;
    for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
      int _ = selector.select(10);
      for (SelectionKey key : selector.selectedKeys()) {
        receive((Peer) key.attachment());
      }
      selector.selectedKeys().clear();
      if (now > resend) {
        resend = now + PATIENCE_NANOS;
        sendAgain(now);
      }
    }
  }

  private void sendAgain(long now) throws IOException {
    for (Peer peer : peers) {
      if (now - peer.sentNanos > PATIENCE_NANOS) {
        lost++;
        send(peer);
      }
    }
  }

  private void receive(Peer peer) throws IOException {
    int length = peer.channel.read(received.clear());
    if (length == message.capacity()) {
      if (count == latenciesNanos.length) {
        latenciesNanos = Arrays.copyOf(latenciesNanos, 2 * count);
      }
      latenciesNanos[count++] = System.nanoTime() - peer.sentNanos;
      send(peer);
    }
  }

  private void send(Peer peer) throws IOException {
    peer.sentNanos = System.nanoTime();
    int _ = peer.channel.write(message.rewind());
  }
}
