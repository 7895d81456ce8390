// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import tepal.streams.ReadTransport;
import tepal.streams.StreamReader;

/// The reading end of a pipe: a reader, and how to close it.
///
/// ```java
/// try (var pipe = Pipes.openReader(Path.of("/run/app/commands"))) {
///   for (String line : pipe.reader().lines()) {
///     handle(line);
///   }
/// }
/// ```
///
/// Not thread-safe: confined to the loop.
public final class ReadingEnd implements AutoCloseable {
  private final ReadTransport transport;
  private final StreamReader reader;

  ReadingEnd(ReadTransport transport, StreamReader reader) {
    this.transport = transport;
    this.reader = reader;
  }

  /// Returns what comes in. Returns immediately.
  ///
  /// @return the reader
  public StreamReader reader() {
    return reader;
  }

  /// Returns the transport. Returns immediately.
  ///
  /// @return the transport
  public ReadTransport transport() {
    return transport;
  }

  /// Closes the pipe. Returns immediately.
  ///
  /// Whoever writes to it is told so by the system. What has come is still in the reader,
  /// which ends after it. Closing twice does nothing.
  @Override
  public void close() {
    transport.close();
  }

  /// Returns the transport and the reader.
  @Override
  public String toString() {
    return "ReadingEnd[" + transport + ", " + reader + "]";
  }
}
