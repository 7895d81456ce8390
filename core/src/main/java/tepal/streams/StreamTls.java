// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

/// What [StreamWriter#startTls] puts between a running connection and its peer: TLS, as the
/// module that made the connection knows it.
///
/// `tepal.net.TlsContext` is one; nobody else needs to implement it.
@FunctionalInterface
public interface StreamTls {

  /// Negotiates TLS on a running connection. Suspends the current task until that is done.
  ///
  /// What the peer had sent before and nobody has read is taken for the beginning of the
  /// negotiation. If that fails, or the task is cancelled while it waits, the connection is
  /// closed.
  ///
  /// @param transport the connection
  /// @param protocol its protocol, which is not told again that it is connected
  /// @param serverSide whether this side accepted the connection
  /// @throws UnsupportedOperationException if this kind of transport cannot
  /// @throws java.io.UncheckedIOException if the negotiation fails
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  void secure(Transport transport, Protocol protocol, boolean serverSide);
}
