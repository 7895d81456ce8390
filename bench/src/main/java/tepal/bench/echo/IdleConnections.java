// SPDX-License-Identifier: Apache-2.0
package tepal.bench.echo;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.net.Net;
import tepal.net.NetTransport;
import tepal.net.Server;
import tepal.streams.StreamReader;
import tepal.streams.StreamWriter;

/// What an idle connection of a streams server costs in memory: the program behind
/// `bench/echo --idle`.
///
/// Each connection is served by a task that has echoed a message and waits for the next. The
/// clients are in another process, on many addresses of this machine.
public final class IdleConnections {
  private static final int DEFAULT = 19_000;
  private static final int PER_ADDRESS = 5000;

  private IdleConnections() {}

  /// Measures, and prints the figures.
  ///
  /// @param arguments how many connections, 19,000 if none are given; with `clients`, a port
  ///     and a number it is the other process
  /// @throws IOException if the other process cannot be started
  public static void main(String... arguments) throws IOException {
    if (arguments.length == 3) {
      openClients(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    } else {
      int count = arguments.length == 0 ? DEFAULT : Integer.parseInt(arguments[0]);
      for (NetTransport transport : List.of(NetTransport.EPOLL, NetTransport.NIO)) {
        Asyncio.run(() -> measure(transport, count));
      }
    }
  }

  private static void measure(NetTransport transport, int count) throws IOException {
    EventLoop loop = Asyncio.getRunningLoop();
    var _ = Net.builder(loop).transport(transport).build();
    try (Server server = Net.startServer(
        IdleConnections::echo, "127.0.0.1", 0, tepal.net.ServerOptions.DEFAULT.withBacklog(1000))) {
      int port = ((InetSocketAddress) server.sockets().getFirst()).getPort();
      report(transport, port, 100); // what there is once, whatever the number
      long[] few = report(transport, port, 100);
      long[] many = report(transport, port, count);
      int more = count - 100;
      System.out.printf(
          "%s, %,d idle connections: %,d bytes of heap and %,d bytes of direct memory each%n",
          transport, count, (many[0] - few[0]) / more, (many[1] - few[1]) / more);
    }
  }

  private static void echo(StreamReader reader, StreamWriter writer) {
    for (byte[] data = reader.read(4096); data.length > 0; data = reader.read(4096)) {
      writer.write(data);
      writer.drain();
    }
    writer.close();
  }

  /// Returns the heap and the direct memory with so many connections.
  private static long[] report(NetTransport transport, int port, int count) throws IOException {
    Process clients = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            IdleConnections.class.getName(),
            "clients",
            Integer.toString(port),
            Integer.toString(count))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    try (BufferedReader said = clients.inputReader(StandardCharsets.UTF_8)) {
      String line = Asyncio.toThread(said::readLine);
      if (line == null) {
        throw new IOException("Expected the clients to connect on " + transport);
      }
      for (int i = 0; i < 3; i++) {
        System.gc();
        Asyncio.sleep(Duration.ofMillis(100));
      }
      return new long[] {
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), directBytes()
      };
    } finally {
      var _ = clients.destroyForcibly();
      Asyncio.await(clients.onExit());
    }
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static void openClients(int port, int count) throws IOException {
    InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    List<SocketChannel> channels = new ArrayList<>();
    ByteBuffer data = ByteBuffer.allocateDirect(1);
    for (int i = 0; i < count; i++) {
      byte[] source = {127, 0, 0, (byte) (2 + i / PER_ADDRESS)};
      SocketChannel channel = SocketChannel.open();
      channel.bind(new InetSocketAddress(InetAddress.getByAddress(source), 0)).connect(server);
      channel.write(data.clear());
      if (channel.read(data.clear()) != 1) {
        throw new IOException("Expected an echo on connection " + i);
      }
      channels.add(channel);
    }
    System.out.println("connected " + channels.size());
    int _ = System.in.read(); // for ever, or until the server is gone
  }
}
