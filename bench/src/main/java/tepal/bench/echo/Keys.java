// SPDX-License-Identifier: Apache-2.0
package tepal.bench.echo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;

/// The certificate of the servers with TLS, of an elliptic curve, made for one run.
final class Keys {
  static final char[] PASSWORD = "changeit".toCharArray();

  private static final String PROPERTY = "tepal.bench.keys";

  private Keys() {}

  /// Makes the key store and returns the JVM's argument that tells a server of it.
  static String make() throws IOException {
    Path directory = Files.createTempDirectory("tepal-bench");
    Path file = directory.resolve("keys.p12");
    int status = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "server",
            "-keyalg",
            "EC",
            "-dname",
            "CN=localhost",
            "-storetype",
            "PKCS12",
            "-keystore",
            file.toString(),
            "-storepass",
            new String(PASSWORD))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .onExit()
        .join()
        .exitValue();
    if (status != 0) {
      throw new IllegalStateException("Expected keytool to succeed, got exit code " + status);
    }
    file.toFile().deleteOnExit();
    directory.toFile().deleteOnExit();
    return "-D" + PROPERTY + "=" + file;
  }

  static KeyStore load() throws IOException, GeneralSecurityException {
    return KeyStore.getInstance(new File(System.getProperty(PROPERTY, "")), PASSWORD);
  }

  static KeyManagerFactory manager() throws IOException, GeneralSecurityException {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(load(), PASSWORD);
    return factory;
  }
}
