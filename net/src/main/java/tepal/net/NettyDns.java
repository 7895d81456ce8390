// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tepal.Future;

/// Sends a question to a name server and waits for the answer, on a socket of its own.
final class NettyDns extends ChannelInboundHandlerAdapter {
  private final NettySelector selector;
  private final byte[] question;
  private final boolean overTcp;
  private final Future<DnsAnswer> answered;

  // what came over TCP; confined to the I/O thread
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  private NettyDns(NettySelector selector, byte[] question, boolean overTcp) {
    this.selector = selector;
    this.question = question;
    this.overTcp = overTcp;
    this.answered = selector.loop.createFuture();
  }

  /// Returns the answer. Suspends the current task until it is there; if cancelled meanwhile,
  /// closes the socket. Datagrams that are no answer to this question are ignored.
  ///
  /// @throws java.io.UncheckedIOException if the question cannot be sent or the server hangs up
  static DnsAnswer ask(
      NettySelector selector, InetSocketAddress server, byte[] question, boolean overTcp) {
    NettyDns exchange = new NettyDns(selector, question, overTcp);
    Channel channel =
        NettyChannels.make(overTcp ? selector.backend::tcp : selector.backend::dnsDatagram);
    channel.pipeline().addLast(exchange);
    selector.onIoThread(() -> exchange.begin(channel, server));
    try {
      return exchange.answered.await();
    } finally {
      selector.onIoThread(() -> NettyChannels.close(channel));
    }
  }

  private void begin(Channel channel, InetSocketAddress server) {
    if (answered.done()) { // cancelled already
      return;
    }
    NettyChannels.register(selector, channel);
    var _ = channel.connect(server).addListener(connected -> {
      if (connected.isSuccess()) {
        var _ = channel.writeAndFlush(request()).addListener(sent -> {
          if (!sent.isSuccess()) {
            fail(channel, sent.cause());
          }
        });
      } else {
        fail(channel, connected.cause());
      }
    });
  }

  private ByteBuf request() {
    ByteBuf text = Unpooled.wrappedBuffer(question);
    return overTcp
        ? Unpooled.wrappedBuffer(Unpooled.copyShort(question.length), text) // RFC 1035, 4.2.2
        : text;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      ByteBuf content =
          message instanceof DatagramPacket packet ? packet.content() : (ByteBuf) message;
      byte[] bytes = new byte[content.readableBytes()];
      content.readBytes(bytes);
      byte[] whole = overTcp ? whole(bytes) : bytes;
      if (whole != null) {
        read(ctx, whole);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /// Returns the whole message once it is there, which is after 64 KiB at most; null before.
  private byte @Nullable [] whole(byte[] more) {
    received.writeBytes(more);
    byte[] all = received.toByteArray();
    if (all.length < 2) {
      return null;
    }
    int length = ((all[0] & 0xff) << 8) | (all[1] & 0xff);
    return all.length < 2 + length ? null : Arrays.copyOfRange(all, 2, 2 + length);
  }

  private void read(ChannelHandlerContext ctx, byte[] bytes) {
    DnsAnswer answer = DnsMessage.answer(question, bytes);
    if (answer == null && overTcp) {
      fail(
          ctx.channel(),
          new IOException("The answer of " + ctx.channel().remoteAddress() + " cannot be read"));
    } else if (answer != null && !answered.done()) {
      selector.delivered();
      answered.setResult(answer);
      NettyChannels.close(ctx.channel());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(ctx.channel(), new EOFException("The name server has hung up"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(ctx.channel(), cause);
  }

  @Override
  public void channelUnregistered(ChannelHandlerContext ctx) {
    selector.channelRemoved();
  }

  private void fail(Channel channel, @Nullable Throwable cause) {
    if (!answered.done()) {
      selector.delivered();
      answered.setException(NettyFailures.unchecked(cause));
    }
    NettyChannels.close(channel);
  }
}
