// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.util.function.Consumer;
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

  private ServerOptions() {}

  /// Returns a copy that differs in what `change` sets.
  private ServerOptions with(Consumer<ServerOptions> change) {
    ServerOptions copy = new ServerOptions();
    copy.limit = limit;
    copy.backlog = backlog;
    copy.reuseAddress = reuseAddress;
    copy.reusePort = reusePort;
    copy.startServing = startServing;
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
}
