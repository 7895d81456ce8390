// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import tepal.streams.StreamReader;
import tepal.streams.StreamWriter;

/// A stream in both directions.
///
/// ```java
/// try (Connection connection = Net.openConnection("localhost", 8765)) {
///   connection.writer().write("hello\n".getBytes(UTF_8));
///   byte[] answer = connection.reader().readLine();
/// }
/// ```
///
/// Mirrors the pair that `asyncio.open_connection` returns.
///
/// @param reader what comes in
/// @param writer what goes out
public record Connection(StreamReader reader, StreamWriter writer) implements AutoCloseable {

  /// Closes the connection after what was written. Returns immediately; to wait for the end, call
  /// [StreamWriter#waitClosed()].
  @Override
  public void close() {
    writer.close();
  }
}
