// SPDX-License-Identifier: Apache-2.0
package tepal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A part of a file that was read in one go, so that the next lines need no thread.
final class ReadAhead {
  /// 64 KiB: a thread's hop costs less than the copying of so many bytes.
  static final int CHUNK = 1 << 16;

  // one byte more than what any array may have
  private static final long TOO_LARGE = Integer.MAX_VALUE - 7;

  // null before the first read; written by a thread of the pool while a call is under way, when
  // nobody else looks at it
  private byte @Nullable [] bytes;

  // what is in `bytes`: so many bytes, from this position in the file on
  private long start;
  private int length;

  /// Forgets what was read.
  void clear() {
    length = 0;
  }

  /// Returns the array to read into. What was in it counts no more.
  byte[] emptied() {
    clear();
    byte[] present = bytes;
    if (present == null) {
      present = new byte[CHUNK];
      bytes = present;
    }
    return present;
  }

  void filled(long from, int count) {
    start = from;
    length = count;
  }

  /// Returns how many bytes there are from `position` on.
  int available(long position) {
    return position < start || position > start + length ? 0 : (int) (start + length - position);
  }

  /// Returns whether this ends where the file did.
  boolean reachesEnd() {
    return length < CHUNK;
  }

  /// Returns how many bytes there are before the next line feed at or after `position`, or
  /// -1.
  int lineLength(long position) {
    byte[] present = bytes;
    int count = available(position);
    if (present == null || count == 0) {
      return -1;
    }
    int from = (int) (position - start);
    for (int i = from; i < from + count; i++) {
      if (present[i] == '\n') {
        return i - from;
      }
    }
    return -1;
  }

  byte[] copy(long position, int count) {
    byte[] present = bytes;
    if (present == null || count == 0) {
      return new byte[0];
    }
    int from = (int) (position - start);
    return Arrays.copyOfRange(present, from, from + count);
  }

  // ---- Reading; called on a thread of the pool

  /// Reads from `position` on until `into` is full or the file ends, and returns how many
  /// bytes.
  static int fill(FileChannel channel, long position, byte[] into) throws IOException {
    return fill(channel, position, into, 0);
  }

  private static int fill(FileChannel channel, long position, byte[] into, int from)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into);
    buffer.position(from);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        break;
      }
    }
    return buffer.position();
  }

  /// Reads `limit` bytes from `position` on, or as many as there are.
  static byte[] upTo(FileChannel channel, long position, long limit) throws IOException {
    long expected = Math.clamp(channel.size() - position, 0, limit);
    byte[] into = new byte[(int) Math.min(Math.max(expected, 1), TOO_LARGE)];
    int count = 0;
    while (true) {
      count = fill(channel, position, into, count);
      if (count < into.length || count == limit) {
        return count == into.length ? into : Arrays.copyOf(into, count);
      }
      // As long as it said it was, or it has no size, as files in /proc.
      byte[] more = new byte[1];
      if (fill(channel, position + count, more) == 0) {
        return into;
      }
      if (count + 1 >= TOO_LARGE) {
        throw new IOException("Expected at most %d bytes, but there are more".formatted(count));
      }
      into = Arrays.copyOf(into, (int) Math.min(Math.min(limit, TOO_LARGE), 2L * count + CHUNK));
      into[count++] = more[0];
    }
  }

  /// Reads from `position` on to the next line feed, which is the last byte, or to the end.
  static byte[] line(FileChannel channel, long position) throws IOException {
    byte[] into = new byte[2 * CHUNK];
    int searched = 0;
    while (true) {
      int count = fill(channel, position, into, searched);
      for (int i = searched; i < count; i++) {
        if (into[i] == '\n') {
          return Arrays.copyOf(into, i + 1);
        }
      }
      if (count < into.length) {
        return Arrays.copyOf(into, count);
      }
      searched = count;
      if (count >= TOO_LARGE / 2) {
        throw new IOException("Expected a line of less than 1 GiB, but this is longer");
      }
      into = Arrays.copyOf(into, 2 * count);
    }
  }
}
