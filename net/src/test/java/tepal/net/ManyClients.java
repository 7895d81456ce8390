// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Opens many connections to an echo server, from many addresses of this machine, and says how
/// many echo: a program of its own, so that both sides have descriptors enough.
final class ManyClients {
  // an address has 28,000 ports
  private static final int PER_ADDRESS = 5000;

  private ManyClients() {}

  /// Opens the connections, says so, and sends a byte through each of them for each line that it
  /// is told.
  ///
  /// @param arguments the port and how many connections
  public static void main(String... arguments) throws IOException {
    SocketAddress server =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
    List<SocketChannel> channels = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
      byte[] source = {127, 0, 0, (byte) (2 + i / PER_ADDRESS)};
      SocketChannel channel = SocketChannel.open();
      channel.bind(new InetSocketAddress(InetAddress.getByAddress(source), 0)).connect(server);
      channels.add(channel);
    }
    PrintStream out = System.out;
    out.println("connected " + channels.size());
    BufferedReader told =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = told.readLine(); line != null; line = told.readLine()) {
      out.println("echoed " + echo(channels));
    }
  }

  private static int echo(List<SocketChannel> channels) throws IOException {
    ByteBuffer data = ByteBuffer.allocateDirect(1);
    for (SocketChannel each : channels) {
      each.write(data.clear());
    }
    int echoed = 0;
    for (SocketChannel each : channels) {
      if (each.read(data.clear()) == 1) {
        echoed++;
      }
    }
    return echoed;
  }
}
