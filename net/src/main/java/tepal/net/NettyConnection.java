// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tepal.Context;
import tepal.EventLoop;
import tepal.streams.BaseProtocol;
import tepal.streams.BufferedProtocol;
import tepal.streams.ExtraInfo;
import tepal.streams.Protocol;
import tepal.streams.StreamReader;
import tepal.streams.StreamReaderProtocol;
import tepal.streams.Transport;
import tepal.streams.WaterMarks;
import tepal.streams.WriteBufferLimits;

/// A transport over a channel of Netty's, and the last handler of the channel's pipeline.
final class NettyConnection extends ChannelInboundHandlerAdapter
    implements FileTransport, ChannelFutureListener {
  /*
   * Two sides. The methods of [Transport] are called in tasks and callbacks; the methods that Netty
   * calls run on the loop's I/O thread, as do those marked so. They share fields without locks: at
   * most one thread of a loop runs at a time.
   *
   * Reading: a stream's reader is fed on the I/O thread itself, as that runs nobody's code but ours,
   * so that the task that waits for it is the next thing that runs. Any other protocol is called by
   * callbacks of the loop, one for each piece, which waits in `inbound`: as an array of its own or, if
   * the protocol brings a buffer, in the loop's receive buffer itself. There also waits what comes
   * although reading is paused: the peer has closed its side, and Netty reads what is left.
   *
   * Writing: bytes are copied into `pending` when they are written, and sent in the next turn of the
   * I/O thread, past Netty if its queue is empty. What the system does not take then is handed to
   * the channel, with one promise for all of it. A large array is sent at once, as far as the
   * system takes it, instead of being copied. The write buffer is `pending` and what the channel
   * has not sent.
   *
   * state     entered by                                 leaves by
   * --------  -----------------------------------------  ------------------------------------
   * OPEN      constructor                                close(), abort(), a failure, the peer → CLOSING
   * CLOSING   see above: no more is read or written      all is sent, and the channel closed → LOST
   * LOST      the protocol's connectionLost is called or queued
   */
  private static final byte OPEN = 0;
  private static final byte CLOSING = 1;
  private static final byte LOST = 2;

  private final NettySelector selector;
  private final Channel channel;

  // what callbacks of the protocol run in
  private final Context context;

  private final WaterMarks waterMarks = new WaterMarks();

  // null for what this side opened; told when the connection is lost
  private final @Nullable NettyServer server;

  // for what goes past Netty; null if nothing may, as with TLS
  private @Nullable NettySocket socket;

  // null until begun
  private @Nullable BaseProtocol<?> protocol;

  // the reader that the protocol feeds, if the protocol is ours; then it is fed directly
  private @Nullable StreamReader reader;

  private byte state = OPEN;

  // the protocol has asked to pause
  private boolean paused;

  // whether the protocol has been told that it is connected, so that it may be given data
  private boolean begun;

  private boolean eofWritten;

  // whether the peer has ended its stream and the protocol was told, or will be
  private boolean eofReceived;

  // whether the connection was aborted or has failed, so that what was written is not sent
  private boolean broken;

  // whether the connection was lost before it had a protocol, which is still to be told
  private boolean lostUntold;

  // why the connection was lost; null if either side closed it
  private @Nullable Throwable failure;

  // ---- writing

  // what was written and not handed to the channel: first the full buffers, then `pending`
  private @Nullable ArrayDeque<ByteBuf> full;
  private @Nullable ByteBuf pending;
  private int pendingBytes;

  // null if the connection is not encrypted; set on the loop, before the handshake begins
  private @Nullable NettyTlsHandler tls;

  // whether the selector is to flush this
  private boolean flushing;

  // handed to the channel and not yet sent: how many promises are open
  private int unsent;

  // the file that is being sent, meanwhile nothing else is written; null if there is none
  private @Nullable NettySendfile file;

  // ---- reading

  // what the protocol was not given yet: arrays or kept receive buffers, then perhaps the end; null
  // if there is nothing
  private @Nullable ArrayDeque<Object> inbound;

  NettyConnection(
      NettySelector selector, Channel channel, Context context, @Nullable NettyServer server) {
    this.selector = selector;
    this.channel = channel;
    this.context = context;
    this.server = server;
    this.socket = selector.backend.socket(channel, selector);
  }

  Channel channel() {
    return channel;
  }

  NettySelector selector() {
    return selector;
  }

  private EventLoop loop() {
    return selector.loop;
  }

  // ---- Beginning

  /// Gives this its protocol and tells the protocol that it is connected; then reading begins.
  /// Called on the callback thread, or by whoever opened a stream.
  void begin(BaseProtocol<Transport> first) {
    setProtocol(first);
    try {
      first.connectionMade(this);
    } finally {
      begun = true;
      if (lostUntold) {
        var _ = loop().callSoon(this::lost, context);
      }
      // Not before the next turn of the I/O thread: whoever waits for this goes on before data
      // comes.
      selector.onIoThread(() -> {
        handAll();
        updateReading();
      });
    }
  }

  @Override
  public void setProtocol(BaseProtocol<?> newProtocol) {
    if (!(newProtocol instanceof Protocol || newProtocol instanceof BufferedProtocol)) {
      throw new IllegalArgumentException("Expected a Protocol or a BufferedProtocol of "
          + Protocol.class.getPackageName() + ", got " + newProtocol);
    }
    protocol = newProtocol;
    reader = newProtocol instanceof StreamReaderProtocol streams ? streams.reader() : null;
  }

  @Override
  public BaseProtocol<?> getProtocol() {
    return Objects.requireNonNull(protocol, "protocol");
  }

  // ---- Reading; called by Netty on the I/O thread

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    try {
      if (state == OPEN && data.isReadable()) {
        received(data);
      }
    } finally {
      data.release();
    }
  }

  private void received(ByteBuf data) {
    selector.delivered();
    StreamReader feeding = reader;
    if (feeding != null && begun && inbound == null) {
      feeding.feedData(data.internalNioBuffer(data.readerIndex(), data.readableBytes()));
      return;
    }
    if (protocol instanceof BufferedProtocol && begun && !paused && selector.received.keep(data)) {
      enqueue(data);
      return;
    }
    byte[] bytes = new byte[data.readableBytes()];
    data.readBytes(bytes);
    enqueue(bytes);
  }

  /// Receives past Netty if there is much, and returns whether there was. Called on the I/O thread
  /// before Netty receives, which then finds less or nothing.
  boolean receiveLarge() {
    NettySocket direct = socket;
    if (direct == null || state != OPEN) {
      return false;
    }
    try {
      StreamReader feeding = inbound == null && begun ? reader : null;
      ByteBuffer target = feeding == null ? null : feeding.target();
      int filled = target == null ? 0 : direct.receive(target);
      if (feeding != null && filled > 0) {
        selector.delivered();
        feeding.targetFilled();
        return filled >= NettySocket.LARGE;
      }
      byte[] data = direct.receive();
      if (data == null) {
        return false;
      }
      selector.delivered();
      if (feeding != null) {
        feeding.feedData(data);
      } else {
        enqueue(data);
      }
      return true;
    } catch (IOException e) {
      broken(e);
      return false;
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event != ChannelInputShutdownEvent.INSTANCE || state != OPEN || eofReceived) {
      return;
    }
    eofReceived = true;
    updateReading();
    selector.delivered();
    StreamReader feeding = reader;
    if (feeding != null && begun && inbound == null) {
      feeding.feedEof();
      if (tls != null) {
        // TLS has no half of a stream; but what is written by those who are woken now is sent.
        var _ = loop().callSoon(this::close, context);
      }
    } else {
      enqueue(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  /// Adds a piece, or the end, to what the protocol is to be given.
  private void enqueue(Object piece) {
    inboundQueue().addLast(piece);
    if (!paused && begun) {
      var _ = loop().callSoon(this::handNext, context);
    }
  }

  /// Gives the protocol the next piece, if it wants it. Called on the callback thread.
  private void handNext() {
    ArrayDeque<Object> queue = inbound;
    if (queue == null || paused || state != OPEN || isHandshaking()) {
      return;
    }
    Object piece = queue.remove();
    if (queue.isEmpty()) {
      inbound = null;
    }
    if (protocol instanceof Protocol receiving) {
      hand(receiving, selector.received.toArray(piece));
    } else if (protocol instanceof BufferedProtocol filling) {
      fill(filling, piece);
    }
  }

  private void hand(Protocol receiving, Object piece) {
    if (!(piece instanceof byte[] bytes)) {
      handEof(receiving::eofReceived);
      return;
    }
    try {
      receiving.dataReceived(bytes);
    } catch (Exception e) {
      fatal("dataReceived", e);
    }
  }

  private void handEof(BooleanSupplier eofReceived) {
    try {
      if (!eofReceived.getAsBoolean() || tls != null) {
        close();
      }
    } catch (Exception e) {
      fatal("eofReceived", e);
    }
  }

  private void fill(BufferedProtocol filling, Object next) {
    if (next == ChannelInputShutdownEvent.INSTANCE) {
      handEof(filling::eofReceived);
      return;
    }
    ByteBuf piece = NettyReceiveBuffer.toBuffer(next);
    String call = "getBuffer";
    try {
      ByteBuffer room = filling.getBuffer(piece.readableBytes());
      int count = NettyReceiveBuffer.fill(room, piece);
      putBack(piece);
      if (state == OPEN) {
        call = "bufferUpdated";
        filling.bufferUpdated(count);
      }
    } catch (Exception e) {
      if (call.equals("getBuffer")) {
        selector.received.giveBack(piece);
      }
      fatal(call, e);
    }
  }

  /// Lets what found no room be the next that the protocol, whichever it then is, is given.
  private void putBack(ByteBuf piece) {
    if (!piece.isReadable() || state != OPEN) {
      selector.received.giveBack(piece);
      return;
    }
    inboundQueue().addFirst(piece);
    if (!paused) {
      var _ = loop().callSoon(this::handNext, context);
    }
  }

  private ArrayDeque<Object> inboundQueue() {
    ArrayDeque<Object> queue = inbound;
    if (queue == null) {
      queue = new ArrayDeque<>(4);
      inbound = queue;
    }
    return queue;
  }

  private void dropInbound() {
    ArrayDeque<Object> queue = inbound;
    if (queue != null) {
      inbound = null;
      queue.forEach(selector.received::giveBack);
    }
  }

  private void fatal(String call, Exception e) {
    loop()
        .callExceptionHandler(new tepal.ExceptionContext(
            "Fatal error: protocol.%s() call failed on %s".formatted(call, this), e));
    abort(e);
  }

  @Override
  public boolean isReading() {
    return state == OPEN && !paused && !eofReceived;
  }

  @Override
  public void pauseReading() {
    if (state == OPEN && !paused) {
      paused = true;
      selector.onIoThread(this::updateReading);
    }
  }

  @Override
  public void resumeReading() {
    if (state == OPEN && paused) {
      paused = false;
      handAll();
      selector.onIoThread(this::updateReading);
    }
  }

  private void handAll() {
    ArrayDeque<Object> queue = inbound;
    for (int i = queue == null ? 0 : queue.size(); i > 0; i--) {
      var _ = loop().callSoon(this::handNext, context);
    }
  }

  /// On the I/O thread.
  void updateReading() {
    boolean wanted = begun && !paused && !eofReceived && state == OPEN;
    channel.config().setAutoRead(tls == null ? wanted : tls.reads(wanted));
  }

  // ---- Writing

  @Override
  public void write(byte[] data) {
    if (data.length > 0 && mayWrite()) {
      if (data.length < NettySocket.LARGE) {
        roomFor(data.length).writeBytes(data);
        written(data.length);
      } else {
        writeLarge(ByteBuffer.wrap(data));
      }
    }
  }

  @Override
  public void write(ByteBuffer data) {
    int length = data.remaining();
    if (length > 0 && mayWrite()) {
      if (length < NettySocket.LARGE) {
        roomFor(length).writeBytes(data);
        written(length);
      } else {
        writeLarge(data);
      }
    }
    data.position(data.limit());
  }

  /// Sends what the system takes now, and keeps a copy of the rest.
  private void writeLarge(ByteBuffer data) {
    sendNow(data);
    int left = data.remaining();
    if (left > 0 && state == OPEN) {
      roomFor(left).writeBytes(data);
      written(left);
    }
  }

  private boolean mayWrite() {
    if (eofWritten) {
      throw new IllegalStateException("Expected no write after writeEof(), on " + this);
    }
    if (file != null) {
      throw new IllegalStateException("Expected no write while a file is sent, on " + this);
    }
    return state == OPEN;
  }

  /// Sends of a large piece what the system takes now, unless something is to be sent before it.
  private void sendNow(ByteBuffer data) {
    NettySocket direct = socket;
    if (direct == null || pending != null || unsent > 0) {
      return;
    }
    try {
      direct.send(data);
    } catch (IOException e) {
      abort(e);
    }
  }

  /// Returns a buffer that the next `length` bytes go into.
  private ByteBuf roomFor(int length) {
    ByteBuf last = pending;
    if (last != null) {
      if (last.writableBytes() >= length) {
        return last;
      }
      ArrayDeque<ByteBuf> before = full;
      if (before == null) {
        before = new ArrayDeque<>(4);
        full = before;
      }
      before.addLast(last);
    }
    ByteBuf room = length <= NettyWriteBuffers.SIZE
        ? selector.writeBuffers.take()
        : channel.alloc().directBuffer(length, length);
    pending = room;
    return room;
  }

  private void written(int length) {
    pendingBytes += length;
    if (!flushing) {
      flushing = true;
      selector.flushLater(this);
    }
    if (pendingBytes > waterMarks.limits().high() || unsent > 0) {
      waterMarks.maybePause(getWriteBufferSize(), getProtocol());
    }
  }

  /// Hands all that was written to the channel. Called on the I/O thread, once after each step
  /// that wrote.
  void flush() {
    flushing = false;
    if (unsent == 0 && !isHandshaking()) {
      handOver();
    } // else the rest is gathered until what was handed over before is sent
  }

  /// Hands all that was written to the channel, on the I/O thread.
  void handOver() {
    ByteBuf last = pending;
    if (last == null) {
      return;
    }
    pending = null;
    pendingBytes = 0;
    ArrayDeque<ByteBuf> before = full;
    if (before != null) {
      full = null;
      for (ByteBuf each : before) {
        var _ = channel.write(each, channel.voidPromise());
      }
    } else if (socket != null && unsent == 0 && sent(last, socket)) {
      return;
    }
    unsent++;
    var _ = channel.writeAndFlush(last, channel.newPromise().addListener(this));
  }

  /// Sends a buffer past Netty, and returns whether all of it is gone and nothing is left to do.
  private boolean sent(ByteBuf data, NettySocket direct) {
    try {
      if (!direct.send(data)) {
        return false;
      }
    } catch (IOException e) {
      broken(e);
    }
    data.release();
    if (waterMarks.isPaused()) {
      shrunk();
    }
    return true;
  }

  /// What was handed over has been sent, or will never be. Called by Netty on the I/O thread.
  @Override
  public void operationComplete(ChannelFuture sent) {
    unsent--;
    if (!sent.isSuccess()) {
      failed(sent.cause());
      if (tls != null) { // a socket closes itself, an engine does not
        var _ = channel.close();
      }
      return;
    }
    if (unsent == 0) {
      flush();
    }
    shrunk();
    if (unsent == 0) {
      allSent();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable()) {
      shrunk();
    }
  }

  /// On the I/O thread.
  private void shrunk() {
    BaseProtocol<?> told = protocol;
    if (told == null
        || broken
        || !waterMarks.isPaused()
        || getWriteBufferSize() > waterMarks.limits().low()) {
      return;
    }
    selector.delivered();
    if (reader != null) {
      waterMarks.maybeResume(getWriteBufferSize(), told);
    } else {
      var _ = loop()
          .callSoon(() -> waterMarks.maybeResume(getWriteBufferSize(), getProtocol()), context);
    }
  }

  @Override
  public long getWriteBufferSize() {
    if (unsent == 0) {
      return pendingBytes;
    }
    ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
    return pendingBytes + (outbound == null ? 0 : unsentBytes(outbound));
  }

  private static long unsentBytes(ChannelOutboundBuffer outbound) {
    long[] sum = {0};
    try {
      outbound.forEachFlushedMessage(message -> {
        sum[0] += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
        return true;
      });
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return sum[0];
  }

  @Override
  public void setWriteBufferLimits(WriteBufferLimits limits) {
    waterMarks.setLimits(limits, getWriteBufferSize(), getProtocol());
    channel.config().setWriteBufferWaterMark(NettyChannels.waterMarks(limits));
  }

  @Override
  public WriteBufferLimits getWriteBufferLimits() {
    return waterMarks.limits();
  }

  @Override
  public boolean canWriteEof() {
    return tls == null;
  }

  @Override
  public void writeEof() {
    if (tls != null) {
      throw new UnsupportedOperationException(
          "Expected a connection without TLS, which has no end of one direction, found " + this);
    }
    if (file != null) {
      throw new IllegalStateException("Expected no writeEof() while a file is sent, on " + this);
    }
    if (state == OPEN && !eofWritten) {
      eofWritten = true;
      selector.onIoThread(this::afterFlush);
    }
  }

  private void afterFlush() {
    flush();
    if (unsent == 0) {
      allSent();
    }
  }

  /// Everything that was written has been sent. On the I/O thread.
  private void allSent() {
    if (file != null) {
      file.sent();
    }
    if (state == CLOSING) {
      if (tls == null) {
        var _ = channel.close();
      } else {
        tls.shutDown();
      }
    } else if (eofWritten
        && channel instanceof DuplexChannel duplex
        && !duplex.isOutputShutdown()) {
      var _ = duplex.shutdownOutput();
    }
  }

  // ---- Files

  @Override
  public boolean canSendFiles() {
    return tls == null && NettySendfile.isPossible(selector);
  }

  @Override
  public void beginFile() {
    if (state != OPEN || file != null) {
      throw new IllegalStateException(
          "Expected an open connection over which no file is sent, got " + this);
    }
    if (!mayWrite()) {
      throw new IllegalStateException("Expected an open connection, got " + this);
    }
    file = new NettySendfile(selector, channel);
  }

  @Override
  public void endFile() {
    file = null;
  }

  @Override
  public void awaitSent() {
    Objects.requireNonNull(file).await(this::afterFlush);
  }

  @Override
  public long sendFromFile(Sendfile sendfile, FileChannel from, long offset, long count) {
    unsent++;
    return Objects.requireNonNull(file).send(sendfile, from, offset, count, this);
  }

  @Override
  public void writeOfFile(ByteBuffer data) {
    if (state != OPEN) {
      throw new UncheckedIOException(new ClosedChannelException());
    }
    int length = data.remaining();
    roomFor(length).writeBytes(data);
    written(length);
  }

  // ---- The end

  @Override
  public boolean isClosing() {
    return state != OPEN;
  }

  @Override
  public void close() {
    if (isHandshaking()) {
      abort();
    } else if (state == OPEN) {
      state = CLOSING;
      dropInbound();
      selector.onIoThread(() -> {
        if (tls != null) {
          tls.beginShutdown();
        }
        updateReading();
        afterFlush();
      });
    }
  }

  @Override
  public void abort() {
    abort(null);
  }

  void abort(@Nullable Throwable reason) {
    if (state != LOST) {
      if (failure == null) {
        failure = reason;
      }
      broken = true;
      state = CLOSING;
      dropInbound();
      dropPending();
      selector.onIoThread(() -> NettyChannels.close(channel));
    }
  }

  private void dropPending() {
    ArrayDeque<ByteBuf> before = full;
    if (before != null) {
      before.forEach(ByteBuf::release);
      full = null;
    }
    ByteBuf last = pending;
    if (last != null) {
      last.release();
      pending = null;
    }
    pendingBytes = 0;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (channel.isOpen()) {
      failed(cause);
      var _ = ctx.close();
    }
  }

  /// Ends the connection, whose socket has failed. On the I/O thread.
  private void broken(IOException cause) {
    failed(cause);
    var _ = channel.close();
  }

  /// The connection is broken: what was written is lost, and nobody is told to write more. On the
  /// I/O thread.
  void failed(Throwable cause) {
    if (failure == null && !broken) {
      failure = cause;
    }
    broken = true;
    if (state == OPEN) {
      state = CLOSING;
    }
  }

  /// The channel is closed. Called by Netty on the I/O thread.
  @Override
  public void channelUnregistered(ChannelHandlerContext ctx) {
    selector.channelRemoved();
    if (state == LOST) {
      return;
    }
    state = LOST;
    dropInbound();
    dropPending();
    if (file != null) {
      file.lost(failure);
    }
    if (!loop().isClosed()) {
      selector.delivered();
      var _ = loop().callSoon(this::lost, context);
    }
  }

  /// Called on the callback thread.
  private void lost() {
    BaseProtocol<?> told = protocol;
    if (told == null && server == null) {
      lostUntold = true; // what opened this gives it its protocol a moment later
      return;
    }
    if (told == null && failure != null) {
      System.getLogger("tepal")
          .log(Level.DEBUG, "A connection failed before it began: " + this, failure);
    }
    try {
      if (told != null) {
        told.connectionLost(NettyFailures.of(failure));
      }
    } finally {
      if (server != null) {
        server.detach(this);
      }
    }
  }

  // ---- TLS; see NettyTls

  private boolean isHandshaking() {
    return tls != null && tls.isHandshaking();
  }

  /// @throws IllegalStateException if this is closing, or has TLS
  void requirePlain() {
    if (state != OPEN || tls != null || file != null || eofWritten || eofReceived) {
      throw new IllegalStateException(
          "Expected a connection that is open in both directions and has no TLS, found " + this);
    }
  }

  void setTls(NettyTlsHandler handler) {
    tls = handler;
    socket = null;
  }

  /// Takes what has come and nobody was given or has read, in the order in which it came.
  byte[] takeReceived() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    if (reader != null) {
      all.writeBytes(reader.takeFed());
    }
    ArrayDeque<Object> queue = inbound;
    inbound = null;
    if (queue != null) {
      for (Object piece : queue) {
        if (selector.received.toArray(piece) instanceof byte[] bytes) {
          all.writeBytes(bytes);
        }
      }
    }
    return all.toByteArray();
  }

  /// On the I/O thread.
  void handshakeDone() {
    updateReading();
    afterFlush();
  }

  /// Returns why the handshake has failed, which is more than that the channel was closed if it
  /// broke.
  Throwable handshakeFailure(Throwable cause) {
    return cause instanceof ClosedChannelException
        ? NettyFailures.handshakeEnded(NettyFailures.of(failure))
        : cause;
  }

  // ---- What is known

  @Override
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    Object value = null;
    if (key.equals(Net.PEERNAME)) {
      value = NettyAddresses.toJdk(channel.remoteAddress());
    } else if (key.equals(Net.SOCKNAME)) {
      value = NettyAddresses.toJdk(channel.localAddress());
    } else if (tls != null) {
      value = tls.extraInfo(key);
    }
    return key.type().isInstance(value) ? key.type().cast(value) : null;
  }

  /// Returns the addresses and the state, as in `Transport[/127.0.0.1:50000 -> /127.0.0.1:80,
  /// open]`.
  @Override
  public String toString() {
    return "Transport[%s -> %s, %s]"
        .formatted(
            NettyAddresses.toJdk(channel.localAddress()),
            NettyAddresses.toJdk(channel.remoteAddress()),
            switch (state) {
              case OPEN -> paused ? "reading paused" : "open";
              case CLOSING -> "closing";
              default -> "closed";
            });
  }
}
