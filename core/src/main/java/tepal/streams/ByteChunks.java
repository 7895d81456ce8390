// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Bytes in the order in which they came, in as many pieces as they came in.
final class ByteChunks {
  /*
   * A doubly linked list of arrays. What is added is kept, not copied, and an array that is taken
   * whole is handed out as it is, so that a message which arrives in one piece and is read in one
   * piece is never copied here. Taking less moves an index. Small pieces are gathered in an array
   * that has room for more, or a peer that sends single bytes would make this many times as large as
   * what it holds.
   *
   * Positions count from the first byte that was ever added, so that they stay valid when bytes are
   * taken: what a search has seen need not be looked at again.
   *
   * Confined to the loop.
   */
  static final byte[] NONE = {};

  /** What is not larger than this is copied into an array with room for more. */
  private static final int SMALL = 512;

  private static final int GATHERING = 4 * 1024;

  /** What virtual machines can allocate. */
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  static final class Chunk {
    final byte[] bytes;

    // of the bytes that are still here, in the array
    int start;
    int end;

    @Nullable Chunk previous;

    @Nullable Chunk next;

    Chunk(byte[] bytes, int end) {
      this.bytes = bytes;
      this.end = end;
    }

    int size() {
      return end - start;
    }

    int room() {
      return bytes.length - end;
    }
  }

  private @Nullable Chunk first;
  private @Nullable Chunk last;
  private long size;

  // the position of the first byte that is here
  private long position;

  boolean isEmpty() {
    return first == null;
  }

  long size() {
    return size;
  }

  long position() {
    return position;
  }

  // ---- Adding

  /// Adds an array, which belongs to this from now on.
  void add(byte[] data) {
    if (data.length == 0 || gather(ByteBuffer.wrap(data))) {
      return;
    }
    append(new Chunk(data, data.length));
  }

  /// Adds a copy of the remaining bytes of a buffer.
  void add(ByteBuffer data) {
    if (!data.hasRemaining() || gather(data)) {
      return;
    }
    byte[] copy = new byte[data.remaining()];
    data.get(copy);
    append(new Chunk(copy, copy.length));
  }

  /// Copies a small piece to others of its kind. Returns false if it is to be kept as it is.
  private boolean gather(ByteBuffer data) {
    int length = data.remaining();
    Chunk tail = last;
    if (length > SMALL || tail == null) {
      return false;
    }
    if (tail.room() < length) {
      if (tail.size() > SMALL && tail.bytes.length != GATHERING) {
        return false;
      }
      tail = new Chunk(new byte[GATHERING], 0);
      append(tail);
    }
    data.get(tail.bytes, tail.end, length);
    tail.end += length;
    size += length;
    return true;
  }

  private void append(Chunk chunk) {
    chunk.previous = last;
    if (last == null) {
      first = chunk;
    } else {
      last.next = chunk;
    }
    last = chunk;
    size += chunk.size();
  }

  /// Moves all that `other` has to the end of this.
  void addAll(ByteChunks other) {
    Chunk head = other.first;
    if (head == null) {
      return;
    }
    long added = other.size;
    head.previous = last;
    if (last == null) {
      first = head;
    } else {
      last.next = head;
    }
    last = other.last;
    size += added;
    other.clear();
  }

  /// Puts what was taken by `addAll` back before all that is here.
  void putBack(ByteChunks earlier) {
    long begin = position - earlier.size;
    earlier.addAll(this);
    first = earlier.first;
    last = earlier.last;
    size = earlier.size;
    position = begin;
    earlier.clear();
  }

  // ---- Taking

  /// Takes as many bytes as are here, at most `count`.
  byte[] take(long count) {
    int length = arrayLength(Math.min(count, size));
    Chunk head = first;
    if (head == null || length == 0) {
      return NONE;
    }
    if (head.start == 0 && head.end == length && head.bytes.length == length) {
      drop(head);
      return head.bytes;
    }
    byte[] taken = new byte[length];
    moveTo(ByteBuffer.wrap(taken));
    return taken;
  }

  private static int arrayLength(long length) {
    if (length > MAX_ARRAY) {
      throw new IllegalStateException(
          "Expected at most %d bytes to read at once, found %d: read them in parts"
              .formatted(MAX_ARRAY, length));
    }
    return (int) length;
  }

  /// Moves as many bytes to a buffer as are here and it has room for.
  void moveTo(ByteBuffer target) {
    for (Chunk head = first; head != null && target.hasRemaining(); head = first) {
      int length = Math.min(head.size(), target.remaining());
      target.put(head.bytes, head.start, length);
      skip(head, length);
    }
  }

  /// Drops as many bytes as are here, at most `count`.
  void skip(long count) {
    long left = count;
    for (Chunk head = first; head != null && left > 0; head = first) {
      int length = (int) Math.min(head.size(), left);
      skip(head, length);
      left -= length;
    }
  }

  private void skip(Chunk head, int length) {
    if (length == head.size()) {
      drop(head);
    } else {
      head.start += length;
      size -= length;
      position += length;
    }
  }

  private void drop(Chunk head) {
    size -= head.size();
    position += head.size();
    first = head.next;
    if (first == null) {
      last = null;
    } else {
      first.previous = null;
    }
  }

  void clear() {
    position += size;
    size = 0;
    first = null;
    last = null;
  }

  // ---- Looking

  /// Returns the chunk with the byte at a position that is here, looking from the end.
  Chunk chunkAt(long wanted) {
    long end = position + size;
    for (Chunk chunk = last; chunk != null; chunk = chunk.previous) {
      end -= chunk.size();
      if (wanted >= end) {
        return chunk;
      }
    }
    throw new IndexOutOfBoundsException(
        "Expected a position from %d to %d, found %d".formatted(position, position + size, wanted));
  }
}
