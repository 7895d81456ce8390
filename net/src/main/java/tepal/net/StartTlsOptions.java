// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tepal.streams.Protocol;
import tepal.streams.StreamTls;
import tepal.streams.Transport;

/// How to begin TLS on a running connection: the arguments of `loop.start_tls` and
/// `StreamWriter.start_tls`.
///
/// Immutable: `writer.startTls(StartTlsOptions.of(tls).withServerHostname("mail.example.org"))`.
public final class StartTlsOptions implements StreamTls {
  private final TlsContext context;

  // set before anybody else sees the object
  private boolean serverSide;
  private @Nullable String serverHostname;
  private Duration handshakeTimeout = TlsSettings.HANDSHAKE_TIMEOUT;
  private Duration shutdownTimeout = TlsSettings.SHUTDOWN_TIMEOUT;

  private StartTlsOptions(TlsContext context) {
    this.context = context;
  }

  /// Returns options for the client's side, with the timeouts of [ConnectOptions] and no name of
  /// the server.
  ///
  /// @param context what to negotiate
  /// @return the options
  public static StartTlsOptions of(TlsContext context) {
    return new StartTlsOptions(context);
  }

  /// Returns a copy that differs in what `change` sets.
  private StartTlsOptions with(Consumer<StartTlsOptions> change) {
    StartTlsOptions copy = new StartTlsOptions(context);
    copy.serverSide = serverSide;
    copy.serverHostname = serverHostname;
    copy.handshakeTimeout = handshakeTimeout;
    copy.shutdownTimeout = shutdownTimeout;
    change.accept(copy);
    return copy;
  }

  /// Returns these options for one side or the other.
  ///
  /// @param newServerSide whether this side is the server. Of no use to streams, which know
  /// @return the new options
  public StartTlsOptions withServerSide(boolean newServerSide) {
    return with(copy -> copy.serverSide = newServerSide);
  }

  /// Returns these options with a name of the server. A client needs it, unless its context does
  /// not check host names.
  ///
  /// @param newServerHostname the name that the server's certificate must have; empty to let any
  ///     certificate pass that is trusted
  /// @return the new options
  public StartTlsOptions withServerHostname(String newServerHostname) {
    return with(copy -> copy.serverHostname = newServerHostname);
  }

  /// Returns these options with another limit of the handshake.
  ///
  /// @param timeout how long it may take
  /// @return the new options
  /// @throws IllegalArgumentException if the time is not positive
  public StartTlsOptions withTlsHandshakeTimeout(Duration timeout) {
    Duration positive = TlsSettings.requirePositive("handshake timeout", timeout);
    return with(copy -> copy.handshakeTimeout = positive);
  }

  /// Returns these options with another limit of closing.
  ///
  /// @param timeout how long closing waits until all is sent and the peer has closed too
  /// @return the new options
  /// @throws IllegalArgumentException if the time is not positive
  public StartTlsOptions withTlsShutdownTimeout(Duration timeout) {
    Duration positive = TlsSettings.requirePositive("shutdown timeout", timeout);
    return with(copy -> copy.shutdownTimeout = positive);
  }

  boolean serverSide() {
    return serverSide;
  }

  /// Negotiates TLS on a running connection, as [StreamWriter#startTls][
  /// tepal.streams.StreamWriter#startTls] does.
  @Override
  public void secure(Transport transport, Protocol protocol, boolean onServerSide) {
    TlsSettings settings = onServerSide
        ? TlsSettings.server(context, handshakeTimeout, shutdownTimeout)
        : TlsSettings.client(context, serverHostname, handshakeTimeout, shutdownTimeout);
    if (!(transport instanceof NettyConnection connection)) {
      throw new UnsupportedOperationException(
          "Expected a connection over a socket, found " + transport);
    }
    NettyTls.start(connection, protocol, settings);
  }
}
