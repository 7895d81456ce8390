// SPDX-License-Identifier: Apache-2.0
package tepal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// Bytes that are to be written in one go, so that short writes need no thread. Confined to
/// the loop.
final class WriteBehind {
  private byte @Nullable [] bytes;
  private long start;
  private int length;

  /// Bytes on their way to the file. Whoever writes them has them for himself.
  static final class Chunk {
    private final byte[] bytes;
    private final long start;
    private final int length;

    Chunk(byte[] bytes, long start, int length) {
      this.bytes = bytes;
      this.start = start;
      this.length = length;
    }

    /// Writes this where it belongs, or at the end of the file. Called on a thread of the
    /// pool.
    void writeTo(FileChannel channel, boolean append) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
      while (buffer.hasRemaining()) {
        int _ = append ? channel.write(buffer) : channel.write(buffer, start + buffer.position());
      }
    }
  }

  boolean isEmpty() {
    return length == 0;
  }

  boolean isFull() {
    return length == ReadAhead.CHUNK;
  }

  /// Returns whether bytes at `position` can follow what is here.
  boolean canFollow(long position) {
    return length == 0 || position == start + length;
  }

  /// Takes as many bytes as there is room for, and returns how many.
  int add(long position, byte[] from, int offset, int count) {
    byte[] present = bytes;
    if (present == null) {
      present = new byte[ReadAhead.CHUNK];
      bytes = present;
    }
    if (length == 0) {
      start = position;
    }
    int taken = Math.min(count, ReadAhead.CHUNK - length);
    System.arraycopy(from, offset, present, length, taken);
    length += taken;
    return taken;
  }

  /// Returns what is here and forgets it; null if it is nothing.
  @Nullable Chunk take() {
    byte[] present = bytes;
    if (length == 0 || present == null) {
      return null;
    }
    Chunk chunk = new Chunk(present, start, length);
    bytes = null;
    length = 0;
    return chunk;
  }

  /// Takes back the array of a chunk that was written.
  void reuse(Chunk written) {
    if (bytes == null) {
      bytes = written.bytes;
    }
  }
}
