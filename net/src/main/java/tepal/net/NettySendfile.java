// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.DefaultFileRegion;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;
import tepal.Future;

/// A file that is being sent over a channel of Netty's, and the task that waits for it.
final class NettySendfile {
  private final NettySelector selector;
  private final Channel channel;

  // what the task waits for; null if it does not
  private @Nullable Future<@Nullable Void> waiter;

  // whether the channel is gone; then nothing is waited for any more
  private boolean lost;

  private @Nullable Throwable failure;

  NettySendfile(NettySelector selector, Channel channel) {
    this.selector = selector;
    this.channel = channel;
  }

  /// Returns whether Netty lets the kernel read the file. Over io_uring it splices by way of a
  /// pipe whose state a cancelled task could not know.
  static boolean isPossible(NettySelector selector) {
    return selector.backend.transport() != NetTransport.IO_URING;
  }

  /// Suspends the current task until [#sent]; `action` runs on the I/O thread meanwhile.
  void await(Runnable action) {
    if (lost) {
      throw connectionLost();
    }
    Future<@Nullable Void> waiting = selector.loop.createWaiter(this);
    waiter = waiting;
    selector.onIoThread(action);
    try {
      waiting.await();
    } finally {
      waiter = null;
    }
  }

  private UncheckedIOException connectionLost() {
    SocketException lostMeanwhile =
        new SocketException("The connection was lost while a file was sent");
    if (failure != null) {
      var _ = lostMeanwhile.initCause(failure);
    }
    return new UncheckedIOException(lostMeanwhile.getMessage(), lostMeanwhile);
  }

  /// Everything that was written has been sent. On the I/O thread.
  void sent() {
    Future<@Nullable Void> waiting = waiter;
    if (waiting != null && !waiting.done()) {
      selector.delivered();
      waiting.setResult(null);
    }
  }

  /// The channel is closed. On the I/O thread.
  void lost(@Nullable Throwable cause) {
    lost = true;
    failure = NettyFailures.of(cause);
    Future<@Nullable Void> waiting = waiter;
    if (waiting != null && !waiting.done()) {
      selector.delivered();
      waiting.setException(connectionLost());
    }
  }

  /// Sends a piece; `told` is told when it has gone. Says how much was, also if the task is
  /// cancelled.
  long send(
      Sendfile sendfile, FileChannel file, long offset, long count, ChannelFutureListener told) {
    Piece piece = new Piece(file, offset, count);
    boolean complete = false;
    try {
      await(() -> {
        var _ = channel.writeAndFlush(piece, channel.newPromise().addListener(told));
      });
      complete = true;
      return piece.transferred();
    } finally {
      if (!complete) {
        piece.end();
        sendfile.alsoSent(piece.transferred());
      }
    }
  }

  /// What Netty is given: it stays the caller's file, and ends early if its task is cancelled.
  private static final class Piece extends DefaultFileRegion {
    private boolean ended;

    Piece(FileChannel file, long position, long count) {
      super(file, position, count);
    }

    /// Lets Netty, which asks before each system call, take this as sent.
    void end() {
      ended = true;
    }

    @Override
    public long count() {
      return ended ? transferred() : super.count();
    }

    /// Nobody sends this any more. The file is not closed.
    @Override
    protected void deallocate() {}

    @Override
    public String toString() {
      return "Piece[%d of %d]".formatted(transferred(), super.count());
    }
  }
}
