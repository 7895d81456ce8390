// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.InterruptibleChannel;
import java.nio.channels.ReadableByteChannel;
import tepal.blocking.BlockingThreads;
import tepal.blocking.Source;

/// Reads a channel. Closing it ends a read, if it is one of the JDK's.
///
/// @param channel the channel
record ChannelSource(ReadableByteChannel channel) implements Source {
  @Override
  public int read(byte[] into) throws IOException {
    int count = channel.read(ByteBuffer.wrap(into));
    if (count == 0) {
      throw new IOException("Expected a channel in blocking mode, found " + channel);
    }
    return count;
  }

  @Override
  public void stop() {
    if (channel instanceof InterruptibleChannel) {
      BlockingThreads.execute(() -> Closing.quietly(channel));
    }
  }

  @Override
  public void close(boolean complete) {
    Closing.quietly(channel);
  }
}
