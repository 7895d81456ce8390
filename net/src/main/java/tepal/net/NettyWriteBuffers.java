// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.util.ArrayDeque;

/// The buffers that a loop's connections copy into what they are to send.
///
/// A list of free ones of equal size, which costs less than Netty's allocators, as it is confined
/// to
/// one loop. It keeps at most 256, which is 4 MiB; longer pieces get buffers of their own.
final class NettyWriteBuffers {
  /** The size of the buffers, in bytes. */
  static final int SIZE = 16 * 1024;

  private static final int MOST_FREE = 256;

  private final UnpooledByteBufAllocator allocator =
      new UnpooledByteBufAllocator(/* preferDirect= */ true, /* disableLeakDetector= */ true);
  private final ArrayDeque<Buffer> free = new ArrayDeque<>();

  // how many were taken and not given back
  private int taken;

  private boolean closed;

  /// Returns an empty buffer; releasing it gives it back.
  ByteBuf take() {
    taken++;
    Buffer buffer = free.pollLast();
    return buffer == null ? new Buffer() : buffer;
  }

  /// Returns how many buffers are in use.
  int taken() {
    return taken;
  }

  /// Frees what is here, and from now on what comes back.
  void close() {
    closed = true;
    for (Buffer each = free.poll(); each != null; each = free.poll()) {
      each.free();
    }
  }

  private final class Buffer extends UnpooledDirectByteBuf {
    Buffer() {
      super(allocator, SIZE, SIZE);
    }

    /// Nobody refers to this any more.
    @Override
    protected void deallocate() {
      taken--;
      if (closed || free.size() == MOST_FREE) {
        free();
      } else {
        resetRefCnt();
        var _ = clear();
        free.addLast(this);
      }
    }

    void free() {
      super.deallocate();
    }
  }
}
