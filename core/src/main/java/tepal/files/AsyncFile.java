// SPDX-License-Identifier: Apache-2.0
package tepal.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.sync.Held;
import tepal.sync.Lock;

/// An open file, whose operations suspend the task that calls them.
///
/// ```java
/// try (var file = AsyncFile.open(Path.of("access.log"))) {
///   for (String line : file.lines()) {
///     count(line);
///   }
/// }
/// ```
///
/// Operations of several tasks follow each other in the order in which they were called. 64
/// KiB are read ahead, and as many written behind: an operation that finds what it needs
/// there returns immediately, the others suspend the task for one call on a thread of the
/// pool.
///
/// ## Cancellation
///
/// An operation that is cancelled throws at once. A read that is cancelled has read nothing:
/// the position is where it was, and another read gets the same bytes. A write takes its
/// bytes 64 KiB at a time and waits for the file in between: one that is cancelled has
/// written what it had taken, in its place, and [#tell()] says how much that is. A thread
/// that is at work on the file ends what it has begun, and the next operation waits for it.
/// What goes wrong in a write that nobody waits for any more, the next write, [#flush()] or
/// [#close()] throws. Closing is not cut short by a cancellation: it throws it when the file
/// is closed.
///
/// For files with a position. A pipe or a terminal would keep a thread for as long as nothing
/// comes.
///
/// Not thread-safe: confined to the loop. Mirrors anyio's
/// [`AsyncFile`](https://anyio.readthedocs.io/en/stable/api.html#anyio.AsyncFile), with
/// Java's lines: without their terminator.
public final class AsyncFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private final Charset charset;
  private final boolean byteLines;
  private final Mode mode;

  // held by the operation that is under way
  private final Lock turn = new Lock();

  private final ReadAhead ahead = new ReadAhead();
  private final WriteBehind behind = new WriteBehind();
  private final FileCalls calls;
  private long position;

  // where the next bytes go in a file that is open for appending
  private long end;

  private boolean closed;

  private AsyncFile(Path path, FileChannel channel, Charset charset, Mode mode, long position) {
    this.path = path;
    this.channel = channel;
    this.charset = charset;
    this.byteLines = FileText.hasByteLines(charset);
    this.mode = mode;
    this.calls = new FileCalls(path, channel, behind, mode.append());
    this.position = position;
    this.end = position;
  }

  /// What a file was opened for.
  private record Mode(boolean readable, boolean writable, boolean append) {
    static Mode of(Set<OpenOption> options) {
      boolean append = options.contains(StandardOpenOption.APPEND);
      boolean writable = append || options.contains(StandardOpenOption.WRITE);
      return new Mode(!writable || options.contains(StandardOpenOption.READ), writable, append);
    }
  }

  // ---- Opening

  /// Opens a file whose text is UTF-8; see [#open(Path, Charset, OpenOption...)].
  ///
  /// @param path where it is
  /// @param options how to open it
  /// @return the file, to be closed
  /// @throws UncheckedIOException if it cannot be opened
  /// @throws CancelledError if the task is cancelled while waiting
  public static AsyncFile open(Path path, OpenOption... options) {
    return open(path, StandardCharsets.UTF_8, options);
  }

  /// Opens a file. Suspends the current task until it is open.
  ///
  /// The options are those of [FileChannel#open(Path, OpenOption...)], such as
  /// [StandardOpenOption#WRITE] with [StandardOpenOption#CREATE]; none for reading. The
  /// position is 0, or the end with [StandardOpenOption#APPEND]. If cancelled while waiting,
  /// the file is closed again if it was opened, and one that was created for it stays.
  ///
  /// @param path where it is
  /// @param charset how its text is encoded; lines can be read if a line feed is one byte in
  ///     it
  /// @param options how to open it
  /// @return the file, to be closed
  /// @throws UncheckedIOException if it cannot be opened
  /// @throws IllegalArgumentException if the options contradict each other
  /// @throws CancelledError if the task is cancelled while waiting
  /// @throws IllegalStateException if the current thread runs no task
  public static AsyncFile open(Path path, Charset charset, OpenOption... options) {
    Objects.requireNonNull(charset, "charset");
    Set<OpenOption> chosen = Set.of(options);
    Mode mode = Mode.of(chosen);
    Callable<AsyncFile> opening = () -> {
      FileChannel channel = FileChannel.open(path, chosen);
      return new AsyncFile(path, channel, charset, mode, mode.append() ? channel.size() : 0);
    };
    return PoolCall.acquire("open", path, opening, file -> file.channel.close());
  }

  /// Returns where the file is.
  ///
  /// @return the path it was opened with
  public AsyncPath path() {
    return new AsyncPath(path);
  }

  // ---- Reading

  /// Reads so many bytes, or as many as there are before the end of the file.
  ///
  /// Suspends the current task until they are read, unless they were read ahead.
  ///
  /// @param count how many bytes
  /// @return the bytes; fewer than `count` only if the file ends, none at its end
  /// @throws IllegalArgumentException if `count` is negative
  /// @throws UncheckedIOException if reading fails
  /// @throws CancelledError if the task is cancelled while waiting; then nothing is read
  /// @throws IllegalStateException if the file is closed, or not open for reading
  public byte[] read(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("Expected to read zero bytes or more, got " + count);
    }
    try (Held _ = beginReading()) {
      if (count > ReadAhead.CHUNK) {
        return readDirectly(count);
      }
      if (count > ahead.available(position)) {
        fillAhead();
      }
      return take(Math.min(count, ahead.available(position)));
    }
  }

  /// Reads the rest of the file. Suspends the current task until it is read.
  ///
  /// @return the bytes
  /// @throws UncheckedIOException if reading fails, or it is too long for an array
  /// @throws CancelledError if the task is cancelled while waiting; then nothing is read
  /// @throws IllegalStateException if the file is closed, or not open for reading
  public byte[] readAll() {
    try (Held _ = beginReading()) {
      return readDirectly(Long.MAX_VALUE);
    }
  }

  /// Reads the rest of the file as text. Suspends the current task until it is read.
  ///
  /// @return the text
  /// @throws UncheckedIOException if reading fails, or the bytes are not text in the file's
  ///     charset
  /// @throws CancelledError if the task is cancelled while waiting; then nothing is read
  /// @throws IllegalStateException if the file is closed, or not open for reading
  public String readText() {
    return text(readAll(), "text");
  }

  /// Reads a line. Suspends the current task until it is read, unless it was read ahead.
  ///
  /// A line ends with a line feed, or a carriage return and a line feed, or with the file. It
  /// may be of any length up to 1 GiB.
  ///
  /// @return the line without its terminator; null at the end of the file
  /// @throws UncheckedIOException if reading fails, or the bytes are not text in the file's
  ///     charset
  /// @throws CancelledError if the task is cancelled while waiting; then nothing is read
  /// @throws IllegalStateException if the file is closed or not open for reading, or if its
  ///     charset has other line feeds than the byte 10
  public @Nullable String readLine() {
    requireByteLines();
    try (Held _ = beginReading()) {
      int length = ahead.lineLength(position);
      if (length < 0) {
        fillAhead();
        length = ahead.lineLength(position);
      }
      byte[] line;
      if (length >= 0) {
        line = take(length + 1);
      } else if (ahead.reachesEnd()) {
        line = take(ahead.available(position));
      } else {
        line = calls.run("read", /* writes= */ false, () -> ReadAhead.line(channel, position));
        position += line.length;
      }
      return line.length == 0 ? null : FileText.withoutTerminator(text(line, "a line"));
    }
  }

  /// Returns the lines from the position on, which a plain `for` reads as [#readLine()] does.
  ///
  /// Each `hasNext` of the iteration may suspend the current task; the position is behind the
  /// line that it has found.
  ///
  /// @return the lines, for one pass
  /// @throws IllegalStateException if the charset has other line feeds than the byte 10
  public Iterable<String> lines() {
    requireByteLines();
    Iterator<String> lines = new Lines();
    return () -> lines;
  }

  private final class Lines implements Iterator<String> {
    private @Nullable String next;

    @Override
    public boolean hasNext() {
      if (next == null) {
        next = readLine();
      }
      return next != null;
    }

    @Override
    public String next() {
      String line = hasNext() ? next : null;
      if (line == null) {
        throw new NoSuchElementException("Expected another line, but the file has ended: " + path);
      }
      next = null;
      return line;
    }
  }

  private byte[] take(int count) {
    byte[] bytes = ahead.copy(position, count);
    position += count;
    return bytes;
  }

  private void fillAhead() {
    byte[] into = ahead.emptied();
    long from = position;
    ahead.filled(
        from, calls.run("read", /* writes= */ false, () -> ReadAhead.fill(channel, from, into)));
  }

  private byte[] readDirectly(long limit) {
    long from = position;
    byte[] bytes =
        calls.run("read", /* writes= */ false, () -> ReadAhead.upTo(channel, from, limit));
    position = from + bytes.length;
    return bytes;
  }

  private String text(byte[] bytes, String what) {
    try {
      return FileText.decode(bytes, charset);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Could not read %s of %s as %s".formatted(what, path, charset), e);
    }
  }

  // ---- Writing

  /// Writes bytes; see [#write(byte\[\], int, int)].
  ///
  /// @param bytes the bytes
  /// @throws UncheckedIOException if they, or bytes before them, cannot be written
  /// @throws CancelledError if the task is cancelled while waiting
  /// @throws IllegalStateException if the file is closed, or not open for writing
  public void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  /// Writes text; see [#write(byte\[\], int, int)].
  ///
  /// @param text the text; characters that the file's charset does not have become `?`
  /// @throws UncheckedIOException if it, or bytes before it, cannot be written
  /// @throws CancelledError if the task is cancelled while waiting
  /// @throws IllegalStateException if the file is closed, or not open for writing
  public void write(String text) {
    write(text.getBytes(charset));
  }

  /// Writes bytes at the position, or at the end of a file that is open for appending.
  ///
  /// Suspends the current task each time 64 KiB have come together, until they are in the
  /// file; what remains is written later, by [#close()] at the latest. If cancelled while
  /// waiting, the bytes before [#tell()] are written. After a failure the file takes no more.
  ///
  /// @param bytes where the bytes are; they can be changed when this returns
  /// @param offset where they begin
  /// @param length how many they are
  /// @throws IndexOutOfBoundsException if there are not so many
  /// @throws UncheckedIOException if they, or bytes before them, cannot be written
  /// @throws CancelledError if the task is cancelled while waiting
  /// @throws IllegalStateException if the file is closed, or not open for writing
  public void write(byte[] bytes, int offset, int length) {
    int _ = Objects.checkFromIndexSize(offset, length, bytes.length);
    try (Held _ = beginWriting()) {
      if (mode.append()) {
        position = end;
      }
      int until = offset + length;
      for (int from = offset; from < until; ) {
        if (!behind.canFollow(position)) {
          writeOut();
        }
        int taken = behind.add(position, bytes, from, until - from);
        position += taken;
        end = position;
        from += taken;
        if (behind.isFull()) {
          writeOut();
        }
      }
    }
  }

  /// Writes what was written behind to the operating system. Suspends the current task until
  /// it has it, if there is anything.
  ///
  /// @throws UncheckedIOException if it, or bytes before it, cannot be written
  /// @throws CancelledError if the task is cancelled while waiting; it is written all the
  ///     same
  /// @throws IllegalStateException if the file is closed
  public void flush() {
    try (Held _ = beginWriting()) {
      writeOut();
    }
  }

  /// Writes what was written behind to the disk, with what the system knows of the file.
  /// Suspends the current task until it is there.
  ///
  /// @throws UncheckedIOException if it, or bytes before it, cannot be written
  /// @throws CancelledError if the task is cancelled while waiting; it is written all the
  ///     same
  /// @throws IllegalStateException if the file is closed
  public void sync() {
    try (Held _ = beginWriting()) {
      Object _ = calls.<@Nullable Object>run(
          "sync",
          /* writes= */ true,
          () -> {
            channel.force(true);
            return null;
          });
    }
  }

  /// Makes the file so long. Suspends the current task until it is.
  ///
  /// What is behind that length is gone; a file that is shorter gets zeros. The position
  /// stays.
  ///
  /// @param size the length in bytes
  /// @throws IllegalArgumentException if it is negative
  /// @throws UncheckedIOException if that fails, or bytes before it cannot be written
  /// @throws CancelledError if the task is cancelled while waiting; it is done all the same
  /// @throws IllegalStateException if the file is closed, or not open for writing
  public void truncate(long size) {
    requireNotNegative(size, "length");
    try (Held _ = beginWriting()) {
      Object _ = calls.run(
          "truncate",
          /* writes= */ true,
          () -> {
            if (size > channel.size()) {
              new WriteBehind.Chunk(new byte[1], size - 1, 1).writeTo(channel, /* append= */ false);
            }
            return channel.truncate(size);
          });
    }
  }

  private void writeOut() {
    if (!behind.isEmpty()) {
      Object _ = calls.<@Nullable Object>run("write", /* writes= */ true, () -> null);
    }
  }

  // ---- Position

  /// Sets the position. Suspends the current task only while another one's operation is under
  /// way.
  ///
  /// @param newPosition the position in bytes from the beginning; it may be behind the end
  /// @throws IllegalArgumentException if it is negative
  /// @throws CancelledError if the task is cancelled while waiting
  /// @throws IllegalStateException if the file is closed
  public void seek(long newPosition) {
    requireNotNegative(newPosition, "position");
    try (Held _ = begin()) {
      position = newPosition;
    }
  }

  /// Returns the position, in bytes from the beginning. Returns immediately.
  ///
  /// @return the position
  public long tell() {
    return position;
  }

  /// Returns how long the file is, with what was written behind. Suspends the current task.
  ///
  /// @return the length in bytes
  /// @throws UncheckedIOException if that fails, or bytes cannot be written
  /// @throws CancelledError if the task is cancelled while waiting
  /// @throws IllegalStateException if the file is closed
  public long size() {
    try (Held _ = begin()) {
      return calls.run("look at", /* writes= */ false, channel::size);
    }
  }

  private Held begin() {
    Held held = turn.acquire();
    if (closed) {
      held.close();
      throw new IllegalStateException("Expected a file that is open, but it is closed: " + path);
    }
    return held;
  }

  private Held beginReading() {
    requireMode(mode.readable(), "reading");
    return begin();
  }

  private Held beginWriting() {
    requireMode(mode.writable(), "writing");
    Held held = begin();
    try {
      calls.requireNothingLost();
    } catch (Throwable e) {
      held.close();
      throw e;
    }
    ahead.clear();
    return held;
  }

  private void requireMode(boolean right, String what) {
    if (!right) {
      throw new IllegalStateException(
          "Expected a file that is open for %s, but it is not: %s".formatted(what, path));
    }
  }

  private void requireByteLines() {
    if (!byteLines) {
      throw new IllegalStateException(
          "Expected a charset in which a line feed is the byte 10, to read lines, but it is %s"
              .formatted(charset));
    }
  }

  private static void requireNotNegative(long value, String what) {
    if (value < 0) {
      throw new IllegalArgumentException(
          "Expected a %s of zero or more, got %d".formatted(what, value));
    }
  }

  // ---- Closing

  /// Writes what was written behind and closes the file. Suspends the current task until it
  /// is closed: also until an operation that is under way has ended, and also if the task is
  /// cancelled meanwhile.
  ///
  /// Operations that other tasks have called and that had no turn yet throw
  /// [IllegalStateException]. Closing twice does nothing.
  ///
  /// @throws UncheckedIOException if bytes could not be written, and nobody was told before;
  ///     the file is closed all the same
  /// @throws CancelledError if the task was cancelled meanwhile; the file is closed all the
  ///     same
  @Override
  public void close() {
    if (!closed) {
      EventLoop loop = Asyncio.getRunningLoop();
      closed = true;
      calls.close(loop, turn);
    }
  }

  @Override
  public String toString() {
    return "AsyncFile[%s, %s]".formatted(path, closed ? "closed" : "position=" + position);
  }
}
