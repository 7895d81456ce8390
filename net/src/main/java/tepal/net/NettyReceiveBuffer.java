// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/// The one buffer that all connections of a loop receive into, on transports that are told when
/// a socket is readable.
///
/// What is received is copied out of it before the next read, into the array that a task gets, so
/// that one buffer is enough, it stays in the processor's cache, and an idle connection holds none.
/// Confined to the I/O thread.
final class NettyReceiveBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
  /** 256 KiB, the most that asyncio reads in one call. */
  private static final int SIZE = 256 * 1024;

  private final ByteBuf buffer = new UnpooledByteBufAllocator(
          /* preferDirect= */ true, /* disableLeakDetector= */ true)
      .directBuffer(SIZE, SIZE);

  NettyReceiveBuffer() {
    // One read for each connection in a turn: the others are not kept waiting.
    super(1);
  }

  @Override
  @SuppressWarnings("deprecation") // the interface that channels ask for has no other
  public Handle newHandle() {
    return new SharedBufferHandle();
  }

  void close() {
    buffer.release();
  }

  private final class SharedBufferHandle extends MaxMessageHandle {
    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      if (buffer.refCnt() != 1) {
        throw new IllegalStateException("The receive buffer was not given back: " + buffer);
      }
      // Whoever receives it releases it, which gives it back.
      return buffer.clear().retain();
    }

    @Override
    public int guess() {
      return SIZE;
    }
  }
}
