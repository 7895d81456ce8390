// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What an endpoint sends and has not handed to its channel.
final class NettyOutgoingDatagrams {
  /*
   * The bytes of several small datagrams share one of the loop's buffers, of which each has a slice. An
   * empty datagram never gets to the channel (see NettyEmptyDatagrams): it is sent when what was before
   * it has left.
   */
  private final NettySelector selector;
  private final Channel channel;

  // slices, or packets with slices
  private final ArrayDeque<Object> messages = new ArrayDeque<>(4);

  // what the next slices are of; null if nothing was added since the last hand-over
  private @Nullable ByteBuf shared;

  // the recipient of what has no other; null if there is none, or the socket knows it
  private @Nullable SocketAddress defaultRecipient;

  private long bytes;

  NettyOutgoingDatagrams(NettySelector selector, Channel channel) {
    this.selector = selector;
    this.channel = channel;
  }

  void setDefault(@Nullable SocketAddress recipient) {
    defaultRecipient = recipient;
  }

  @Nullable SocketAddress defaultRecipient() {
    return defaultRecipient;
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  int count() {
    return messages.size();
  }

  /// Returns how many bytes there are, without headers.
  long bytes() {
    return bytes;
  }

  /// Adds a datagram.
  ///
  /// @param recipient null if the socket knows it
  void add(byte[] data, @Nullable SocketAddress recipient) {
    ByteBuf room = roomFor(data.length);
    add(room.writeBytes(data), data.length, recipient);
  }

  /// Adds the remaining bytes as a datagram.
  void add(ByteBuffer data, @Nullable SocketAddress recipient) {
    int length = data.remaining();
    add(roomFor(length).writeBytes(data), length, recipient);
  }

  private void add(ByteBuf room, int length, @Nullable SocketAddress recipient) {
    ByteBuf content = room.retainedSlice(room.writerIndex() - length, length);
    bytes += length;
    messages.addLast(recipient == null ? content : packet(content, recipient));
  }

  private static Object packet(ByteBuf content, SocketAddress recipient) {
    return recipient instanceof DomainSocketAddress unix
        ? new DomainDatagramPacket(content, unix)
        : new DatagramPacket(content, (InetSocketAddress) recipient);
  }

  private ByteBuf roomFor(int length) {
    ByteBuf last = shared;
    if (last != null) {
      if (last.writableBytes() >= length) {
        return last;
      }
      last.release();
    }
    ByteBuf room = length <= NettyWriteBuffers.SIZE
        ? selector.writeBuffers.take()
        : channel.alloc().directBuffer(length, length);
    shared = room;
    return room;
  }

  /// Hands the channel what there is, up to an empty datagram, or that. On the I/O thread.
  ///
  /// @param sent told when it has left
  void hand(ChannelFutureListener sent) {
    releaseShared();
    if (isEmpty(messages.element())) {
      sendEmpty(sent);
      return;
    }
    Object message = messages.remove();
    while (!messages.isEmpty() && !isEmpty(messages.element())) {
      bytes -= contentOf(message).readableBytes();
      var _ = channel.write(message, channel.voidPromise());
      message = messages.remove();
    }
    bytes -= contentOf(message).readableBytes();
    var _ = channel.writeAndFlush(message, channel.newPromise().addListener(sent));
  }

  private static boolean isEmpty(Object message) {
    return !contentOf(message).isReadable();
  }

  private void sendEmpty(ChannelFutureListener sent) {
    Object message = messages.remove();
    contentOf(message).release();
    var promise = channel.newPromise().addListener(sent);
    try {
      NettyEmptyDatagrams.send(
          channel, message instanceof AddressedEnvelope<?, ?> packet ? packet.recipient() : null);
      promise.setSuccess();
    } catch (IOException | RuntimeException e) {
      promise.setFailure(e);
    }
  }

  private static ByteBuf contentOf(Object message) {
    return message instanceof ByteBufHolder packet ? packet.content() : (ByteBuf) message;
  }

  void drop() {
    messages.forEach(message -> contentOf(message).release());
    messages.clear();
    bytes = 0;
    releaseShared();
  }

  private void releaseShared() {
    if (shared != null) {
      shared.release();
      shared = null;
    }
  }
}
