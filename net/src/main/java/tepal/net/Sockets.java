// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;

/// Channels of the JDK, waited for in tasks and callbacks: the lowest level of the network.
///
/// The channels must be in non-blocking mode. The system call is tried at once, and only if it
/// has nothing to do is the channel waited for, by a thread of the loop's with a selector of the
/// JDK, on every [NetTransport]. At most one task or callback waits to read from a channel, and
/// one to write to it. Channels stay the caller's: nothing here closes one.
///
/// This is for protocols that streams do not fit and for channels that come from elsewhere. It is
/// no faster than a [Connection]. And in opened mode a task may as well use a channel or socket
/// in *blocking* mode, without this class: the JDK then suspends that task only. But a
/// cancellation closes such a channel, as an interrupt does.
///
/// A channel that is closed while a task waits for it wakes the task, within a tenth of a second,
/// with an [UncheckedIOException] whose cause is a
/// [ClosedChannelException][java.nio.channels.ClosedChannelException]. After a cancellation, a
/// removal or such a closing it takes a moment until the JDK lets go of the channel: until then
/// its descriptor stays open, and it cannot be made blocking.
///
/// Mirrors the methods `sock_*`, `add_reader` and `add_writer` of asyncio's loop.
public final class Sockets {
  // what one call reads at most, as the JDK copies through a buffer of that size
  private static final int MOST_AT_ONCE = 256 * 1024;

  private Sockets() {}

  // ---- Streams of bytes

  /// Receives bytes. Suspends the current task until at least one is there.
  ///
  /// If cancelled while waiting, nothing was received.
  ///
  /// @param channel a connection, or the readable end of a pipe
  /// @param n how many bytes at most; not more than 256 KiB are received at once
  /// @param <C> the type of the channel
  /// @return the bytes; none if the stream has ended
  /// @throws IllegalArgumentException if the channel is in blocking mode, or `n` is not positive
  /// @throws IllegalStateException if another task or callback waits to read from the channel
  /// @throws UncheckedIOException if receiving fails or the channel is closed
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public static <C extends SelectableChannel & ReadableByteChannel> byte[] sockRecv(
      C channel, int n) {
    ByteBuffer buffer = bufferOf(n);
    int _ = sockRecvInto(channel, buffer);
    return received(buffer);
  }

  private static ByteBuffer bufferOf(int n) {
    if (n <= 0) {
      throw new IllegalArgumentException("Expected to receive 1 byte or more, got " + n);
    }
    return ByteBuffer.allocate(Math.min(n, MOST_AT_ONCE));
  }

  private static byte[] received(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.flip().remaining()];
    var _ = buffer.get(bytes);
    return bytes;
  }

  /// Receives bytes into a buffer. Suspends the current task until at least one is there.
  ///
  /// If cancelled while waiting, nothing was received.
  ///
  /// @param channel a connection, or the readable end of a pipe
  /// @param into where to put the bytes: as many as are there and fit, from its position on
  /// @param <C> the type of the channel
  /// @return how many bytes were received; zero if there is no room, -1 if the stream has ended
  /// @throws IllegalArgumentException if the channel is in blocking mode
  /// @throws IllegalStateException if another task or callback waits to read from the channel
  /// @throws UncheckedIOException if receiving fails or the channel is closed
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public static <C extends SelectableChannel & ReadableByteChannel> int sockRecvInto(
      C channel, ByteBuffer into) {
    boolean room = into.hasRemaining();
    return repeat(channel, Readiness.Direction.READ, () -> {
      int count = channel.read(into);
      return count == 0 && room ? null : count;
    });
  }

  /// Sends bytes. Suspends the current task until the system has taken all of them.
  ///
  /// If it fails or is cancelled, nobody knows how many were sent; the [ByteBuffer] form does.
  ///
  /// @param channel a connection, or the writable end of a pipe
  /// @param data the bytes
  /// @param <C> the type of the channel
  /// @throws IllegalArgumentException if the channel is in blocking mode
  /// @throws IllegalStateException if another task or callback waits to write to the channel
  /// @throws UncheckedIOException if sending fails or the channel is closed
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public static <C extends SelectableChannel & WritableByteChannel> void sockSendAll(
      C channel, byte[] data) {
    sockSendAll(channel, ByteBuffer.wrap(data));
  }

  /// Sends the remaining bytes of a buffer, whose position says how far it came; see
  /// [#sockSendAll(SelectableChannel, byte\[\])].
  ///
  /// @param channel a connection, or the writable end of a pipe
  /// @param data the bytes, which must not change meanwhile
  /// @param <C> the type of the channel
  /// @throws IllegalArgumentException if the channel is in blocking mode
  /// @throws IllegalStateException if another task or callback waits to write to the channel
  /// @throws UncheckedIOException if sending fails or the channel is closed
  public static <C extends SelectableChannel & WritableByteChannel> void sockSendAll(
      C channel, ByteBuffer data) {
    boolean _ = repeat(channel, Readiness.Direction.WRITE, () -> {
      int _ = channel.write(data);
      return data.hasRemaining() ? null : true;
    });
  }

  /// Sends a part of a file. Suspends the current task until the system has taken it.
  ///
  /// The bytes do not pass through this process where the system can do that, 256 KiB at a time.
  /// The loop waits while the system reads a piece of the file that is not in memory. The file's
  /// position is then that of the first byte that was not sent, also if it fails or is cancelled.
  ///
  /// @param channel the connection
  /// @param file the file
  /// @param offset where in the file to begin
  /// @param count how many bytes to send
  /// @return how many bytes were sent: fewer than `count` if the file has no more
  /// @throws IllegalArgumentException if the channel is in blocking mode, `offset` is
  ///     negative or `count` not positive
  /// @throws IllegalStateException if another task or callback waits to write to the channel
  /// @throws UncheckedIOException if reading the file or sending fails, or the channel is closed
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public static long sockSendfile(
      SocketChannel channel, FileChannel file, long offset, long count) {
    requireNonBlocking(channel);
    return new Sendfile(file, offset, count).send((from, n) -> transfer(channel, file, from, n));
  }

  /// Sends at least one byte of a file. Suspends the current task until the channel is ready, and
  /// in any case: others have their turns and a cancellation is seen also while the system takes
  /// every piece at once. If cancelled, nothing was sent.
  static long transfer(SocketChannel channel, FileChannel file, long offset, long count) {
    Asyncio.sleep(Duration.ZERO);
    return repeat(channel, Readiness.Direction.WRITE, () -> {
      long sent = file.transferTo(offset, count, channel);
      return sent == 0 && offset < file.size() ? null : sent;
    });
  }

  // ---- Datagrams

  /// A datagram and where it came from.
  ///
  /// @param data its bytes
  /// @param address the sender
  @SuppressWarnings("ArrayRecordComponent") // it belongs to whoever received it
  public record Received(byte[] data, SocketAddress address) {}

  /// Receives a datagram. Suspends the current task until one is there.
  ///
  /// If cancelled while waiting, nothing was received.
  ///
  /// @param channel the socket
  /// @param n how many bytes at most; what a datagram has beyond that is lost
  /// @return the datagram
  /// @throws IllegalArgumentException if the channel is in blocking mode, or `n` is not positive
  /// @throws IllegalStateException if another task or callback waits to read from the channel
  /// @throws UncheckedIOException if receiving fails or the channel is closed
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public static Received sockRecvFrom(DatagramChannel channel, int n) {
    ByteBuffer buffer = bufferOf(n);
    SocketAddress sender = sockRecvFromInto(channel, buffer);
    return new Received(received(buffer), sender);
  }

  /// Receives a datagram into a buffer, whose position says how long it is; see
  /// [#sockRecvFrom(DatagramChannel, int)].
  ///
  /// @param channel the socket
  /// @param into where to put the bytes; what does not fit is lost
  /// @return the sender
  /// @throws IllegalArgumentException if the channel is in blocking mode
  /// @throws IllegalStateException if another task or callback waits to read from the channel
  /// @throws UncheckedIOException if receiving fails or the channel is closed
  public static SocketAddress sockRecvFromInto(DatagramChannel channel, ByteBuffer into) {
    return repeat(channel, Readiness.Direction.READ, () -> channel.receive(into));
  }

  /// Sends a datagram. Suspends the current task until the system has taken it.
  ///
  /// If cancelled while waiting, nothing was sent.
  ///
  /// @param channel the socket
  /// @param data the bytes of the datagram
  /// @param address where to send it
  /// @return how many bytes were sent: all
  /// @throws IllegalArgumentException if the channel is in blocking mode
  /// @throws IllegalStateException if another task or callback waits to write to the channel
  /// @throws UncheckedIOException if sending fails or the channel is closed
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public static int sockSendTo(DatagramChannel channel, byte[] data, SocketAddress address) {
    ByteBuffer buffer = ByteBuffer.wrap(data);
    return repeat(channel, Readiness.Direction.WRITE, () -> {
      int sent = channel.send(buffer, address);
      return sent == 0 && buffer.hasRemaining() ? null : sent;
    });
  }

  // ---- Connecting and accepting

  /// Connects a channel. Suspends the current task until it is connected.
  ///
  /// An address that is not resolved yet is resolved first, by another thread. If this fails or
  /// is cancelled, the channel is of no more use and should be closed.
  ///
  /// @param channel the channel, not connected
  /// @param address the address of the peer
  /// @throws IllegalArgumentException if the channel is in blocking mode
  /// @throws IllegalStateException if another task or callback waits to write to the channel
  /// @throws UncheckedIOException if the name does not resolve, nobody accepts the
  ///     connection, or the channel is closed
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public static void sockConnect(SocketChannel channel, SocketAddress address) {
    requireNonBlocking(channel);
    SocketAddress peer = resolved(address);
    boolean _ = repeat(channel, Readiness.Direction.WRITE, () -> {
      boolean connected =
          channel.isConnectionPending() ? channel.finishConnect() : channel.connect(peer);
      return connected ? true : null;
    });
  }

  private static SocketAddress resolved(SocketAddress address) {
    if (!(address instanceof InetSocketAddress internet) || !internet.isUnresolved()) {
      return address;
    }
    return Asyncio.toThread(() -> {
      try {
        return new InetSocketAddress(
            InetAddress.getByName(internet.getHostString()), internet.getPort());
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot resolve " + internet.getHostString(), e);
      }
    });
  }

  /// Accepts a connection. Suspends the current task until one is there.
  ///
  /// If cancelled while waiting, none was accepted.
  ///
  /// @param channel the listening channel
  /// @return the connection, in non-blocking mode, for the caller to close
  /// @throws IllegalArgumentException if the channel is in blocking mode
  /// @throws IllegalStateException if another task or callback waits to read from the channel
  /// @throws UncheckedIOException if accepting fails or the channel is closed
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public static SocketChannel sockAccept(ServerSocketChannel channel) {
    return repeat(channel, Readiness.Direction.READ, () -> {
      SocketChannel accepted = channel.accept();
      if (accepted != null) {
        var _ = accepted.configureBlocking(false);
      }
      return accepted;
    });
  }

  // ---- Callbacks

  /// Calls `callback` once in each iteration of the loop in which the channel can be read from or
  /// accepts, until it is removed or the channel closed. A callback that was there is replaced,
  /// and not called any more. Returns immediately.
  ///
  /// The callback runs in a copy of the current context. Must be called from the loop.
  ///
  /// @param channel the channel
  /// @param callback what to call
  /// @throws IllegalArgumentException if the channel is in blocking mode
  /// @throws IllegalStateException if a task waits to read from the channel
  public static void addReader(SelectableChannel channel, Runnable callback) {
    add(channel, Readiness.Direction.READ, callback);
  }

  /// Removes what was given to [#addReader]. Returns immediately. Must be called from the loop.
  ///
  /// @param channel the channel
  /// @return whether there was a callback, which is not called any more
  public static boolean removeReader(SelectableChannel channel) {
    return readiness().unset(channel, Readiness.Direction.READ);
  }

  /// Calls `callback` once in each iteration of the loop in which the channel can be written to
  /// or its connecting has ended; see [#addReader].
  ///
  /// @param channel the channel
  /// @param callback what to call
  /// @throws IllegalArgumentException if the channel is in blocking mode
  /// @throws IllegalStateException if a task waits to write to the channel
  public static void addWriter(SelectableChannel channel, Runnable callback) {
    add(channel, Readiness.Direction.WRITE, callback);
  }

  /// Removes what was given to [#addWriter]. Returns immediately. Must be called from the loop.
  ///
  /// @param channel the channel
  /// @return whether there was a callback, which is not called any more
  public static boolean removeWriter(SelectableChannel channel) {
    return readiness().unset(channel, Readiness.Direction.WRITE);
  }

  private static void add(
      SelectableChannel channel, Readiness.Direction direction, Runnable callback) {
    requireNonBlocking(channel);
    if ((channel.validOps() & direction.operations) == 0) {
      throw new IllegalArgumentException(
          "Expected a channel that one can %s, got %s".formatted(direction.verb, channel));
    }
    readiness().set(channel, direction, callback);
  }

  // ---- All

  /// A system call, which returns null if it would block.
  @FunctionalInterface
  private interface SystemCall<T> {
    @Nullable T call() throws IOException;
  }

  private static Readiness readiness() {
    return Net.of(Asyncio.getRunningLoop()).readiness();
  }

  private static void requireNonBlocking(SelectableChannel channel) {
    if (channel.isBlocking() && channel.isOpen()) {
      throw new IllegalArgumentException(
          "Expected a channel in non-blocking mode, configureBlocking(false), but this one blocks: "
              + channel);
    }
  }

  /// Makes a system call until it does not block.
  private static <T> T repeat(
      SelectableChannel channel, Readiness.Direction direction, SystemCall<T> attempt) {
    requireNonBlocking(channel);
    for (; ; ) {
      T result = call(attempt);
      if (result != null) {
        return result;
      }
      readiness().await(channel, direction);
    }
  }

  private static <T> @Nullable T call(SystemCall<T> attempt) {
    try {
      return attempt.call();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
