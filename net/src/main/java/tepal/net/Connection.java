// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import tepal.streams.ExtraInfo;
import tepal.streams.StreamReader;
import tepal.streams.StreamWriter;

/// A stream in both directions: a reader and a writer, or one object that does what both do.
///
/// ```java
/// try (Connection connection = Net.openConnection("localhost", 8765)) {
///   connection.write("hello\n".getBytes(UTF_8));
///   byte[] answer = connection.readLine();
/// }
/// ```
///
/// Iterating gives the lines. Where a server's callback is given a reader and a writer, `new
/// Connection(reader, writer)` makes one of them. What a method does, and what it throws, is told
/// by the method of the same name of [StreamReader] or [StreamWriter]. Not thread-safe: confined
/// to the loop.
///
/// Mirrors the pair that `asyncio.open_connection` returns.
///
/// @param reader what comes in
/// @param writer what goes out
public record Connection(StreamReader reader, StreamWriter writer)
    implements AutoCloseable, Iterable<byte[]> {

  /// Reads to the end of the stream; see [StreamReader#read()].
  ///
  /// @return the bytes
  /// @throws UncheckedIOException if the connection was lost with an `IOException`
  public byte[] read() {
    return reader.read();
  }

  /// Reads some bytes; see [StreamReader#read(int)].
  ///
  /// @param n how many bytes to read at most
  /// @return the bytes that are there; none if the stream has ended
  /// @throws UncheckedIOException if the connection was lost with an `IOException`
  public byte[] read(int n) {
    return reader.read(n);
  }

  /// Reads some bytes into a buffer; see [StreamReader#read(ByteBuffer)].
  ///
  /// @param into where to put the bytes
  /// @return how many bytes were read; -1 if the stream has ended
  /// @throws UncheckedIOException if the connection was lost with an `IOException`
  public int read(ByteBuffer into) {
    return reader.read(into);
  }

  /// Reads a line with its line feed; see [StreamReader#readLine()].
  ///
  /// @return the line; empty if the stream has ended
  /// @throws UncheckedIOException if the connection was lost with an `IOException`
  /// @throws tepal.streams.LimitOverrunException if the line is longer than the limit
  public byte[] readLine() {
    return reader.readLine();
  }

  /// Reads a given number of bytes; see [StreamReader#readExactly(int)].
  ///
  /// @param n how many bytes
  /// @return the bytes
  /// @throws UncheckedIOException if the connection was lost with an `IOException`
  /// @throws tepal.streams.IncompleteReadException if the stream ends before that
  public byte[] readExactly(int n) {
    return reader.readExactly(n);
  }

  /// Reads all up to and with the next separator; see [StreamReader#readUntil(byte\[\])].
  ///
  /// @param separator the separator, one byte or more
  /// @return the bytes with the separator
  /// @throws UncheckedIOException if the connection was lost with an `IOException`
  /// @throws tepal.streams.IncompleteReadException if the stream ends before there is a separator
  /// @throws tepal.streams.LimitOverrunException if none comes within the limit
  public byte[] readUntil(byte[] separator) {
    return reader.readUntil(separator);
  }

  /// Returns the lines as they come, with their line feeds; see [StreamReader#iterator()].
  ///
  /// @return an iterator over the lines that have not been read
  @Override
  public Iterator<byte[]> iterator() {
    return reader.iterator();
  }

  /// Returns the lines as they come, decoded from UTF-8; see [StreamReader#lines()].
  ///
  /// @return the lines that have not been read
  public Iterable<String> lines() {
    return reader.lines();
  }

  /// Writes bytes. Returns immediately; see [StreamWriter#write(byte\[\])].
  ///
  /// @param data the bytes
  public void write(byte[] data) {
    writer.write(data);
  }

  /// Writes the remaining bytes of a buffer. Returns immediately; see
  /// [StreamWriter#write(ByteBuffer)].
  ///
  /// @param data the bytes
  public void write(ByteBuffer data) {
    writer.write(data);
  }

  /// Suspends the current task while too much is buffered; see [StreamWriter#drain()].
  ///
  /// @throws UncheckedIOException if the connection is lost
  public void drain() {
    writer.drain();
  }

  /// Ends the stream to the peer after what was written. Returns immediately; see
  /// [StreamWriter#writeEof()].
  public void writeEof() {
    writer.writeEof();
  }

  /// Returns a piece of what the transport knows, such as [Net#PEERNAME]. Returns immediately.
  ///
  /// @param key what is asked for
  /// @param <T> the type of the value
  /// @return the value, or null if the transport does not know it
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    return writer.getExtraInfo(key);
  }

  /// Closes the connection after what was written. Returns immediately; to wait for the end, call
  /// [#waitClosed()].
  @Override
  public void close() {
    writer.close();
  }

  /// Suspends the current task until the connection is closed; see [StreamWriter#waitClosed()].
  ///
  /// @throws UncheckedIOException if the connection was lost with an `IOException`
  public void waitClosed() {
    writer.waitClosed();
  }
}
