// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The socket under a channel of epoll's, for bytes that go past Netty.
///
/// What a connection writes is nearly always taken by the system at once. Then Netty's queue of
/// outgoing buffers, with a promise for each, is work for nothing. And large pieces are sent and
/// received without a copy, see [SystemCalls]. Whatever the system does not take goes to Netty, and
/// after it all the rest.
final class NettySocket {
  /** From how many bytes on a piece is sent from, or received into, the array of the task. */
  static final int LARGE = 24 * 1024;

  // the most that is received at once, as NettyReceiveBuffer
  private static final int MOST = 256 * 1024;

  private final Channel channel;
  private final Socket socket;

  // null where arrays must be copied
  private final @Nullable SystemCalls calls;

  private NettySocket(Channel channel, Socket socket, @Nullable SystemCalls calls) {
    this.channel = channel;
    this.socket = socket;
    this.calls = calls;
  }

  /// Returns the socket of a channel that has one, otherwise null.
  static @Nullable NettySocket of(Channel channel, @Nullable SystemCalls calls) {
    return channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket
        ? new NettySocket(channel, socket, calls)
        : null;
  }

  /// Sends what the system takes now, and moves the buffer's reader index on. Returns whether that
  /// was all.
  boolean send(ByteBuf data) throws IOException {
    int begin = data.readerIndex();
    int end = data.writerIndex();
    int sent;
    if (data.hasMemoryAddress()) {
      sent = socket.sendAddress(data.memoryAddress(), begin, end);
    } else {
      ByteBuffer bytes = data.internalNioBuffer(begin, end - begin);
      sent = socket.send(bytes, bytes.position(), bytes.limit());
    }
    data.readerIndex(begin + sent);
    return begin + sent == end;
  }

  /// Sends what the system takes now of the remaining bytes of a buffer, and moves its position on.
  void send(ByteBuffer data) throws IOException {
    if (calls != null && channel.isOpen()) {
      int sent = calls.send(socket.intValue(), MemorySegment.ofBuffer(data));
      data.position(data.position() + sent);
    }
  }

  /// Receives what is there into a buffer of a task, if that is outside the heap and has room for
  /// much. Returns how many bytes that are.
  int receive(ByteBuffer into) throws IOException {
    if (!into.isDirect() || into.remaining() < LARGE) {
      return 0;
    }
    int received = Math.max(0, socket.recv(into, into.position(), into.limit()));
    into.position(into.position() + received);
    return received;
  }

  /// Receives into a new array what is there, if that is much. Returns null if it is little.
  byte @Nullable [] receive() throws IOException {
    SystemCalls system = calls;
    int length = system == null ? 0 : Math.min(MOST, system.available(socket.intValue()));
    if (length < LARGE || system == null) {
      return null;
    }
    byte[] data = new byte[length];
    int received = system.receive(socket.intValue(), data);
    return received == length ? data : received == 0 ? null : Arrays.copyOf(data, received);
  }
}
