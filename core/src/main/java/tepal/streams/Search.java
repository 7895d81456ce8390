// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks for the first of several separators in bytes that come in piece by piece.
final class Search {
  /*
   * asyncio's rule [1]: of all matches the one that ends first, and of those that end at the same
   * byte the one of the shortest separator. So this looks for the bytes that separators end with,
   * in ascending order, and compares backwards from there. Where all separators end with the same
   * byte, as they nearly always do, eight bytes are looked at a time.
   *
   * `seen` is kept from one call of `find` to the next: each byte is looked at once, however small
   * the pieces.
   *
   * [1] https://github.com/python/cpython/blob/3.14/Lib/asyncio/streams.py
   */
  private static final byte[][] NEWLINE = {{'\n'}};
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private final ByteChunks chunks;

  // ascending in length
  private final byte[][] separators;

  // the bytes that separators end with; null if all end with the same one
  private final boolean @Nullable [] endings;

  // no separator ends before this position
  private long seen;

  // of the match, counted from the first byte that is in the chunks
  private long matchStart;
  private long matchEnd;

  private Search(ByteChunks chunks, byte[][] separators, boolean @Nullable [] endings) {
    this.chunks = chunks;
    this.separators = separators;
    this.endings = endings;
  }

  static Search forNewline(ByteChunks chunks) {
    return new Search(chunks, NEWLINE, null);
  }

  static Search of(ByteChunks chunks, List<byte[]> separators) {
    if (separators.isEmpty() || separators.stream().anyMatch(each -> each.length == 0)) {
      throw new IllegalArgumentException("Expected separators of one byte or more, found "
          + (separators.isEmpty() ? "none" : "an empty one"));
    }
    byte[][] ascending = separators.stream()
        .sorted(Comparator.comparingInt((byte[] each) -> each.length))
        .toArray(byte[][]::new);
    return new Search(chunks, ascending, endings(ascending));
  }

  private static boolean @Nullable [] endings(byte[][] separators) {
    byte only = ending(separators[0]);
    if (Arrays.stream(separators).allMatch(each -> ending(each) == only)) {
      return null;
    }
    boolean[] endings = new boolean[256];
    for (byte[] each : separators) {
      endings[ending(each) & 0xFF] = true;
    }
    return endings;
  }

  private static byte ending(byte[] separator) {
    return separator[separator.length - 1];
  }

  long matchStart() {
    return matchStart;
  }

  long matchEnd() {
    return matchEnd;
  }

  /// How many bytes can be taken without breaking a separator that may have begun.
  long withoutSeparator() {
    return Math.max(0, chunks.size() + 1 - separators[separators.length - 1].length);
  }

  /// Goes on where the last call ended, and returns whether there is a match.
  boolean find() {
    long limit = chunks.position() + chunks.size();
    long at = Math.max(seen, chunks.position() + separators[0].length - 1);
    if (at >= limit) {
      return false;
    }
    ByteChunks.Chunk chunk = chunks.chunkAt(at);
    long chunkPosition = limit;
    for (var each = chunk; each != null; each = each.next) {
      chunkPosition -= each.size();
    }
    int from = chunk.start + (int) (at - chunkPosition);
    for (var each = chunk; each != null; each = each.next) {
      if (findIn(each, chunkPosition, from)) {
        return true;
      }
      chunkPosition += each.size();
      from = each.next == null ? 0 : each.next.start;
    }
    seen = limit;
    return false;
  }

  private boolean findIn(ByteChunks.Chunk chunk, long chunkPosition, int from) {
    for (int i = nextEnding(chunk.bytes, from, chunk.end);
        i >= 0;
        i = nextEnding(chunk.bytes, i + 1, chunk.end)) {
      long before = chunkPosition + (i - chunk.start) + 1 - chunks.position();
      for (byte[] separator : separators) {
        if (separator.length <= before && endsAt(separator, chunk, i)) {
          matchEnd = before;
          matchStart = before - separator.length;
          return true;
        }
      }
    }
    return false;
  }

  private static boolean endsAt(byte[] separator, ByteChunks.Chunk last, int lastIndex) {
    ByteChunks.Chunk chunk = last;
    int index = lastIndex;
    for (int i = separator.length - 1; i >= 0; i--, index--) {
      while (index < chunk.start) {
        ByteChunks.Chunk previous = chunk.previous;
        if (previous == null) {
          return false;
        }
        chunk = previous;
        index = chunk.end - 1;
      }
      if (chunk.bytes[index] != separator[i]) {
        return false;
      }
    }
    return true;
  }

  // ---- Bytes that a separator may end with

  private int nextEnding(byte[] bytes, int from, int to) {
    if (endings == null) {
      return indexOf(ending(separators[0]), bytes, from, to);
    }
    for (int i = from; i < to; i++) {
      if (endings[bytes[i] & 0xFF]) {
        return i;
      }
    }
    return -1;
  }

  /// Returns the first index of a byte, or -1.
  static int indexOf(byte wanted, byte[] bytes, int from, int to) {
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long pattern = (wanted & 0xFF) * ONES;
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      long difference = words.getLong(i) ^ pattern;
      // The lowest of the high bits that are left belongs to the first byte that is zero.
      long zeros = (difference - ONES) & ~difference & HIGH_BITS;
      if (zeros != 0) {
        return i + Long.numberOfTrailingZeros(zeros) / Byte.SIZE;
      }
    }
    for (; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}
