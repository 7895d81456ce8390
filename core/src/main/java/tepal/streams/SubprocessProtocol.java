// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import org.jspecify.annotations.Nullable;

/// What the transport of a child process calls.
///
/// The process may have exited before the last data of its pipes arrives, and may have closed
/// its pipes long before it exits. `connectionLost` is called when both have happened.
///
/// Mirrors
/// [`asyncio.SubprocessProtocol`](https://docs.python.org/3.14/library/asyncio-protocol.html#asyncio.SubprocessProtocol).
public interface SubprocessProtocol extends BaseProtocol<SubprocessTransport> {

  /// Called when the child has written to a pipe. Does nothing by default.
  ///
  /// @param fd 1 for its standard output, 2 for its standard error
  /// @param data the bytes, at least one; they belong to the protocol
  default void pipeDataReceived(int fd, byte[] data) {}

  /// Called when one of the pipes is closed. Does nothing by default.
  ///
  /// @param fd 0 for the child's standard input, 1 for its standard output, 2 for its
  ///     standard error
  /// @param exception why; null if it was simply closed
  default void pipeConnectionLost(int fd, @Nullable Throwable exception) {}

  /// Called when the child has exited. Does nothing by default.
  default void processExited() {}
}
