// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import tepal.streams.StreamReader;

/// What calls that start a server may be told beside the address: the keyword arguments of
/// `asyncio.start_server`.
///
/// Immutable: `ServerOptions.DEFAULT.withBacklog(1000)`.
///
/// @param limit the limit of the stream readers, in bytes; of no use to protocols
/// @param backlog how many connections the system queues that were not accepted yet
/// @param reuseAddress whether a port may be bound of which old connections are left
/// @param reusePort whether other sockets may be bound to the same port
/// @param startServing whether connections are accepted at once, or only after
///     [Server#startServing()]. The sockets listen in any case, so that clients that come before
///     that wait
public record ServerOptions(
    int limit, int backlog, boolean reuseAddress, boolean reusePort, boolean startServing) {
  /// A limit of 64 KiB, a backlog of 100, `reuseAddress` and `startServing`.
  public static final ServerOptions DEFAULT = new ServerOptions(
      StreamReader.DEFAULT_LIMIT, 100, /* reuseAddress= */ true, false, /* startServing= */ true);

  /// Checks the options.
  ///
  /// @throws IllegalArgumentException if the limit or the backlog is not positive
  public ServerOptions {
    if (limit <= 0) {
      throw new IllegalArgumentException("Expected a limit of 1 byte or more, got " + limit);
    }
    if (backlog <= 0) {
      throw new IllegalArgumentException("Expected a backlog of 1 or more, got " + backlog);
    }
  }

  /// Returns these options with another limit of the stream readers.
  ///
  /// @param newLimit the limit, in bytes
  /// @return the new options
  /// @throws IllegalArgumentException if the limit is not positive
  public ServerOptions withLimit(int newLimit) {
    return new ServerOptions(newLimit, backlog, reuseAddress, reusePort, startServing);
  }

  /// Returns these options with another backlog.
  ///
  /// @param newBacklog how many connections may wait to be accepted
  /// @return the new options
  /// @throws IllegalArgumentException if the backlog is not positive
  public ServerOptions withBacklog(int newBacklog) {
    return new ServerOptions(limit, newBacklog, reuseAddress, reusePort, startServing);
  }

  /// Returns these options with or without binding a port of which old connections are left.
  ///
  /// @param newReuseAddress whether it may be bound
  /// @return the new options
  public ServerOptions withReuseAddress(boolean newReuseAddress) {
    return new ServerOptions(limit, backlog, newReuseAddress, reusePort, startServing);
  }

  /// Returns these options with or without sharing the port with other sockets.
  ///
  /// @param newReusePort whether it is shared
  /// @return the new options
  public ServerOptions withReusePort(boolean newReusePort) {
    return new ServerOptions(limit, backlog, reuseAddress, newReusePort, startServing);
  }

  /// Returns these options with or without accepting connections at once.
  ///
  /// @param newStartServing whether connections are accepted at once
  /// @return the new options
  public ServerOptions withStartServing(boolean newStartServing) {
    return new ServerOptions(limit, backlog, reuseAddress, reusePort, newStartServing);
  }
}
