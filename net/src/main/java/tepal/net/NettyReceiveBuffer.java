// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The one buffer that all connections of a loop receive into, on transports that are told when
/// a socket is readable.
///
/// What is received is copied out of it before the next read, into the array that a task gets, so
/// that one buffer is enough, it stays in the processor's cache, and an idle connection holds none.
/// Where it can, a connection that receives much does so into that array itself.
/// Only a connection whose protocol brings its own buffer keeps it until its callback, and the next
/// read takes another; if 4 are kept, what comes is copied. Confined to the loop.
final class NettyReceiveBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
  /** 256 KiB, the most that asyncio reads in one call. */
  private static final int SIZE = 256 * 1024;

  /** How many connections may keep a buffer at a time. */
  private static final int MOST_KEPT = 4;

  // those that were kept and given back
  private final ArrayDeque<ByteBuf> spare = new ArrayDeque<>(MOST_KEPT);
  private ByteBuf buffer = newBuffer();
  private int kept;
  private boolean closed;

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

  private static ByteBuf newBuffer() {
    return new UnpooledByteBufAllocator(/* preferDirect= */ true, /* disableLeakDetector= */ true)
        .directBuffer(SIZE, SIZE);
  }

  void close() {
    closed = true;
    buffer.release();
    spare.forEach(ByteBuf::release);
    spare.clear();
  }

  // ---- Keeping it until a callback

  /// Lets a connection keep what it received, until it calls [#giveBack]. Returns whether it may;
  /// it may not if the bytes are not in the loop's receive buffer.
  boolean keep(ByteBuf received) {
    if (received != buffer || kept == MOST_KEPT) {
      return false;
    }
    kept++;
    buffer = spare.isEmpty() ? newBuffer() : spare.removeLast();
    return true;
  }

  /// Takes a buffer back, if the piece is one that was kept.
  void giveBack(Object piece) {
    if (piece instanceof ByteBuf received && received.isDirect()) {
      kept--;
      if (closed) {
        received.release();
      } else {
        spare.addLast(received);
      }
    }
  }

  /// Returns how many are kept.
  int kept() {
    return kept;
  }

  /// Returns an array for a piece that is a buffer, which is given back, and any other as it is.
  Object toArray(Object piece) {
    if (!(piece instanceof ByteBuf received)) {
      return piece;
    }
    byte[] bytes = new byte[received.readableBytes()];
    received.readBytes(bytes);
    giveBack(received);
    return bytes;
  }

  /// Returns a buffer for a piece that is an array, and one that is a buffer as it is.
  static ByteBuf toBuffer(Object piece) {
    return piece instanceof byte[] bytes ? Unpooled.wrappedBuffer(bytes) : (ByteBuf) piece;
  }

  /// Moves as much of a piece as there is room for.
  ///
  /// @throws IllegalStateException if there is no room
  static int fill(ByteBuffer room, ByteBuf piece) {
    int count = Math.min(room.remaining(), piece.readableBytes());
    if (count == 0) {
      throw new IllegalStateException(
          "Expected getBuffer() to return a buffer with room, got " + room);
    }
    room.put(piece.nioBuffer(piece.readerIndex(), count));
    piece.skipBytes(count);
    return count;
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
      if (connection != null) {
        large = large && connection.receiveLarge();
        requireOpen(connection);
      }
      // Whoever receives it releases it, which gives it back.
      return buffer.clear().retain();
    }

    /// Keeps Netty from receiving with a descriptor that was closed just now, in the same event,
    /// and may be another socket's already.
    private static void requireOpen(NettyConnection connection) {
      if (!connection.channel().isOpen()) {
        throw new UncheckedIOException(new ClosedChannelException());
      }
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
