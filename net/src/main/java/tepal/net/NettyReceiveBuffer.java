// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// The one buffer that all connections of a loop receive into, on transports that are told when
/// a socket is readable.
///
/// What is received is copied out of it before the next read, into the array that a task gets, so
/// that one buffer is enough, it stays in the processor's cache, and an idle connection holds none.
/// Where it can, a connection that receives much does so into that array itself.
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
    return new SharedBufferHandle(null);
  }

  /// Returns this for the channel of one connection, which also receives past Netty.
  @SuppressWarnings("deprecation") // the interface that channels ask for has no other
  RecvByteBufAllocator of(NettyConnection connection) {
    return () -> new SharedBufferHandle(connection);
  }

  void close() {
    buffer.release();
  }

  private final class SharedBufferHandle extends MaxMessageHandle {
    // null if all that comes goes through Netty
    private final @Nullable NettyConnection connection;

    // whether what came last was much, so that the next piece may be too
    private boolean large;

    SharedBufferHandle(@Nullable NettyConnection connection) {
      this.connection = connection;
    }

    /// Called just before the channel receives.
    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      if (buffer.refCnt() != 1) {
        throw new IllegalStateException("The receive buffer was not given back: " + buffer);
      }
      if (large && connection != null) {
        large = connection.receiveLarge();
      }
      // Whoever receives it releases it, which gives it back.
      return buffer.clear().retain();
    }

    @Override
    public void lastBytesRead(int bytes) {
      large |= bytes >= NettySocket.LARGE;
      super.lastBytesRead(bytes);
    }

    @Override
    public int guess() {
      return SIZE;
    }
  }
}
