// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;

/// A stream of bytes that go out, for tasks to write to.
///
/// ```java
/// writer.write("hello\n".getBytes(UTF_8));
/// writer.drain();
/// ```
///
/// Writing never waits; [#drain()] suspends the task while so much is buffered that it
/// should. A writer that never drains has a buffer without a bound.
///
/// Closing a writer, also by `try`-with-resources, does not wait: [#waitClosed()] does. Not
/// thread-safe: confined to the loop.
///
/// Mirrors
/// [`asyncio.StreamWriter`](https://docs.python.org/3.14/library/asyncio-stream.html#asyncio.StreamWriter).
public final class StreamWriter implements AutoCloseable {
  private final WriteTransport transport;
  private final FlowControl flowControl;
  private final @Nullable StreamReader reader;

  // null if the protocol is not one of ours
  private final @Nullable StreamReaderProtocol protocol;

  /// Creates the writer of a connection.
  ///
  /// @param transport where to write to
  /// @param protocol the transport's protocol
  /// @param reader what is read from the same connection, whose exception [#drain()] throws
  public StreamWriter(Transport transport, StreamReaderProtocol protocol, StreamReader reader) {
    this(transport, protocol.flowControl(), reader, protocol);
  }

  /// Creates the writer of a connection with a protocol of its own.
  ///
  /// @param transport where to write to
  /// @param flowControl what the transport's protocol hands on its calls to
  /// @param reader what is read from the same connection, whose exception [#drain()] throws;
  ///     null if there is none
  public StreamWriter(
      WriteTransport transport, FlowControl flowControl, @Nullable StreamReader reader) {
    this(transport, flowControl, reader, null);
  }

  private StreamWriter(
      WriteTransport transport,
      FlowControl flowControl,
      @Nullable StreamReader reader,
      @Nullable StreamReaderProtocol protocol) {
    this.transport = transport;
    this.flowControl = flowControl;
    this.reader = reader;
    this.protocol = protocol;
  }

  /// Returns the transport. Returns immediately.
  ///
  /// @return the transport
  public WriteTransport transport() {
    return transport;
  }

  /// Writes bytes. Returns immediately.
  ///
  /// They are taken when this returns, so that the array may be used again. If the connection
  /// is closing or lost, they are dropped; [#drain()] tells.
  ///
  /// @param data the bytes
  /// @throws IllegalStateException if [#writeEof()] was called, unless that closes the
  ///     connection
  public void write(byte[] data) {
    transport.write(data);
  }

  /// Writes the remaining bytes of a buffer, whose position is then its limit. Returns
  /// immediately; see [#write(byte\[\])].
  ///
  /// @param data the bytes
  /// @throws IllegalStateException if [#writeEof()] was called, unless that closes the
  ///     connection
  public void write(ByteBuffer data) {
    transport.write(data);
  }

  /// Writes several pieces, one after the other. Returns immediately; see [#write(byte\[\])].
  ///
  /// @param data the pieces; nothing is put between them
  /// @throws IllegalStateException if [#writeEof()] was called, unless that closes the
  ///     connection
  public void writeLines(Iterable<byte[]> data) {
    transport.writeLines(data);
  }

  /// Ends the stream after what was written. Returns immediately.
  ///
  /// @throws UnsupportedOperationException if [#canWriteEof()] is false
  public void writeEof() {
    transport.writeEof();
  }

  /// Returns whether the connection can end in this direction only. Returns immediately.
  ///
  /// @return whether [#writeEof()] is possible
  public boolean canWriteEof() {
    return transport.canWriteEof();
  }

  /// Suspends the current task while more is buffered than the transport's upper limit, until
  /// no more than the lower one is. Several tasks may wait.
  ///
  /// Returns immediately, without suspending, if that is so; but if the connection is
  /// closing, it lets other tasks run once, so that a loop which writes and drains notices
  /// its end. If cancelled while waiting, nothing else happens: what was written is still
  /// sent.
  ///
  /// @throws java.io.UncheckedIOException if the connection is lost; with the reader's
  ///     exception if that is an `IOException`. A reader's exception of another kind is
  ///     thrown as it is
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and the calling thread runs no
  ///     task
  public void drain() {
    Throwable failure = reader == null ? null : reader.exception();
    if (failure != null) {
      throw Failures.unchecked(failure);
    }
    if (transport.isClosing()) {
      Asyncio.sleep(Duration.ZERO);
    }
    flowControl.drain();
  }

  /// Goes on with TLS on the running connection: what was written is sent as it is, and from then
  /// on this writer and its reader are encrypted. Suspends the current task until the handshake
  /// is done.
  ///
  /// This side is the server if it accepted the connection, otherwise the client. Both sides must
  /// have agreed to begin, in whatever way their protocol has (`STARTTLS`). What the peer has
  /// sent and nobody has read yet is taken for the beginning of the handshake, never for text.
  ///
  /// If the handshake fails, or the task is cancelled while it waits, the connection is closed.
  ///
  /// Mirrors `asyncio.StreamWriter.start_tls`.
  ///
  /// @param tls what to negotiate, such as a `tepal.net.TlsContext`
  /// @throws UnsupportedOperationException if this connection cannot have TLS
  /// @throws java.io.UncheckedIOException if the connection is lost or the handshake fails
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public void startTls(StreamTls tls) {
    if (protocol == null || !(transport instanceof Transport both)) {
      throw new UnsupportedOperationException(
          "Expected a connection in both directions, found " + transport);
    }
    drain();
    tls.secure(both, protocol, protocol.isServerSide());
  }

  /// Closes the connection after what was written, in both directions. Returns immediately.
  /// Closing twice does nothing.
  @Override
  public void close() {
    transport.close();
  }

  /// Returns whether the connection is closing or closed. Returns immediately.
  ///
  /// @return whether it is
  public boolean isClosing() {
    return transport.isClosing();
  }

  /// Suspends the current task until the connection is closed. Several tasks may wait.
  ///
  /// Returns immediately, without suspending, if it is. If cancelled while waiting, nothing
  /// else happens.
  ///
  /// @throws java.io.UncheckedIOException if the connection was lost with an `IOException`;
  ///     any other exception of the connection is thrown as it is
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and the calling thread runs no
  ///     task
  public void waitClosed() {
    flowControl.waitClosed();
  }

  /// Returns a piece of what the transport knows. Returns immediately.
  ///
  /// @param key what is asked for
  /// @param <T> the type of the value
  /// @return the value, or null if the transport does not know it
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    return transport.getExtraInfo(key);
  }

  /// Returns a piece of what the transport knows. Returns immediately.
  ///
  /// @param key what is asked for
  /// @param otherwise what to return if the transport does not know it
  /// @param <T> the type of the value
  /// @return the value
  public <T> T getExtraInfo(ExtraInfo<T> key, T otherwise) {
    return transport.getExtraInfo(key, otherwise);
  }

  /// Returns the transport and the state of the writing side.
  @Override
  public String toString() {
    return "StreamWriter[" + transport + ", " + flowControl + "]";
  }
}
