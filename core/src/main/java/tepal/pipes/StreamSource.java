// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import java.io.IOException;
import java.io.InputStream;
import tepal.blocking.Source;

/// Reads a stream. Nobody ends a read from one.
///
/// @param stream the stream
/// @param closes whether closing this closes the stream
record StreamSource(InputStream stream, boolean closes) implements Source {
  @Override
  public int read(byte[] into) throws IOException {
    return stream.read(into);
  }

  @Override
  public void close(boolean complete) {
    if (closes) {
      Closing.quietly(stream);
    }
  }
}
