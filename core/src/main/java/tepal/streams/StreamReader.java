// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.Future;

/// A stream of bytes that come in, for a task to read.
///
/// ```java
/// for (byte[] line : reader) {
///   handle(line);
/// }
/// ```
///
/// Reading suspends the task while nothing is there, and returns without suspending if
/// something is. What is read has left the reader; a task that is cancelled while it waits
/// has read nothing, and the next one that reads gets it all. One task reads at a time.
///
/// A reader holds about twice its limit: when more is there, it pauses its transport, and
/// lets it go on when no more than the limit is left. A wait for more than that lets the
/// transport go on too.
///
/// Bytes are fed to it by a protocol. Not thread-safe: confined to the loop.
///
/// Mirrors
/// [`asyncio.StreamReader`](https://docs.python.org/3.14/library/asyncio-stream.html#asyncio.StreamReader).
///
/// ## Differences from Python
/// A line that is too long is a [LimitOverrunException] from `readLine` too, where Python has
/// a `ValueError`. A `read()` to the end that is cancelled loses nothing.
public final class StreamReader implements Iterable<byte[]> {
  /// The limit of readers that are not given one: 64 KiB.
  public static final int DEFAULT_LIMIT = 64 * 1024;

  private final int limit;
  private final ByteChunks buffer = new ByteChunks();

  // null before it is set, and if it cannot be paused
  private @Nullable ReadTransport transport;

  // null unless the connection was lost with one
  private @Nullable Throwable exception;

  // of the task that waits; true wakes it normally, false with the exception. Null if none waits,
  // or it was woken
  private @Nullable Future<Boolean> waiter;

  // where the task that waits wants its bytes; null if that is nowhere in particular
  private @Nullable ByteBuffer target;

  private boolean eof;
  private boolean paused;

  /// Creates a reader with a limit of 64 KiB.
  public StreamReader() {
    this(DEFAULT_LIMIT);
  }

  /// Creates a reader.
  ///
  /// @param limit how long a line may be, and half of what the reader holds before it pauses
  ///     its transport; in bytes
  /// @throws IllegalArgumentException if the limit is not positive
  public StreamReader(int limit) {
    if (limit <= 0) {
      throw new IllegalArgumentException("Expected a limit of 1 byte or more, found " + limit);
    }
    this.limit = limit;
  }

  // ---- Reading

  /// Reads to the end of the stream. Suspends the current task until that is there.
  ///
  /// The limit does not apply: all that the stream has is collected in memory. If cancelled
  /// while waiting, what had come is still in the reader.
  ///
  /// @return the bytes; none if the stream has ended already
  /// @throws java.io.UncheckedIOException if the connection was lost with an `IOException`;
  ///     any other exception of the connection is thrown as it is
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and another task waits already,
  ///     or the calling thread runs no task
  public byte[] read() {
    ByteChunks collected = new ByteChunks();
    boolean complete = false;
    try {
      while (!atEof()) {
        throwException();
        if (buffer.isEmpty()) {
          waitForData("read", null);
        }
        collected.addAll(buffer);
        maybeResumeTransport();
      }
      throwException();
      byte[] all = collected.take(Long.MAX_VALUE);
      complete = true;
      return all;
    } finally {
      if (!complete) {
        buffer.putBack(collected);
        maybePauseTransport();
      }
    }
  }

  /// Reads some bytes. Suspends the current task until at least one is there.
  ///
  /// If cancelled while waiting, nothing is read.
  ///
  /// @param n how many bytes to read at most; negative for all to the end of the stream, as
  ///     [#read()] does
  /// @return the bytes that are there; none if `n` is zero or the stream has ended
  /// @throws java.io.UncheckedIOException if the connection was lost with an `IOException`;
  ///     any other exception of the connection is thrown as it is
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and another task waits already,
  ///     or the calling thread runs no task
  public byte[] read(int n) {
    if (n < 0) {
      return read();
    }
    throwException();
    if (n == 0) {
      return ByteChunks.NONE;
    }
    while (buffer.isEmpty() && !eof) {
      waitForData("read", null);
    }
    byte[] data = buffer.take(n);
    maybeResumeTransport();
    return data;
  }

  /// Reads some bytes into a buffer. Suspends the current task until at least one is there.
  ///
  /// If the task has to wait, a transport can hand its bytes over to the buffer directly. The
  /// buffer must not be touched before this returns. If cancelled while waiting, nothing is
  /// read and the buffer's position is what it was.
  ///
  /// @param into where to put the bytes: as many as are there and fit, from its position on
  /// @return how many bytes were read; zero if there is no room in the buffer, -1 if the
  ///     stream has ended
  /// @throws ReadOnlyBufferException if the buffer is read-only
  /// @throws java.io.UncheckedIOException if the connection was lost with an `IOException`;
  ///     any other exception of the connection is thrown as it is
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and another task waits already,
  ///     or the calling thread runs no task
  public int read(ByteBuffer into) {
    if (into.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    throwException();
    if (!into.hasRemaining()) {
      return 0;
    }
    int begin = into.position();
    while (buffer.isEmpty() && !eof && into.position() == begin) {
      waitToFill(into, begin);
    }
    buffer.moveTo(into);
    maybeResumeTransport();
    int count = into.position() - begin;
    return count == 0 ? -1 : count;
  }

  private void waitToFill(ByteBuffer into, int begin) {
    boolean woken = false;
    try {
      waitForData("read", into);
      woken = true;
    } finally {
      if (!woken && into.position() > begin) {
        takeBack(into, begin);
      }
    }
  }

  /// Takes bytes back that were put into the buffer of a task which was then cancelled.
  private void takeBack(ByteBuffer into, int begin) {
    byte[] data = new byte[into.position() - begin];
    into.get(begin, data);
    into.position(begin);
    ByteChunks earlier = new ByteChunks();
    earlier.add(data);
    buffer.putBack(earlier);
    maybePauseTransport();
  }

  /// Reads a given number of bytes. Suspends the current task until all are there.
  ///
  /// The limit does not apply. If cancelled while waiting, nothing is read.
  ///
  /// @param n how many bytes
  /// @return the bytes
  /// @throws IncompleteReadException if the stream ends before that; it has what was there
  /// @throws IllegalArgumentException if the number is negative
  /// @throws java.io.UncheckedIOException if the connection was lost with an `IOException`;
  ///     any other exception of the connection is thrown as it is
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and another task waits already,
  ///     or the calling thread runs no task
  public byte[] readExactly(int n) {
    if (n < 0) {
      throw new IllegalArgumentException("Expected to read 0 bytes or more, found " + n);
    }
    throwException();
    while (buffer.size() < n) {
      if (eof) {
        throw new IncompleteReadException(buffer.take(n), n);
      }
      waitForData("readExactly", null);
    }
    byte[] data = buffer.take(n);
    maybeResumeTransport();
    return data;
  }

  /// Reads a line: all up to and with the next line feed. Suspends the current task until
  /// that is there.
  ///
  /// If cancelled while waiting, nothing is read.
  ///
  /// @return the line with its line feed; without one if the stream ended first; empty if the
  ///     stream has ended
  /// @throws LimitOverrunException if the line is longer than the limit, not counting the
  ///     line feed. The line is dropped, or as much of it as has come
  /// @throws java.io.UncheckedIOException if the connection was lost with an `IOException`;
  ///     any other exception of the connection is thrown as it is
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and another task waits already,
  ///     or the calling thread runs no task
  public byte[] readLine() {
    Search newline = Search.forNewline(buffer);
    byte[] line;
    try {
      line = readUntil(newline, "readLine");
    } catch (LimitOverrunException e) {
      buffer.skip(e.consumed() + 1); // with the line feed, if that has come
      maybeResumeTransport();
      throw e;
    }
    return line == null ? buffer.take(Long.MAX_VALUE) : line;
  }

  /// Reads all up to and with the next line feed, as [#readUntil(byte\[\])] does.
  ///
  /// @return the bytes with the line feed
  /// @throws IncompleteReadException if the stream ends before there is a line feed
  /// @throws LimitOverrunException if it does not come within the limit
  public byte[] readUntil() {
    return readUntil(Search.forNewline(buffer));
  }

  /// Reads all up to and with the next separator. Suspends the current task until that is
  /// there.
  ///
  /// If cancelled while waiting, nothing is read.
  ///
  /// @param separator the separator, one byte or more
  /// @return the bytes with the separator
  /// @throws IncompleteReadException if the stream ends before there is a separator; it has
  ///     what was there
  /// @throws LimitOverrunException if there are more bytes than the limit, not counting the
  ///     separator. They stay in the reader, and may be read in another way
  /// @throws IllegalArgumentException if the separator is empty
  /// @throws java.io.UncheckedIOException if the connection was lost with an `IOException`;
  ///     any other exception of the connection is thrown as it is
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and another task waits already,
  ///     or the calling thread runs no task
  public byte[] readUntil(byte[] separator) {
    return readUntil(List.of(separator));
  }

  /// Reads all up to and with the next of several separators, as [#readUntil(byte\[\])] does.
  ///
  /// What is read is as short as it can be: the separator that ends first counts, and of
  /// several that end at the same byte the shortest.
  ///
  /// @param separators the separators, one or more, each of one byte or more
  /// @return the bytes with the separator
  /// @throws IncompleteReadException if the stream ends before there is a separator
  /// @throws LimitOverrunException if none comes within the limit
  /// @throws IllegalArgumentException if there is no separator, or one is empty
  public byte[] readUntil(List<byte[]> separators) {
    return readUntil(Search.of(buffer, separators));
  }

  private byte[] readUntil(Search search) {
    byte[] data = readUntil(search, "readUntil");
    if (data == null) {
      throw new IncompleteReadException(buffer.take(Long.MAX_VALUE), null);
    }
    return data;
  }

  /// Returns null if the stream ends first.
  private byte @Nullable [] readUntil(Search search, String call) {
    throwException();
    while (!search.find()) {
      if (search.withoutSeparator() > limit) {
        throw new LimitOverrunException(
            "Expected a separator within %d bytes, found none in %d"
                .formatted(limit, search.withoutSeparator()),
            search.withoutSeparator());
      }
      if (eof) {
        return null;
      }
      waitForData(call, null);
    }
    if (search.matchStart() > limit) {
      throw new LimitOverrunException(
          "Expected a separator within %d bytes, found one after %d"
              .formatted(limit, search.matchStart()),
          search.matchStart());
    }
    byte[] data = buffer.take(search.matchEnd());
    maybeResumeTransport();
    return data;
  }

  // ---- Iterating

  /// Returns the lines as they come, each as [#readLine()] returns it. `hasNext` suspends the
  /// current task until a line or the end of the stream is there.
  ///
  /// Mirrors `async for line in reader`.
  ///
  /// @return an iterator over the lines that have not been read
  @Override
  public Iterator<byte[]> iterator() {
    return new Lines<>(this, line -> line);
  }

  /// Returns the lines as they come, decoded from UTF-8, without their line feed or carriage
  /// return and line feed. What is not UTF-8 becomes U+FFFD.
  ///
  /// The iterator's `hasNext` suspends the current task until a line or the end of the stream
  /// is there, and throws what [#readLine()] does.
  ///
  /// @return the lines that have not been read
  public Iterable<String> lines() {
    return lines(StandardCharsets.UTF_8);
  }

  /// Returns the lines as they come, as [#lines()] does, decoded from a charset.
  ///
  /// @param charset the charset: one in which a line feed is the byte 10, such as UTF-8 or
  ///     ISO-8859-1
  /// @return the lines that have not been read
  /// @throws IllegalArgumentException if a line feed is something else in that charset
  public Iterable<String> lines(Charset charset) {
    Lines.requireLineFeed(charset);
    return () -> new Lines<>(this, line -> Lines.decode(line, charset));
  }

  // ---- State

  /// Returns whether the stream has ended and all of it was read. Returns immediately.
  ///
  /// @return whether there is nothing more to come
  public boolean atEof() {
    return eof && buffer.isEmpty();
  }

  /// Returns the exception that the connection was lost with. Returns immediately.
  ///
  /// @return the exception, or null
  public @Nullable Throwable exception() {
    return exception;
  }

  // ---- For protocols

  /// Sets the transport to pause while there is more to read than fits. Returns immediately.
  ///
  /// @param newTransport the transport
  /// @throws IllegalStateException if it was set before
  public void setTransport(ReadTransport newTransport) {
    if (transport != null) {
      throw new IllegalStateException("Expected a reader without a transport, found " + this);
    }
    transport = Objects.requireNonNull(newTransport, "newTransport");
  }

  /// Adds bytes to the end of the stream and wakes the task that waits for them. Returns
  /// immediately.
  ///
  /// Must be called from the loop.
  ///
  /// @param data the bytes, which belong to the reader from now on: it does not copy them,
  ///     and may hand out the array itself
  /// @throws IllegalStateException if the stream has ended
  public void feedData(byte[] data) {
    requireNotEnded();
    buffer.add(data);
    dataFed(data.length);
  }

  /// Adds the remaining bytes of a buffer to the end of the stream and wakes the task that
  /// waits for them. Returns immediately.
  ///
  /// They are copied, once: into the buffer of a task that waits in [#read(ByteBuffer)], or
  /// into the reader. The caller may use its buffer again. Must be called from the loop.
  ///
  /// @param data the bytes; its position is then its limit
  /// @throws IllegalStateException if the stream has ended
  public void feedData(ByteBuffer data) {
    requireNotEnded();
    int length = data.remaining();
    ByteBuffer waiting = target;
    if (waiting != null) {
      int fitting = Math.min(length, waiting.remaining());
      waiting.put(data.slice(data.position(), fitting));
      data.position(data.position() + fitting);
    }
    buffer.add(data);
    dataFed(length);
  }

  /// Returns where a task that waits in [#read(ByteBuffer)] wants its bytes, for a transport that
  /// can receive into it. Returns immediately.
  ///
  /// Must be called from the loop. The buffer may be touched until anything else there runs.
  ///
  /// @return the buffer, with room from its position on; null if no task waits there
  public @Nullable ByteBuffer target() {
    return target;
  }

  /// Wakes the task whose [#target()] a transport has put bytes into. Returns immediately.
  ///
  /// Must be called from the loop, after `target()` and with nothing in between.
  public void targetFilled() {
    wakeUp(true);
  }

  /// Takes all that was fed and not read yet. Returns immediately.
  ///
  /// For a transport that learns that it must decode these bytes first, as at the beginning of
  /// TLS. Must be called from the loop.
  ///
  /// @return the bytes; none if there are none
  public byte[] takeFed() {
    byte[] all = buffer.take(Long.MAX_VALUE);
    maybeResumeTransport();
    return all;
  }

  private void dataFed(int length) {
    if (length > 0) {
      wakeUp(true);
      maybePauseTransport();
    }
  }

  /// Ends the stream after what was fed, and wakes the task that waits. Returns immediately.
  ///
  /// Must be called from the loop.
  public void feedEof() {
    eof = true;
    wakeUp(true);
  }

  /// Lets reading fail from now on, and wakes the task that waits. Returns immediately.
  ///
  /// Must be called from the loop.
  ///
  /// @param newException why the connection was lost
  public void setException(Throwable newException) {
    exception = Objects.requireNonNull(newException, "newException");
    wakeUp(false);
  }

  // ---- Waiting

  private void waitForData(String call, @Nullable ByteBuffer into) {
    if (waiter != null) {
      throw new IllegalStateException(
          call + "() called while another task is already waiting for incoming data of " + this);
    }
    Future<Boolean> waiting = Asyncio.getRunningLoop().createWaiter(this);
    waiter = waiting;
    target = into;
    try {
      // A transport that stays paused while a task waits would never be resumed.
      resumeTransport();
      if (!waiting.await()) {
        throwException();
      }
    } finally {
      if (waiter == waiting) {
        waiter = null;
        target = null;
      }
    }
  }

  private void wakeUp(boolean normally) {
    Future<Boolean> waiting = waiter;
    waiter = null;
    target = null;
    if (waiting != null && !waiting.done()) {
      waiting.setResult(normally);
    }
  }

  private void throwException() {
    if (exception != null) {
      throw Failures.unchecked(exception);
    }
  }

  private void requireNotEnded() {
    if (eof) {
      throw new IllegalStateException("Expected data before the end of the stream, not after it");
    }
  }

  // ---- Flow control

  private void maybePauseTransport() {
    ReadTransport pausing = transport;
    if (pausing == null || paused || buffer.size() <= 2L * limit) {
      return;
    }
    try {
      pausing.pauseReading();
      paused = true;
    } catch (UnsupportedOperationException e) {
      transport = null; // then all that comes is kept
    }
  }

  private void maybeResumeTransport() {
    if (paused && buffer.size() <= limit) {
      resumeTransport();
    }
  }

  private void resumeTransport() {
    ReadTransport resuming = transport;
    if (paused && resuming != null) {
      paused = false;
      resuming.resumeReading();
    }
  }

  /// Returns how much is there to read and what else is to know, as in `StreamReader[12
  /// bytes, eof]`.
  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder("StreamReader[").append(buffer.size()).append(" bytes");
    text.append(eof ? ", eof" : "");
    text.append(limit == DEFAULT_LIMIT ? "" : ", limit=" + limit);
    text.append(waiter == null ? "" : ", a task waits");
    text.append(exception == null ? "" : ", exception=" + exception);
    return text.append(paused ? ", paused" : "").append(']').toString();
  }
}
