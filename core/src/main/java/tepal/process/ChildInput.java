// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.io.IOException;
import java.io.OutputStream;
import tepal.blocking.Sink;

/// A child's standard input, as its threads see it.
///
/// The JDK's reaper closes the stream too, when the child has exited; that also ends a write.
///
/// @param stream where to write to
record ChildInput(OutputStream stream) implements Sink {
  @Override
  public void write(byte[] data, int offset, int length) throws IOException {
    stream.write(data, offset, length);
    stream.flush();
  }

  @Override
  public void close() {
    try {
      stream.close();
    } catch (IOException e) {
      // All was flushed before, or nobody wants it any more.
    }
  }
}
