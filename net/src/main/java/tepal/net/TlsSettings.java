// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What one connection needs to know of TLS.
///
/// @param serverHostname the name to check and to send; null on the server's side, empty for none
record TlsSettings(
    TlsContext context,
    @Nullable String serverHostname,
    Duration handshakeTimeout,
    Duration shutdownTimeout) {

  /** As in asyncio (`constants.py`). */
  static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(60);

  static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(30);

  /// @throws IllegalArgumentException if the context is a server's, or checks host names and
  ///     there is none
  static TlsSettings client(
      TlsContext context,
      @Nullable String serverHostname,
      Duration handshakeTimeout,
      Duration shutdownTimeout) {
    context.require(TlsContext.Side.CLIENT);
    if (serverHostname == null && context.checksHostname()) {
      throw new IllegalArgumentException(
          "Expected a serverHostname, which the server's certificate must have, got none; an empty"
              + " one lets any certificate pass that is trusted");
    }
    return new TlsSettings(
        context, serverHostname == null ? "" : serverHostname, handshakeTimeout, shutdownTimeout);
  }

  /// @throws IllegalArgumentException if the context is a client's
  static TlsSettings server(
      TlsContext context, Duration handshakeTimeout, Duration shutdownTimeout) {
    context.require(TlsContext.Side.SERVER);
    return new TlsSettings(context, null, handshakeTimeout, shutdownTimeout);
  }

  boolean isClient() {
    return serverHostname != null;
  }

  static Duration requirePositive(String what, Duration timeout) {
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException(
          "Expected a %s of more than zero, got %s".formatted(what, timeout));
    }
    return timeout;
  }
}
