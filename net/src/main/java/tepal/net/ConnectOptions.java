// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tepal.streams.StreamReader;

/// What calls that open a connection may be told beside the address: the keyword arguments of
/// `asyncio.open_connection` and `loop.create_connection`.
///
/// Immutable: `ConnectOptions.DEFAULT.withLimit(1024 * 1024)`.
public final class ConnectOptions {
  /// A reader's limit of 64 KiB and any local address.
  public static final ConnectOptions DEFAULT = new ConnectOptions();

  // set before anybody else sees the object
  private int limit = StreamReader.DEFAULT_LIMIT;
  private @Nullable SocketAddress localAddress;

  private @Nullable TlsContext tls;
  private @Nullable String serverHostname;
  private Duration tlsHandshakeTimeout = TlsSettings.HANDSHAKE_TIMEOUT;
  private Duration tlsShutdownTimeout = TlsSettings.SHUTDOWN_TIMEOUT;

  private ConnectOptions() {}

  /// Returns a copy that differs in what `change` sets.
  private ConnectOptions with(Consumer<ConnectOptions> change) {
    ConnectOptions copy = new ConnectOptions();
    copy.limit = limit;
    copy.localAddress = localAddress;
    copy.tls = tls;
    copy.serverHostname = serverHostname;
    copy.tlsHandshakeTimeout = tlsHandshakeTimeout;
    copy.tlsShutdownTimeout = tlsShutdownTimeout;
    change.accept(copy);
    return copy;
  }

  /// Returns these options with another limit of the stream reader.
  ///
  /// @param newLimit the limit, in bytes
  /// @return the new options
  /// @throws IllegalArgumentException if the limit is not positive
  public ConnectOptions withLimit(int newLimit) {
    if (newLimit <= 0) {
      throw new IllegalArgumentException("Expected a limit of 1 byte or more, got " + newLimit);
    }
    return with(copy -> copy.limit = newLimit);
  }

  /// Returns these options with an address to bind to before connecting.
  ///
  /// @param newLocalAddress the address
  /// @return the new options
  public ConnectOptions withLocalAddress(SocketAddress newLocalAddress) {
    return with(copy -> copy.localAddress = newLocalAddress);
  }

  /// Returns these options with TLS.
  ///
  /// @param newTls what to negotiate on the connection, before anybody is told of it
  /// @return the new options
  public ConnectOptions withTls(TlsContext newTls) {
    return with(copy -> copy.tls = newTls);
  }

  /// Returns these options with another name of the server than its host, for TLS.
  ///
  /// @param newServerHostname the name that the server's certificate must have; empty to let any
  ///     certificate pass that is trusted
  /// @return the new options
  public ConnectOptions withServerHostname(String newServerHostname) {
    return with(copy -> copy.serverHostname = newServerHostname);
  }

  /// Returns these options with another limit of the TLS handshake.
  ///
  /// @param timeout how long the handshake may take; 60 s by default
  /// @return the new options
  /// @throws IllegalArgumentException if the time is not positive
  public ConnectOptions withTlsHandshakeTimeout(Duration timeout) {
    Duration positive = TlsSettings.requirePositive("handshake timeout", timeout);
    return with(copy -> copy.tlsHandshakeTimeout = positive);
  }

  /// Returns these options with another limit of closing a connection with TLS.
  ///
  /// @param timeout how long closing waits until all is sent and the peer has closed too, after
  ///     which it closes hard; 30 s by default
  /// @return the new options
  /// @throws IllegalArgumentException if the time is not positive
  public ConnectOptions withTlsShutdownTimeout(Duration timeout) {
    Duration positive = TlsSettings.requirePositive("shutdown timeout", timeout);
    return with(copy -> copy.tlsShutdownTimeout = positive);
  }

  /// Returns the limit of the stream reader.
  ///
  /// @return the limit, in bytes; of no use to protocols
  public int limit() {
    return limit;
  }

  /// Returns the address to bind to before connecting.
  ///
  /// @return the address, or null for any
  public @Nullable SocketAddress localAddress() {
    return localAddress;
  }

  /// Returns what is negotiated on the connection.
  ///
  /// @return the context, or null for none
  public @Nullable TlsContext tls() {
    return tls;
  }

  /// Returns the name that the server's certificate must have.
  ///
  /// @return the name; empty for any, null for the host
  public @Nullable String serverHostname() {
    return serverHostname;
  }

  /// Returns how long a TLS handshake may take.
  ///
  /// @return the time
  public Duration tlsHandshakeTimeout() {
    return tlsHandshakeTimeout;
  }

  /// Returns how long closing a connection with TLS waits for the peer.
  ///
  /// @return the time
  public Duration tlsShutdownTimeout() {
    return tlsShutdownTimeout;
  }

  /// Returns what to negotiate with a host; null for nothing.
  ///
  /// @param host the host; null for a Unix socket
  /// @throws IllegalArgumentException if these options do not go together
  @Nullable TlsSettings tlsSettings(@Nullable String host) {
    if (tls != null) {
      String name = serverHostname == null ? host : serverHostname;
      return TlsSettings.client(tls, name, tlsHandshakeTimeout, tlsShutdownTimeout);
    }
    if (serverHostname != null) {
      throw new IllegalArgumentException(
          "Expected a serverHostname only together with TLS, got " + serverHostname);
    }
    return null;
  }
}
