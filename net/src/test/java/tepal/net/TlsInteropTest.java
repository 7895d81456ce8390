// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static tepal.Asyncio.toThread;
import static tepal.net.Certificates.AUTHORITY;
import static tepal.net.Certificates.NAME;
import static tepal.net.Certificates.SERVER;
import static tepal.net.Certificates.connecting;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.port;
import static tepal.net.Network.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.io.TempDir;

/// TLS with what is not Tepal.
@SuppressWarnings("try") // what is closed before its scope ends
class TlsInteropTest {

  @OnTlsEngines
  void a_socket_of_the_jdk_is_served(NetTransport transport, TlsEngine engine) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Certificates.echoServer(engine)) {
        int port = port(server);
        String answer = toThread(() -> {
          try (SSLSocket socket =
              (SSLSocket) Certificates.jdk().getSocketFactory().createSocket(HOST, port)) {
            socket.getOutputStream().write(bytes("hello"));
            String text = text(socket.getInputStream().readNBytes(5));
            socket.close(); // which waits for the server's close_notify
            return text;
          }
        });
        assertThat(answer).isEqualTo("hello");
        server.close();
        server.waitClosed();
      }
    });
  }

  @OnTlsEngines
  void a_server_socket_of_the_jdk_serves(NetTransport transport, TlsEngine engine)
      throws Exception {
    try (SSLServerSocket listening = (SSLServerSocket) Certificates.jdk()
        .getServerSocketFactory()
        .createServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
      Thread serving = Thread.ofPlatform().start(() -> {
        try (SSLSocket socket = (SSLSocket) listening.accept()) {
          long _ = socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      });
      Network.run(transport, () -> {
        Connection connection =
            Net.openConnection(HOST, listening.getLocalPort(), connecting(engine));
        byte[] much = new byte[100_000];
        connection.writer().write(much);
        assertThat(connection.reader().readExactly(much.length)).isEqualTo(much);
        connection.close();
        connection.writer().waitClosed();
      });
      serving.join();
    }
  }

  private static boolean hasOpenssl() {
    try {
      return new ProcessBuilder("openssl", "version").start().waitFor() == 0;
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  @OnTlsEngines
  void openssl_s_client_is_served(NetTransport transport, TlsEngine engine, @TempDir Path directory)
      throws Exception {
    assumeTrue(hasOpenssl(), "openssl is not installed");
    Path trusted =
        Files.writeString(directory.resolve("ca.pem"), AUTHORITY.getRootCertificatePEM());
    Network.run(transport, () -> {
      try (Server server = Certificates.echoServer(engine)) {
        for (String version : List.of("-tls1_2", "-tls1_3")) {
          List<String> command = List.of(
              "openssl",
              "s_client",
              "-quiet",
              version,
              "-verify_return_error",
              "-verify_hostname",
              NAME,
              "-CAfile",
              trusted.toString(),
              "-connect",
              HOST + ":" + port(server));
          assertThat(toThread(() -> dialogue(command))).isEqualTo("hello");
        }
      }
    });
  }

  private static String dialogue(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    try (OutputStream out = process.getOutputStream();
        BufferedReader in = process.inputReader(UTF_8)) {
      out.write(bytes("hello\n"));
      out.flush();
      return String.valueOf(in.readLine());
    } finally {
      process.destroy();
      int _ = process.waitFor();
    }
  }

  @OnTlsEngines
  void openssl_s_server_serves(NetTransport transport, TlsEngine engine, @TempDir Path directory)
      throws Exception {
    assumeTrue(hasOpenssl(), "openssl is not installed");
    Path chain = Files.writeString(directory.resolve("c.pem"), SERVER.getCertificatePathPEM());
    Path key = Files.writeString(directory.resolve("k.pem"), SERVER.getPrivateKeyPEM());
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
      port = free.getLocalPort();
    }
    Process process = new ProcessBuilder(
            "openssl",
            "s_server",
            "-rev",
            "-accept",
            HOST + ":" + port,
            "-cert",
            chain.toString(),
            "-key",
            key.toString())
        .redirectErrorStream(true)
        .start();
    try (BufferedReader out = process.inputReader(UTF_8)) {
      String line;
      do {
        line = out.readLine();
      } while (line != null && !line.startsWith("ACCEPT"));
      Network.run(transport, () -> {
        try (Connection connection =
            Net.openConnection(HOST, port, connecting(engine).withServerHostname(NAME))) {
          connection.writer().write(bytes("hello\n"));
          assertThat(text(connection.reader().readLine())).isEqualTo("olleh\n");
        }
      });
    } finally {
      process.destroy();
      int _ = process.waitFor();
    }
  }
}
