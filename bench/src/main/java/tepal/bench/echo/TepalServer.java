// SPDX-License-Identifier: Apache-2.0
package tepal.bench.echo;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.net.Net;
import tepal.net.Server;
import tepal.net.ServerOptions;
import tepal.net.TlsContext;
import tepal.net.TlsEngine;
import tepal.streams.Protocol;
import tepal.streams.StreamReader;
import tepal.streams.StreamWriter;
import tepal.streams.Transport;

/// An echo server of Tepal's, by streams or by protocols.
public final class TepalServer {
  private static final int READ_SIZE = 256 * 1024;

  private TepalServer() {}

  /// Prints its port, and serves until the process is ended.
  ///
  /// @param arguments `streams`, `buffers` (streams that are read into a buffer) or `protocol`;
  ///     `tls` to encrypt, by the JDK's engine
  /// @throws Exception if the certificate cannot be read
  public static void main(String... arguments) throws Exception {
    ServerOptions options = arguments.length < 2
        ? ServerOptions.DEFAULT
        : ServerOptions.DEFAULT.withTls(TlsContext.serverBuilder()
            .engine(TlsEngine.JDK)
            .certificate(Keys.load(), Keys.PASSWORD)
            .build());
    Asyncio.run(() -> {
      Net net = Net.of(Asyncio.getRunningLoop());
      Server server = switch (arguments[0]) {
        case "streams" -> Net.startServer(TepalServer::echo, "127.0.0.1", 0, options);
        case "buffers" -> Net.startServer(TepalServer::echoBuffers, "127.0.0.1", 0, options);
        default -> net.createServer(Echo::new, "127.0.0.1", 0, options);
      };
      System.out.println(((InetSocketAddress) server.sockets().getFirst()).getPort());
      server.serveForever();
    });
  }

  private static void echo(StreamReader reader, StreamWriter writer) {
    for (byte[] data = reader.read(READ_SIZE); data.length > 0; data = reader.read(READ_SIZE)) {
      writer.write(data);
      writer.drain();
    }
    writer.close();
  }

  private static void echoBuffers(StreamReader reader, StreamWriter writer) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ_SIZE);
    while (reader.read(buffer) > 0) {
      writer.write(buffer.flip());
      writer.drain();
      var _ = buffer.clear();
    }
    writer.close();
  }

  private static final class Echo implements Protocol {
    private @Nullable Transport transport;

    @Override
    public void connectionMade(Transport connected) {
      transport = connected;
    }

    @Override
    public void dataReceived(byte[] data) {
      Objects.requireNonNull(transport).write(data);
    }
  }
}
