// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tepal.streams.StreamReader;

/// What calls that start a server may be told beside the address: the keyword arguments of
/// `asyncio.start_server` and `loop.create_server`.
///
/// Immutable: `ServerOptions.DEFAULT.withBacklog(1000)`.
public final class ServerOptions {
  /// A limit of 64 KiB, a backlog of 100, `reuseAddress` and `startServing`.
  public static final ServerOptions DEFAULT = new ServerOptions();

  // set before anybody else sees the object
  private int limit = StreamReader.DEFAULT_LIMIT;
  private int backlog = 100;
  private boolean reuseAddress = true;
  private boolean reusePort;
  private boolean startServing = true;

  private @Nullable TlsContext tls;
  private Duration tlsHandshakeTimeout = TlsSettings.HANDSHAKE_TIMEOUT;
  private Duration tlsShutdownTimeout = TlsSettings.SHUTDOWN_TIMEOUT;

  private ServerOptions() {}

  /// Returns a copy that differs in what `change` sets.
  private ServerOptions with(Consumer<ServerOptions> change) {
    ServerOptions copy = new ServerOptions();
    copy.limit = limit;
    copy.backlog = backlog;
    copy.reuseAddress = reuseAddress;
    copy.reusePort = reusePort;
    copy.startServing = startServing;
    copy.tls = tls;
    copy.tlsHandshakeTimeout = tlsHandshakeTimeout;
    copy.tlsShutdownTimeout = tlsShutdownTimeout;
    change.accept(copy);
    return copy;
  }

  /// Returns these options with another limit of the stream readers.
  ///
  /// @param newLimit the limit, in bytes
  /// @return the new options
  /// @throws IllegalArgumentException if the limit is not positive
  public ServerOptions withLimit(int newLimit) {
    if (newLimit <= 0) {
      throw new IllegalArgumentException("Expected a limit of 1 byte or more, got " + newLimit);
    }
    return with(copy -> copy.limit = newLimit);
  }

  /// Returns these options with another backlog.
  ///
  /// @param newBacklog how many connections the system queues that were not accepted yet
  /// @return the new options
  /// @throws IllegalArgumentException if the backlog is not positive
  public ServerOptions withBacklog(int newBacklog) {
    if (newBacklog <= 0) {
      throw new IllegalArgumentException("Expected a backlog of 1 or more, got " + newBacklog);
    }
    return with(copy -> copy.backlog = newBacklog);
  }

  /// Returns these options with or without binding a port of which old connections are left.
  ///
  /// @param newReuseAddress whether it may be bound
  /// @return the new options
  public ServerOptions withReuseAddress(boolean newReuseAddress) {
    return with(copy -> copy.reuseAddress = newReuseAddress);
  }

  /// Returns these options with or without sharing the port with other sockets.
  ///
  /// @param newReusePort whether it is shared
  /// @return the new options
  public ServerOptions withReusePort(boolean newReusePort) {
    return with(copy -> copy.reusePort = newReusePort);
  }

  /// Returns these options with or without accepting connections at once. The sockets listen in
  /// any case, so that clients that come before [Server#startServing()] wait.
  ///
  /// @param newStartServing whether connections are accepted at once
  /// @return the new options
  public ServerOptions withStartServing(boolean newStartServing) {
    return with(copy -> copy.startServing = newStartServing);
  }

  /// Returns these options with TLS.
  ///
  /// @param newTls what to negotiate on each connection, before anybody is told of it
  /// @return the new options
  public ServerOptions withTls(TlsContext newTls) {
    return with(copy -> copy.tls = newTls);
  }

  /// Returns these options with another limit of the TLS handshake.
  ///
  /// @param timeout how long the handshake may take; 60 s by default
  /// @return the new options
  /// @throws IllegalArgumentException if the time is not positive
  public ServerOptions withTlsHandshakeTimeout(Duration timeout) {
    Duration positive = TlsSettings.requirePositive("handshake timeout", timeout);
    return with(copy -> copy.tlsHandshakeTimeout = positive);
  }

  /// Returns these options with another limit of closing a connection with TLS.
  ///
  /// @param timeout how long closing waits until all is sent and the peer has closed too, after
  ///     which it closes hard; 30 s by default
  /// @return the new options
  /// @throws IllegalArgumentException if the time is not positive
  public ServerOptions withTlsShutdownTimeout(Duration timeout) {
    Duration positive = TlsSettings.requirePositive("shutdown timeout", timeout);
    return with(copy -> copy.tlsShutdownTimeout = positive);
  }

  /// Returns the limit of the stream readers.
  ///
  /// @return the limit, in bytes; of no use to protocols
  public int limit() {
    return limit;
  }

  /// Returns how many connections the system queues that were not accepted yet.
  ///
  /// @return the backlog
  public int backlog() {
    return backlog;
  }

  /// Returns whether a port may be bound of which old connections are left.
  ///
  /// @return whether it may
  public boolean reuseAddress() {
    return reuseAddress;
  }

  /// Returns whether other sockets may be bound to the same port.
  ///
  /// @return whether they may
  public boolean reusePort() {
    return reusePort;
  }

  /// Returns whether connections are accepted at once.
  ///
  /// @return whether they are, or only after [Server#startServing()]
  public boolean startServing() {
    return startServing;
  }

  /// Returns what is negotiated on each connection.
  ///
  /// @return the context, or null for none
  public @Nullable TlsContext tls() {
    return tls;
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

  /// Returns what to negotiate with each client; null for nothing.
  ///
  /// @throws IllegalArgumentException if the context is a client's
  @Nullable TlsSettings tlsSettings() {
    return tls == null ? null : TlsSettings.server(tls, tlsHandshakeTimeout, tlsShutdownTimeout);
  }
}
