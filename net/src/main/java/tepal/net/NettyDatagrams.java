// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DatagramChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tepal.Context;
import tepal.EventLoop;
import tepal.Future;
import tepal.streams.BaseProtocol;
import tepal.streams.ExtraInfo;
import tepal.streams.WaterMarks;
import tepal.streams.WriteBufferLimits;

/// A transport of datagrams over a channel of Netty's, and the only handler of its
/// pipeline.
final class NettyDatagrams extends ChannelInboundHandlerAdapter
    implements DatagramTransport, ChannelFutureListener {
  /*
   * The same two sides as in NettyConnection: the methods of [DatagramTransport] are called in tasks
   * and callbacks, those that Netty calls run on the I/O thread.
   *
   * Receiving: an inbox of ours is fed on the I/O thread; any other protocol gets a callback of the
   * loop for each datagram. Those need no bound: a socket gives 16 in a turn of the I/O thread, and the
   * next turn comes after the callbacks.
   *
   * Sending: `outgoing` has what was sent in a step; the next turn of the I/O thread hands it to the
   * channel, the last datagram with a promise that tells when all of them have left. The others have
   * none: their errors come to `exceptionCaught`, like those of receiving. While a batch has not left,
   * the next is gathered.
   *
   * The states are those of NettyConnection.
   */
  private static final byte OPEN = 0;
  private static final byte CLOSING = 1;
  private static final byte LOST = 2;

  // as asyncio counts a datagram (Lib/asyncio/selector_events.py, _SelectorDatagramTransport)
  private static final int HEADER_SIZE = 8;

  private final NettySelector selector;
  private final Channel channel;
  private final Context context;
  private final NettyOutgoingDatagrams outgoing;
  private final WaterMarks waterMarks = new WaterMarks();
  private final Runnable flush = this::flush;

  // where sendTo(data, null) sends, if the endpoint has a remote address; set before it is used
  private @Nullable SocketAddress remote;

  // null until begun
  private @Nullable BaseProtocol<?> protocol;

  // the protocol, if it is ours; then it is fed directly
  private @Nullable DatagramInbox inbox;

  private byte state = OPEN;

  // whether the protocol has been told that it is connected, so that it may be given data
  private boolean begun;

  // whether the inbox is full
  private boolean readingPaused;

  // whether the I/O thread is to flush, is flushing
  private boolean flushLater;
  private boolean inFlush;

  // whether a batch was handed to the channel and has not left
  private boolean unsent;

  // whether nothing more is sent, and no error told: aborted, or closed by a failure
  private boolean broken;

  // why the connection was lost; null if it was closed
  private @Nullable Throwable failure;

  NettyDatagrams(NettySelector selector, Channel channel, Context context) {
    this.selector = selector;
    this.channel = channel;
    this.context = context;
    this.outgoing = new NettyOutgoingDatagrams(selector, channel);
  }

  Channel channel() {
    return channel;
  }

  private EventLoop loop() {
    return selector.loop;
  }

  /// Tells where this sends. Called once, before it begins.
  ///
  /// @param connected whether the socket itself knows the address
  void setRemote(SocketAddress address, boolean connected) {
    remote = address;
    outgoing.setDefault(connected ? null : address);
  }

  // ---- Beginning

  /// Gives this its protocol and tells the protocol that it is connected; then receiving
  /// begins.
  void begin(DatagramProtocol first) {
    setProtocol(first);
    try {
      first.connectionMade(this);
    } finally {
      begun = true;
      // Not before the next turn of the I/O thread: whoever waits for this goes on before data
      // comes.
      selector.onIoThread(this::updateReading);
    }
  }

  @Override
  public void setProtocol(BaseProtocol<?> newProtocol) {
    if (!(newProtocol instanceof DatagramProtocol)) {
      throw new IllegalArgumentException("Expected a protocol of the kind "
          + DatagramProtocol.class.getName() + ", got " + newProtocol);
    }
    protocol = newProtocol;
    inbox = newProtocol instanceof DatagramInbox ours ? ours : null;
  }

  @Override
  public BaseProtocol<?> getProtocol() {
    return Objects.requireNonNull(protocol, "protocol");
  }

  // ---- Receiving; called by Netty on the I/O thread

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    AddressedEnvelope<?, ?> packet = (AddressedEnvelope<?, ?>) message;
    try {
      if (state == OPEN) {
        ByteBuf content = (ByteBuf) packet.content();
        byte[] data = new byte[content.readableBytes()];
        content.readBytes(data);
        received(data, NettyAddresses.ofSender(packet.sender()));
      }
    } finally {
      packet.release();
    }
  }

  private void received(byte[] data, SocketAddress from) {
    selector.delivered();
    DatagramInbox feeding = inbox;
    if (feeding != null) {
      feeding.datagramReceived(data, from);
    } else {
      var _ = loop().callSoon(() -> hand(data, from), context);
    }
  }

  /// Called on the callback thread.
  private void hand(byte[] data, SocketAddress from) {
    if (state == OPEN && protocol instanceof DatagramProtocol receiving) {
      receiving.datagramReceived(data, from);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Error) {
      failure = cause;
      broken = true;
      var _ = ctx.close();
    } else {
      failed(cause);
    }
  }

  /// Tells the protocol of an error of the system's.
  private void failed(Throwable cause) {
    if (broken || state == LOST) {
      return;
    }
    Throwable own = Objects.requireNonNull(NettyFailures.of(cause));
    IOException error =
        own instanceof IOException already ? already : new IOException(own.getMessage(), own);
    selector.delivered();
    DatagramInbox feeding = inbox;
    if (feeding != null) {
      feeding.errorReceived(error);
    } else {
      var _ = loop().callSoon(() -> handError(error), context);
    }
  }

  /// Called on the callback thread.
  private void handError(IOException error) {
    if (!broken && protocol instanceof DatagramProtocol receiving) {
      receiving.errorReceived(error);
    }
  }

  /// Lets the system keep what comes, for the inbox.
  void pauseReading() {
    readingPaused = true;
    selector.onIoThread(this::updateReading);
  }

  void resumeReading() {
    readingPaused = false;
    selector.onIoThread(this::updateReading);
  }

  /// On the I/O thread.
  private void updateReading() {
    if (channel.isRegistered()) {
      channel.config().setAutoRead(begun && !readingPaused && state == OPEN);
    }
  }

  // ---- Sending

  @Override
  public void sendTo(byte[] data, @Nullable SocketAddress to) {
    SocketAddress recipient = checked(to);
    if (state == OPEN) {
      outgoing.add(data, recipient);
      sent();
    }
  }

  @Override
  public void sendTo(ByteBuffer data, @Nullable SocketAddress to) {
    SocketAddress recipient = checked(to);
    if (state == OPEN) {
      outgoing.add(data, recipient);
      sent();
    } else {
      data.position(data.limit());
    }
  }

  /// Returns the address that a datagram gets; null if the socket itself knows it.
  private @Nullable SocketAddress checked(@Nullable SocketAddress to) {
    SocketAddress own = remote;
    if (own == null) {
      if (to == null) {
        throw new IllegalArgumentException(
            "Expected an address, got null, and none is set for " + this);
      }
      return NettyAddresses.recipient(selector.backend, channel, to);
    }
    if (to != null && !to.equals(own)) {
      throw new IllegalArgumentException("Expected null or " + own + ", got " + to);
    }
    return outgoing.defaultRecipient();
  }

  private void sent() {
    if (!flushLater) {
      flushLater = true;
      selector.onIoThread(flush);
    }
    if (outgoing.bytes() + HEADER_SIZE * (long) outgoing.count()
            > waterMarks.limits().high()
        || unsent) {
      waterMarks.maybePause(getWriteBufferSize(), getProtocol());
    }
  }

  /// Hands all that was sent to the channel. On the I/O thread.
  private void flush() {
    flushLater = false;
    inFlush = true;
    try {
      while (!unsent && !outgoing.isEmpty()) {
        unsent = true;
        outgoing.hand(this);
      }
    } finally {
      inFlush = false;
    }
    settle();
  }

  /// A batch has left, or its last datagram has failed. Called by Netty on the I/O thread.
  @Override
  public void operationComplete(ChannelFuture done) {
    unsent = false;
    if (!done.isSuccess()) {
      failed(Objects.requireNonNull(done.cause()));
    }
    if (!inFlush) {
      flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable()) {
      settle();
    }
  }

  /// Does what waits for the buffer to shrink. On the I/O thread.
  private void settle() {
    BaseProtocol<?> told = protocol;
    if (told != null
        && !broken
        && waterMarks.isPaused()
        && getWriteBufferSize() <= waterMarks.limits().low()) {
      selector.delivered();
      if (inbox != null) {
        waterMarks.maybeResume(getWriteBufferSize(), told);
      } else {
        var _ = loop()
            .callSoon(() -> waterMarks.maybeResume(getWriteBufferSize(), getProtocol()), context);
      }
    }
    if (state == CLOSING && !unsent && outgoing.isEmpty()) {
      NettyChannels.close(channel);
    }
  }

  @Override
  public long getWriteBufferSize() {
    long gathered = outgoing.bytes() + HEADER_SIZE * (long) outgoing.count();
    ChannelOutboundBuffer handed = unsent ? channel.unsafe().outboundBuffer() : null;
    return handed == null ? gathered : gathered + sizeOf(handed);
  }

  private static long sizeOf(ChannelOutboundBuffer handed) {
    long[] sum = {0};
    try {
      handed.forEachFlushedMessage(message -> {
        ByteBuf data =
            message instanceof ByteBufHolder packet ? packet.content() : (ByteBuf) message;
        sum[0] += data.readableBytes() + HEADER_SIZE;
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

  // ---- Groups

  @Override
  public Future<@Nullable Void> joinGroup(InetAddress group, NetworkInterface on) {
    return membership(udp -> udp.joinGroup(group, on, null));
  }

  @Override
  public Future<@Nullable Void> leaveGroup(InetAddress group, NetworkInterface on) {
    return membership(udp -> udp.leaveGroup(group, on, null));
  }

  private Future<@Nullable Void> membership(
      java.util.function.Function<DatagramChannel, ChannelFuture> change) {
    if (!(channel instanceof DatagramChannel udp)) {
      throw new UnsupportedOperationException("Expected a socket of UDP, found " + this);
    }
    Future<@Nullable Void> changed = loop().createFuture();
    selector.onIoThread(() -> NettyDatagramChannels.complete(
        selector, changed, NettyDatagramChannels.attempt(udp, () -> change.apply(udp))));
    return changed;
  }

  // ---- The end

  @Override
  public boolean isClosing() {
    return state != OPEN;
  }

  @Override
  public void close() {
    if (state == OPEN) {
      state = CLOSING;
      selector.onIoThread(() -> {
        updateReading();
        flush();
      });
    }
  }

  @Override
  public void abort() {
    if (state != LOST) {
      state = CLOSING;
      broken = true;
      outgoing.drop();
      selector.onIoThread(() -> NettyChannels.close(channel));
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
    outgoing.drop();
    if (!loop().isClosed()) {
      selector.delivered();
      var _ = loop().callSoon(this::lost, context);
    }
  }

  /// Called on the callback thread.
  private void lost() {
    BaseProtocol<?> told = protocol;
    if (told != null) {
      told.connectionLost(NettyFailures.of(failure));
    }
  }

  // ---- What is known

  @Override
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    Object value = null;
    if (key.equals(Net.PEERNAME)) {
      value = outgoing.defaultRecipient() == null ? remote : null;
    } else if (key.equals(Net.SOCKNAME)) {
      value = NettyAddresses.toJdk(channel.localAddress());
    }
    return key.type().isInstance(value) ? key.type().cast(value) : null;
  }

  /// Returns the addresses and the state, as in `DatagramTransport[/127.0.0.1:50000,
  /// open]`.
  @Override
  public String toString() {
    return "DatagramTransport[%s%s, %s]"
        .formatted(
            NettyAddresses.toJdk(channel.localAddress()),
            remote == null ? "" : " -> " + remote,
            switch (state) {
              case OPEN -> "open";
              case CLOSING -> "closing";
              default -> "closed";
            });
  }
}
