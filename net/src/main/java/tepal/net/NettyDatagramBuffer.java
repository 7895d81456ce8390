// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// The memory that all sockets of a loop for UDP receive into, for up to 16 datagrams in a
/// turn.
///
/// Every datagram is copied out of it before the next read. Either one piece, which a call
/// fills with several datagrams, or a piece for each; those are made when they are first
/// needed. 1 MiB together. Confined to the I/O thread.
final class NettyDatagramBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
  /** How many datagrams are received in one turn, from one socket. */
  static final int MOST = 16;

  /**
   * The room for a datagram. More than the 65,507 bytes that UDP can carry, and no power of two, so
   * that the beginnings of several do not compete for the same lines of the processor's cache.
   */
  static final int ROOM = 65 * 1024 + 64;

  private static final UnpooledByteBufAllocator ALLOCATOR =
      new UnpooledByteBufAllocator(/* preferDirect= */ true, /* disableLeakDetector= */ true);

  private final int size;
  private final @Nullable ByteBuf[] pieces;

  private NettyDatagramBuffer(int pieces, int size, int readsPerTurn) {
    super(readsPerTurn);
    this.size = size;
    this.pieces = new ByteBuf[pieces];
  }

  /// For sockets that receive several datagrams by one call.
  static NettyDatagramBuffer forBatches() {
    return new NettyDatagramBuffer(1, MOST * ROOM, 1);
  }

  /// For sockets that receive one datagram by a call.
  static NettyDatagramBuffer forSingles() {
    return new NettyDatagramBuffer(MOST, ROOM, MOST);
  }

  @Override
  @SuppressWarnings("deprecation") // the interface that channels ask for has no other
  public Handle newHandle() {
    return new PiecesHandle();
  }

  /// Returns a piece that nobody has; releasing it gives it back.
  private ByteBuf take() {
    for (int i = 0; i < pieces.length; i++) {
      ByteBuf piece = pieces[i];
      if (piece == null) {
        piece = ALLOCATOR.directBuffer(size, size);
        pieces[i] = piece;
      }
      if (piece.refCnt() == 1) {
        return piece.clear().retain();
      }
    }
    throw new IllegalStateException("No receive buffer was given back");
  }

  void close() {
    for (ByteBuf piece : pieces) {
      if (piece != null) {
        piece.release();
      }
    }
  }

  private final class PiecesHandle extends MaxMessageHandle {
    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return take();
    }

    @Override
    public int guess() {
      return size;
    }
  }
}
