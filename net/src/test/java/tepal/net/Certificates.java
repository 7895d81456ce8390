// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Certificates that live as long as the tests, and contexts with them.
final class Certificates {
  /// The name that the server's certificate has, beside its address.
  static final String NAME = "server.tepal.test";

  static final X509Bundle AUTHORITY = authority("CN=Tepal's tests");
  static final X509Bundle SERVER = issue(server("CN=" + NAME), AUTHORITY);
  static final X509Bundle CLIENT =
      issue(leaf("CN=a client").addExtendedKeyUsageClientAuth(), AUTHORITY);
  static final X509Bundle STRANGER =
      issue(leaf("CN=a stranger").addExtendedKeyUsageClientAuth(), authority("CN=Elsewhere"));

  private Certificates() {}

  static X509Bundle authority(String name) {
    try {
      return new CertificateBuilder()
          .ecp256()
          .subject(name)
          .setIsCertificateAuthority(true)
          .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static CertificateBuilder leaf(String name) {
    return new CertificateBuilder().ecp256().subject(name);
  }

  static CertificateBuilder server(String name) {
    return leaf(name)
        .addSanDnsName(NAME)
        .addSanIpAddress(Network.HOST)
        .addExtendedKeyUsageServerAuth();
  }

  static X509Bundle expired() {
    Instant now = Instant.now();
    return issue(
        server("CN=old").notBefore(now.minus(Duration.ofDays(2))).notAfter(now.minusSeconds(60)),
        AUTHORITY);
  }

  static X509Bundle issue(CertificateBuilder builder, X509Bundle issuer) {
    try {
      return builder.buildIssuedBy(issuer);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- Contexts

  static List<TlsEngine> engines() {
    return Stream.of(TlsEngine.values())
        .filter(each -> each != TlsEngine.NATIVE || NettyNativeTls.isAvailable())
        .toList();
  }

  static TlsContextBuilder serverWith(TlsEngine engine, X509Bundle own) {
    return TlsContext.serverBuilder()
        .engine(engine)
        .certificate(own.getCertificatePathPEM(), own.getPrivateKeyPEM(), null);
  }

  static TlsContext server(TlsEngine engine) {
    return serverWith(engine, SERVER).build();
  }

  static TlsContextBuilder clientBuilder(TlsEngine engine) {
    return TlsContext.clientBuilder().engine(engine).trust(AUTHORITY.getRootCertificatePEM());
  }

  static TlsContext client(TlsEngine engine) {
    return clientBuilder(engine).build();
  }

  static ServerOptions serving(TlsEngine engine) {
    return ServerOptions.DEFAULT.withTls(server(engine));
  }

  static ConnectOptions connecting(TlsEngine engine) {
    return ConnectOptions.DEFAULT.withTls(client(engine));
  }

  static Server echoServer(TlsEngine engine) {
    return Net.startServer(Network::echo, Network.HOST, 0, serving(engine));
  }

  static Connection connect(Server server, TlsEngine engine) {
    return Net.openConnection(Network.HOST, Network.port(server), connecting(engine));
  }

  /// Returns a context of the JDK's, for either side.
  static SSLContext jdk() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(SERVER.toKeyStore(new char[0]), new char[0]);
    TrustManagerFactory trust = AUTHORITY.toTrustManagerFactory();
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
