// SPDX-License-Identifier: Apache-2.0
//
// An echo server with TLS, and a certificate that is thrown away when it ends.
//
//   ./tepal run examples/TlsServer.java 8443
//
// Talk to it with `openssl s_client -quiet -connect localhost:8443`; Ctrl-C ends it.

import static tepal.Asyncio.*;
import static tepal.process.Subprocess.createSubprocessExec;

import java.security.KeyStore;
import tepal.net.*;
import tepal.process.*;
import tepal.streams.*;

static final String PASSWORD = "changeit";

void main(String... arguments) throws Exception {
  int port = arguments.length == 0 ? 8443 : Integer.parseInt(arguments[0]);
  run(() -> {
    TlsContext tls = TlsContext.serverBuilder()
        .certificate(throwAwayCertificate(), PASSWORD.toCharArray())
        .build();
    ServerOptions options = ServerOptions.DEFAULT.withTls(tls);
    try (Server server = Net.startServer(this::echo, "127.0.0.1", port, options)) {
      IO.println("serving on " + server.sockets().getFirst());
      server.serveForever();
    }
  });
}

void echo(StreamReader reader, StreamWriter writer) {
  for (byte[] line : reader) {
    writer.write(line);
    writer.drain();
  }
  writer.close();
}

/// Lets the JDK's keytool make a certificate that it signs itself.
KeyStore throwAwayCertificate() throws Exception {
  Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
  Path directory = Files.createTempDirectory("tepal");
  Path file = directory.resolve("keys.p12");
  try {
    List<String> command = List.of(
        keytool.toString(), "-genkeypair", "-alias", "server", "-keyalg", "EC",
        "-dname", "CN=localhost", "-ext", "san=dns:localhost,ip:127.0.0.1",
        "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass", PASSWORD);
    SubprocessOptions quiet = SubprocessOptions.DEFAULT.stderr(Stdio.DEVNULL);
    if (createSubprocessExec(command, quiet).await() != 0) {
      throw new IllegalStateException("keytool has failed");
    }
    return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
  } finally {
    Files.deleteIfExists(file);
    Files.delete(directory);
  }
}
