// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tepal.streams.BaseProtocol;
import tepal.streams.ExtraInfo;
import tepal.streams.WaterMarks;
import tepal.streams.WriteBufferLimits;
import tepal.streams.WriteTransport;

/// A child's standard input: what is written on the loop is buffered, and a thread writes it
/// to the pipe, one batch after the other.
final class WritePipe implements WriteTransport {
  /*
   * While a batch is being written, what is written meanwhile is gathered into pieces for the next
   * one. No thread belongs to a pipe that nobody writes to. The stream is only touched by the thread
   * that has a batch, and by the JDK's reaper, which closes it when the child has exited.
   *
   * That the child has closed its end shows when something is written, or when the child exits.
   */
  static final int FD = 0;
  private static final int SMALLEST_PIECE = 512;
  private static final int LARGEST_PIECE = 64 * 1024;

  // as asyncio's constants.LOG_THRESHOLD_FOR_CONNLOST_WRITES
  private static final int DROPPED_BEFORE_WARNING = 5;

  private final LoopCalls calls;
  private final ChildTransport owner;

  // set by the loop, or by whoever closes it, when what is left need not be written
  private volatile boolean aborted;

  // ---- confined to the loop

  private final WaterMarks waterMarks = new WaterMarks();
  private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>(2);
  private OutputStream stream = OutputStream.nullOutputStream();

  // what was written here and not yet to the pipe, in bytes
  private long buffered;

  private boolean writing;
  private boolean closing;
  private boolean lost;
  private int dropped;

  WritePipe(LoopCalls calls, ChildTransport owner) {
    this.calls = calls;
    this.owner = owner;
  }

  /// Sets where to write to. Called before anything is written; this may have been closed
  /// before.
  void connect(OutputStream toChild) {
    stream = toChild;
    if (closing) {
      stop();
    }
  }

  // ---- Writing

  @Override
  public void write(byte[] data) {
    write(ByteBuffer.wrap(data));
  }

  @Override
  public void write(ByteBuffer data) {
    int length = data.remaining();
    if (length == 0) {
      return;
    }
    if (closing) {
      data.position(data.limit());
      drop();
      return;
    }
    gather(data);
    buffered += length;
    writeBatch();
    waterMarks.maybePause(buffered, getProtocol());
  }

  private void gather(ByteBuffer data) {
    while (data.hasRemaining()) {
      ByteBuffer last = pieces.peekLast();
      if (last == null || !last.hasRemaining()) {
        last = ByteBuffer.allocate(Math.clamp(data.remaining(), SMALLEST_PIECE, LARGEST_PIECE));
        pieces.add(last);
      }
      int length = Math.min(last.remaining(), data.remaining());
      last.put(data.slice(data.position(), length));
      data.position(data.position() + length);
    }
  }

  private void drop() {
    dropped++;
    if (dropped > DROPPED_BEFORE_WARNING) {
      System.getLogger("tepal")
          .log(System.Logger.Level.WARNING, "Data written to a closed pipe is dropped: {0}", this);
    }
  }

  private void writeBatch() {
    if (writing || pieces.isEmpty()) {
      return;
    }
    writing = true;
    List<ByteBuffer> batch = new ArrayList<>(pieces);
    pieces.clear();
    OutputStream to = stream;
    ChildThreads.execute(() -> write(batch, to));
  }

  /// Runs on a thread of its own.
  private void write(List<ByteBuffer> batch, OutputStream to) {
    Throwable failure = null;
    try {
      for (ByteBuffer piece : batch) {
        if (aborted) {
          break;
        }
        to.write(piece.array(), piece.arrayOffset(), piece.position());
        to.flush();
        boolean _ = calls.call(() -> written(piece.position()));
      }
    } catch (Throwable e) {
      failure = e;
    }
    Throwable reason = failure;
    if (!calls.call(() -> batchEnded(reason))) {
      closeQuietly(to);
    }
  }

  private void written(int count) {
    if (!aborted) {
      buffered -= count;
      waterMarks.maybeResume(buffered, getProtocol());
    }
  }

  private void batchEnded(@Nullable Throwable failure) {
    writing = false;
    if (failure != null) {
      abort(failure);
    } else if (!aborted) {
      writeBatch();
    }
    if (closing && !writing) {
      closeStream();
    }
  }

  // ---- Closing

  /// Closes the stream on a thread, then says so. Called once nothing is being written.
  private void closeStream() {
    writing = true;
    OutputStream to = stream;
    ChildThreads.execute(() -> {
      closeQuietly(to);
      boolean _ = calls.call(() -> lose(null));
    });
  }

  private static void closeQuietly(OutputStream to) {
    try {
      to.close();
    } catch (IOException e) {
      // All was flushed before, or nobody wants it any more.
    }
  }

  @Override
  public void writeEof() {
    if (!closing) {
      closing = true;
      if (!writing) {
        closeStream();
      }
    }
  }

  @Override
  public boolean canWriteEof() {
    return true;
  }

  @Override
  public void close() {
    writeEof();
  }

  @Override
  public void abort() {
    abort(null);
  }

  private void abort(@Nullable Throwable reason) {
    aborted = true;
    pieces.clear();
    buffered = 0;
    writeEof();
    calls.callSoon(() -> lose(reason));
  }

  /// Notes that the child has exited, and so does not read any more.
  void childExited() {
    abort(buffered == 0 ? null : new IOException("Broken pipe"));
  }

  /// Lets what is left be, and closes the stream, without the loop. Called when that is
  /// closed.
  void stop() {
    aborted = true;
    OutputStream to = stream;
    ChildThreads.execute(() -> closeQuietly(to));
  }

  private void lose(@Nullable Throwable failure) {
    if (!lost) {
      lost = true;
      owner.pipeConnectionLost(FD, failure);
    }
  }

  boolean isLost() {
    return lost;
  }

  // ---- State

  @Override
  public void setWriteBufferLimits(WriteBufferLimits limits) {
    waterMarks.setLimits(limits, buffered, getProtocol());
  }

  @Override
  public WriteBufferLimits getWriteBufferLimits() {
    return waterMarks.limits();
  }

  @Override
  public long getWriteBufferSize() {
    return buffered;
  }

  @Override
  public boolean isClosing() {
    return closing;
  }

  @Override
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    return owner.getExtraInfo(key);
  }

  @Override
  public void setProtocol(BaseProtocol<?> protocol) {
    throw owner.refusal(protocol);
  }

  @Override
  public BaseProtocol<?> getProtocol() {
    return owner.getProtocol();
  }

  @Override
  public String toString() {
    return "WritePipe[fd=%d, %d bytes buffered%s]"
        .formatted(FD, buffered, closing ? ", closing" : "");
  }
}
