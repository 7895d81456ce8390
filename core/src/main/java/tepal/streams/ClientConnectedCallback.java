// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

/// What a server does with a client that has connected.
///
/// Mirrors the `client_connected_cb` of `asyncio.start_server`.
@FunctionalInterface
public interface ClientConnectedCallback {

  /// Serves one client. Called in a task of its own; may suspend.
  ///
  /// What it throws is given to the loop's exception handler, and the connection is closed.
  ///
  /// @param reader what comes from the client
  /// @param writer what goes to it
  /// @throws Exception if it fails
  void clientConnected(StreamReader reader, StreamWriter writer) throws Exception;
}
