// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import tepal.EventLoop;
import tepal.TimeoutException;
import tepal.streams.ExtraInfo;

/// The TLS of one connection: Netty's handler between the socket and a [NettyConnection].
final class NettyTlsHandler extends SslHandler {
  /*
   * What this does differently:
   *
   * - It keeps no part of the loop's one receive buffer. What is left in it, the beginning of a
   *   record, is copied before anybody else receives.
   * - While a step of the handshake is on another thread, nothing is decoded. What comes meanwhile is
   *   kept; when that is more than MOST_KEPT, nothing more is read.
   * - It does not read by itself: what is read is decided by reads() alone, and Netty's calls of
   *   read() while the socket must not be read end in READS. On io_uring such a call would begin
   *   to receive for ever.
   * - Closing the channel closes it at once. The exchange of close_notify is in shutDown(), which the
   *   connection calls when all is sent, and has one limit from the connection's close() on.
   * - The peer's close_notify is the end of its stream, as the end of the TCP stream is.
   *
   * All on the I/O thread, but for the constructor and what says otherwise.
   */

  // in bytes: more than the longest message of a handshake should be
  private static final int MOST_KEPT = 64 * 1024;

  // in bytes: a record with its header and whatever a cipher adds
  private static final int RECORD = 17 * 1024;

  /// Stands between the socket and this.
  static final ChannelHandler READS = new Reads();

  private final NettyConnection connection;
  private final TlsSettings settings;
  private final Tasks tasks;

  // the buffer of our own that has what was not decoded; null if there was none yet
  private @Nullable ByteBuf kept;

  // whether the cumulator is to copy
  private boolean keeping;

  // whether so much is kept that no more must be read
  private boolean full;

  // whether the peer has ended its stream, one way or the other
  private boolean ended;

  // the end of the TCP stream came while a task ran, before which it must not be told
  private boolean endDeferred;

  // whether close_notify was sent, or is being sent
  private boolean shuttingDown;

  // ends a connection that does not close in time; null if it is not closing
  private io.netty.util.concurrent.@Nullable Future<?> shutdownTimer;

  NettyTlsHandler(NettyConnection connection, TlsSettings settings, EventLoop loop) {
    this(connection, settings, new Tasks(loop));
  }

  private NettyTlsHandler(NettyConnection connection, TlsSettings settings, Tasks tasks) {
    super(
        settings.context().newEngine(settings.isClient(), settings.serverHostname()),
        /* startTls= */ false,
        tasks);
    this.connection = connection;
    this.settings = settings;
    this.tasks = tasks;
    setHandshakeTimeoutMillis(Math.max(1, settings.handshakeTimeout().toMillis()));
    setCumulator(this::cumulate);
    sslCloseFuture().addListener(closed -> {
      if (closed.isSuccess()) {
        peerClosed();
      }
    });
  }

  /// Runs the engine's tasks on other threads, one at a time.
  private static final class Tasks implements Executor {
    private final EventLoop loop;

    // whether a task was given away, and Netty has not gone on since; confined to the I/O thread
    boolean running;

    Tasks(EventLoop loop) {
      this.loop = loop;
    }

    @Override
    public void execute(Runnable task) {
      if (loop.isClosed()) {
        throw new RejectedExecutionException("The loop is closed");
      }
      running = true;
      // By the loop, so that a virtual clock knows that something is going on.
      var _ = loop.runInExecutor(TlsThreads.POOL, task::run);
    }
  }

  // ---- Reading

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (message == Unpooled.EMPTY_BUFFER) {
      tasks.running = false; // this is Netty, going on after a task
    }
    try {
      super.channelRead(ctx, message);
    } catch (DecoderException e) {
      connection.failed(e); // the channel is closed already, so that nobody else would say why
      throw e;
    } finally {
      if (internalBuffer().isReadable() && internalBuffer() != kept) {
        keep(ctx);
      }
    }
    if (endDeferred && !tasks.running) {
      endDeferred = false;
      inputEnded(ctx);
    }
    boolean tooMuch = tasks.running && internalBuffer().readableBytes() > MOST_KEPT;
    if (tooMuch != full) {
      full = tooMuch;
      connection.updateReading();
    }
  }

  /// Lets the cumulator, which nothing but a read calls, copy what was not decoded.
  private void keep(ChannelHandlerContext ctx) throws Exception {
    keeping = true;
    try {
      super.channelRead(ctx, Unpooled.EMPTY_BUFFER);
    } finally {
      keeping = false;
    }
  }

  private ByteBuf cumulate(ByteBufAllocator allocator, ByteBuf before, ByteBuf next) {
    if (!keeping && before == kept) {
      ByteBuf both = MERGE_CUMULATOR.cumulate(allocator, before, next);
      kept = both == next ? null : both;
      return both;
    }
    if (!before.isReadable()) {
      before.release();
      return next;
    }
    int length = before.readableBytes() + next.readableBytes();
    ByteBuf own = allocator.buffer(Math.max(length, RECORD));
    own.writeBytes(before).writeBytes(next);
    before.release();
    next.release();
    kept = own;
    return own;
  }

  /// Returns whether to read from the socket.
  ///
  /// @param wanted whether the connection wants data
  boolean reads(boolean wanted) {
    return !full && !ended && (wanted || isHandshaking() || shuttingDown);
  }

  @Sharable
  private static final class Reads extends ChannelOutboundHandlerAdapter {
    @Override
    public void read(ChannelHandlerContext ctx) {
      if (ctx.channel().config().isAutoRead()) {
        var _ = ctx.read();
      }
    }
  }

  // ---- The end of the peer's stream

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event != ChannelInputShutdownEvent.INSTANCE) {
      super.userEventTriggered(ctx, event);
    } else if (tasks.running) {
      endDeferred = true;
    } else {
      inputEnded(ctx);
    }
  }

  private void inputEnded(ChannelHandlerContext ctx) throws Exception {
    ended = true;
    if (isHandshaking() || shuttingDown) {
      var _ = ctx.close();
    } else {
      super.userEventTriggered(ctx, ChannelInputShutdownEvent.INSTANCE);
    }
  }

  private void peerClosed() {
    ended = true;
    if (shuttingDown) {
      var _ = connection.channel().close();
    } else {
      ChannelHandlerContext here = connection.channel().pipeline().context(this);
      if (here != null) { // else the channel is closed
        var _ = here.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      }
    }
  }

  // ---- Closing

  /// The connection is closing: begins the time that it has for that.
  void beginShutdown() {
    if (shutdownTimer == null && !isHandshaking()) {
      shutdownTimer = connection
          .channel()
          .eventLoop()
          .schedule(
              () -> connection.abort(new TimeoutException(
                  "Expected the peer to close TLS too within " + settings.shutdownTimeout())),
              settings.shutdownTimeout().toNanos(),
              TimeUnit.NANOSECONDS);
    }
  }

  /// Sends close_notify and closes the channel when the peer has done so too.
  void shutDown() {
    if (shuttingDown) {
      return;
    }
    shuttingDown = true;
    var _ = closeOutbound().addListener(sent -> {
      if (ended || !sent.isSuccess()) {
        var _ = connection.channel().close();
      }
    });
    connection.updateReading();
  }

  /// Closes at once, unlike Netty's, which would send close_notify here.
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    var _ = ctx.close(promise);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (shuttingDown && cause instanceof IOException && !(cause instanceof SSLException)) {
      // The peer has closed both directions instead of answering.
      var _ = ctx.close();
    } else {
      connection.failed(cause);
      super.exceptionCaught(ctx, cause);
    }
  }

  @Override
  public void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    if (shutdownTimer != null) {
      boolean _ = shutdownTimer.cancel(false);
    }
    super.handlerRemoved0(ctx);
  }

  // ---- What is known; called on the loop

  boolean isHandshaking() {
    return !handshakeFuture().isDone();
  }

  @Nullable Object extraInfo(ExtraInfo<?> key) {
    SSLEngine engine = engine();
    SSLSession session = engine.getSession();
    if (key.equals(Net.TLS_CONTEXT)) {
      return settings.context();
    } else if (key.equals(Net.TLS_SESSION)) {
      return session;
    } else if (key.equals(Net.CIPHER)) {
      return session.getCipherSuite();
    } else if (key.equals(Net.PEERCERT)) {
      return peerCertificate(session);
    } else if (key.equals(Net.ALPN_PROTOCOL)) {
      String protocol = engine.getApplicationProtocol();
      return protocol == null || protocol.isEmpty() ? null : protocol;
    }
    return null;
  }

  private static @Nullable X509Certificate peerCertificate(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate first ? first : null;
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }
}
