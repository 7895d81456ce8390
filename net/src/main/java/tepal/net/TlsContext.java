// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import tepal.streams.Protocol;
import tepal.streams.StreamTls;
import tepal.streams.Transport;

/// How to encrypt connections: certificates, whom to trust, versions.
///
/// ```java
/// TlsContext tls = TlsContext.client();
/// try (Connection connection =
///     Net.openConnection("example.org", 443, ConnectOptions.DEFAULT.withTls(tls))) {
///   connection.writer().write("GET / HTTP/1.0\r\nHost: example.org\r\n\r\n".getBytes(US_ASCII));
///   byte[] answer = connection.reader().read();
/// }
/// ```
///
/// Immutable; one serves any number of connections, loops and threads. Making one reads and
/// parses certificates, which takes a while: keep it.
///
/// Mirrors [`ssl.SSLContext`](https://docs.python.org/3.14/library/ssl.html#ssl.SSLContext).
public final class TlsContext implements StreamTls {
  /// Which side of a connection a context can be.
  enum Side {
    CLIENT,
    SERVER,
    EITHER
  }

  private final TlsEngines engines;
  private final Side side;
  private final TlsEngine engine;
  private final boolean checksHostname;

  TlsContext(TlsEngines engines, Side side, TlsEngine engine, boolean checksHostname) {
    this.engines = engines;
    this.side = side;
    this.engine = engine;
    this.checksHostname = checksHostname;
  }

  /// Returns a context for clients that trusts whom the system's JDK trusts and checks host
  /// names.
  ///
  /// Mirrors `ssl.create_default_context()`.
  ///
  /// @return the context
  public static TlsContext client() {
    return clientBuilder().build();
  }

  /// Returns a builder of contexts for clients.
  ///
  /// @return the builder
  public static TlsContextBuilder clientBuilder() {
    return new TlsContextBuilder(/* client= */ true);
  }

  /// Returns a context for servers, from PEM files.
  ///
  /// @param chain a file with the certificate, followed by those that issued it
  /// @param key a file with the private key, not encrypted
  /// @return the context
  /// @throws java.io.UncheckedIOException if a file cannot be read
  /// @throws IllegalArgumentException if a file has something else in it
  public static TlsContext server(Path chain, Path key) {
    return serverBuilder().certificate(chain, key).build();
  }

  /// Returns a builder of contexts for servers, which must be given a certificate.
  ///
  /// @return the builder
  public static TlsContextBuilder serverBuilder() {
    return new TlsContextBuilder(/* client= */ false);
  }

  /// Returns a context of the JDK's, for clients, which check host names, and for servers.
  ///
  /// @param context the JDK's context
  /// @return the context
  public static TlsContext of(SSLContext context) {
    return of(context, new SSLParameters());
  }

  /// Returns a context of the JDK's with parameters, for clients and for servers.
  ///
  /// @param context the JDK's context
  /// @param parameters what is set on every connection. Clients check host names
  ///     unless its `endpointIdentificationAlgorithm` is the empty text; null means `HTTPS`. Must
  ///     not be changed afterwards
  /// @return the context
  public static TlsContext of(SSLContext context, SSLParameters parameters) {
    String algorithm = parameters.getEndpointIdentificationAlgorithm();
    return new TlsContext(
        new TlsEngines.Jdk(context, parameters),
        Side.EITHER,
        TlsEngine.JDK,
        algorithm == null || !algorithm.isEmpty());
  }

  /// Returns what encrypts.
  ///
  /// @return the engine
  public TlsEngine engine() {
    return engine;
  }

  /// Negotiates TLS on a running connection, as [StreamWriter#startTls][
  /// tepal.streams.StreamWriter#startTls] does; with [StartTlsOptions] for more than that.
  @Override
  public void secure(Transport transport, Protocol protocol, boolean serverSide) {
    StartTlsOptions.of(this).secure(transport, protocol, serverSide);
  }

  /// Returns whether a client must know the name of its server.
  boolean checksHostname() {
    return checksHostname;
  }

  /// @throws IllegalArgumentException if this is for the other side
  void require(Side wanted) {
    if (side != wanted && side != Side.EITHER) {
      throw new IllegalArgumentException("Expected a TlsContext for a %s, got %s"
          .formatted(wanted == Side.CLIENT ? "client" : "server", this));
    }
  }

  /// Returns an engine for a new connection.
  ///
  /// @param host the name that the server's certificate must have; null for a server; empty for
  ///     any
  SSLEngine newEngine(boolean client, @Nullable String host) {
    boolean named = host != null && !host.isEmpty();
    SSLEngine made = engines.engine(client, named ? host : null);
    if (!named && checksHostname) {
      SSLParameters parameters = made.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("");
      made.setSSLParameters(parameters);
    }
    return made;
  }

  /// Returns the side and the engine, as in `TlsContext[client, JDK]`.
  @Override
  public String toString() {
    return "TlsContext[%s, %s]"
        .formatted(
            switch (side) {
              case CLIENT -> "client";
              case SERVER -> "server";
              case EITHER -> "either side";
            },
            engine);
  }
}
