// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tepal.streams.StreamReader;

/// What calls that open a connection may be told beside the address: the keyword arguments of
/// `asyncio.open_connection` and `loop.create_connection`.
///
/// Immutable: `ConnectOptions.DEFAULT.withLimit(1024 * 1024)`.
public final class ConnectOptions {
  /// A reader's limit of 64 KiB, any local address, any family, and 250 ms between attempts.
  public static final ConnectOptions DEFAULT = new ConnectOptions();

  // set before anybody else sees the object
  private int limit = StreamReader.DEFAULT_LIMIT;
  private @Nullable SocketAddress localAddress;
  private @Nullable Duration happyEyeballsDelay = Duration.ofMillis(250);
  private int interleave = 1;
  private @Nullable StandardProtocolFamily family;
  private boolean allErrors;

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
    copy.happyEyeballsDelay = happyEyeballsDelay;
    copy.interleave = interleave;
    copy.family = family;
    copy.allErrors = allErrors;
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
  /// Of the addresses of a name only those of its family are tried. If it is
  /// [unresolved][java.net.InetSocketAddress#createUnresolved], its name is resolved first.
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

  /// Returns these options with another delay between attempts to connect to the addresses of a
  /// name ("Happy Eyeballs",
  /// [RFC 8305](https://www.rfc-editor.org/rfc/rfc8305)): the next address is tried when the one
  /// before it has failed, or after the delay, while the attempts before it go on. The first that
  /// succeeds is used and the others are closed.
  ///
  /// Unlike asyncio's, it is on by default, with the 250 ms that the RFC recommends.
  ///
  /// @param newDelay the delay; the RFC wants 100 ms or more
  /// @return the new options
  /// @throws IllegalArgumentException if the delay is negative
  public ConnectOptions withHappyEyeballsDelay(Duration newDelay) {
    if (newDelay.isNegative()) {
      throw new IllegalArgumentException("Expected a delay of zero or more, got " + newDelay);
    }
    return with(copy -> copy.happyEyeballsDelay = newDelay);
  }

  /// Returns these options with one attempt at a time, in the order of the resolver's answer.
  ///
  /// @return the new options
  public ConnectOptions withoutHappyEyeballs() {
    return with(copy -> copy.happyEyeballsDelay = null);
  }

  /// Returns these options with another number of addresses of the first family to be tried before
  /// the families take turns.
  ///
  /// @param newInterleave how many; 1 by default. Of no use without Happy Eyeballs
  /// @return the new options
  /// @throws IllegalArgumentException if it is not positive
  public ConnectOptions withInterleave(int newInterleave) {
    if (newInterleave <= 0) {
      throw new IllegalArgumentException("Expected 1 address or more, got " + newInterleave);
    }
    return with(copy -> copy.interleave = newInterleave);
  }

  /// Returns these options with addresses of one family only.
  ///
  /// @param newFamily [StandardProtocolFamily#INET] or [StandardProtocolFamily#INET6]
  /// @return the new options
  /// @throws IllegalArgumentException if it is another
  public ConnectOptions withFamily(StandardProtocolFamily newFamily) {
    Names.requireInternet(newFamily);
    return with(copy -> copy.family = newFamily);
  }

  /// Returns these options with or without all failures of a connection that did not succeed.
  ///
  /// @param newAllErrors whether an [tepal.ExceptionGroup] of them is thrown, one for each
  ///     address that was tried, even if there is only one
  /// @return the new options
  public ConnectOptions withAllErrors(boolean newAllErrors) {
    return with(copy -> copy.allErrors = newAllErrors);
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

  /// Returns the delay between attempts to connect to the addresses of a name.
  ///
  /// @return the delay, or null for one attempt at a time
  public @Nullable Duration happyEyeballsDelay() {
    return happyEyeballsDelay;
  }

  /// Returns how many addresses of the first family are tried before the families take turns.
  ///
  /// @return how many
  public int interleave() {
    return interleave;
  }

  /// Returns the family of the addresses that are tried.
  ///
  /// @return the family, or null for both
  public @Nullable StandardProtocolFamily family() {
    return family;
  }

  /// Returns whether a failed connection throws a group of all failures.
  ///
  /// @return whether it does
  public boolean allErrors() {
    return allErrors;
  }
}
