// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import java.io.IOException;
import java.io.OutputStream;
import tepal.blocking.Sink;

/// Writes to a stream. Nobody ends a write to one.
///
/// @param stream the stream
/// @param closes whether closing this closes the stream
record StreamSink(OutputStream stream, boolean closes) implements Sink {
  @Override
  public void write(byte[] data, int offset, int length) throws IOException {
    stream.write(data, offset, length);
    stream.flush();
  }

  @Override
  public void close() {
    if (closes) {
      Closing.quietly(stream);
    }
  }
}
