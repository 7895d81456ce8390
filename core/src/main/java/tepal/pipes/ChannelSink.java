// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.InterruptibleChannel;
import java.nio.channels.WritableByteChannel;
import tepal.blocking.BlockingThreads;
import tepal.blocking.Sink;

/// Writes to a channel. Closing it ends a write, if it is one of the JDK's.
///
/// @param channel the channel
record ChannelSink(WritableByteChannel channel) implements Sink {
  @Override
  public void write(byte[] data, int offset, int length) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(data, offset, length);
    while (left.hasRemaining()) {
      if (channel.write(left) == 0) {
        throw new IOException("Expected a channel in blocking mode, found " + channel);
      }
    }
  }

  @Override
  public void stop() {
    if (channel instanceof InterruptibleChannel) {
      BlockingThreads.execute(this::close);
    }
  }

  @Override
  public void close() {
    Closing.quietly(channel);
  }
}
