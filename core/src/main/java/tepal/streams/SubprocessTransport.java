// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import org.jspecify.annotations.Nullable;

/// The connection between a loop and a child process: its pipes and its life.
///
/// Mirrors
/// [`asyncio.SubprocessTransport`](https://docs.python.org/3.14/library/asyncio-protocol.html#asyncio.SubprocessTransport).
public interface SubprocessTransport extends BaseTransport {

  /// The process itself, as the JDK sees it.
  ExtraInfo<ProcessHandle> SUBPROCESS = new ExtraInfo<>("subprocess", ProcessHandle.class);

  /// Returns the child's process id.
  ///
  /// @return the id
  long getPid();

  /// Returns the child's exit code, or null while it runs.
  ///
  /// @return the code; `-n` if signal `n` ended the child, on systems that have signals
  @Nullable Integer getReturncode();

  /// Returns the transport of one of the child's pipes.
  ///
  /// @param fd 0 for its standard input, a [WriteTransport]; 1 for its standard output and 2
  ///     for its standard error, each a [ReadTransport]
  /// @return the transport, or null if that is not a pipe
  @Nullable BaseTransport getPipeTransport(int fd);

  /// Sends the child a signal. Does nothing if it has ended.
  ///
  /// @param signal its name without the prefix, such as `INT`, `HUP`, `USR1`
  /// @throws IllegalArgumentException if there is no such signal on this system
  void sendSignal(String signal);

  /// Asks the child to end: `SIGTERM`, or what the system has in its place. Does nothing if
  /// it has ended.
  void terminate();

  /// Ends the child: `SIGKILL`, or what the system has in its place. Does nothing if it has
  /// ended.
  void kill();

  /// Closes the pipes, and kills the child if it still runs. Closing twice does nothing.
  @Override
  void close();
}
