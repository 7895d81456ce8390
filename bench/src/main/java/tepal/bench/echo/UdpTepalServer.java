// SPDX-License-Identifier: Apache-2.0
package tepal.bench.echo;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.Future;
import tepal.net.Datagram;
import tepal.net.DatagramEndpoint;
import tepal.net.DatagramOptions;
import tepal.net.DatagramProtocol;
import tepal.net.DatagramTransport;
import tepal.net.Net;

/// An echo server of Tepal's for UDP, by an endpoint or by a protocol.
public final class UdpTepalServer {
  private UdpTepalServer() {}

  /// Prints its port, and serves until the process is ended.
  ///
  /// @param arguments `endpoint` or `protocol`
  public static void main(String... arguments) {
    Asyncio.run(() -> {
      if (arguments[0].equals("endpoint")) {
        echo(Net.openDatagramEndpoint("127.0.0.1", 0));
      } else {
        DatagramOptions local = DatagramOptions.DEFAULT.withLocalAddress(
            InetSocketAddress.createUnresolved("127.0.0.1", 0));
        var endpoint = Net.of(Asyncio.getRunningLoop()).createDatagramEndpoint(Echo::new, local);
        print(endpoint.transport().getExtraInfo(Net.SOCKNAME));
        Future<Void> never = Asyncio.getRunningLoop().createFuture();
        never.await();
      }
    });
  }

  private static void print(@Nullable SocketAddress address) {
    System.out.println(((InetSocketAddress) Objects.requireNonNull(address)).getPort());
  }

  private static void echo(DatagramEndpoint endpoint) {
    print(endpoint.localAddress());
    for (Datagram each : endpoint) {
      endpoint.send(each.data(), each.address());
    }
  }

  private static final class Echo implements DatagramProtocol {
    private @Nullable DatagramTransport transport;

    @Override
    public void connectionMade(DatagramTransport made) {
      transport = made;
    }

    @Override
    public void datagramReceived(byte[] data, SocketAddress from) {
      Objects.requireNonNull(transport).sendTo(data, from);
    }
  }
}
