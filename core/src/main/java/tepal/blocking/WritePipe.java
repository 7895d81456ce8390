// SPDX-License-Identifier: Apache-2.0
package tepal.blocking;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import tepal.streams.BaseProtocol;
import tepal.streams.ExtraInfo;
import tepal.streams.WaterMarks;
import tepal.streams.WriteBufferLimits;
import tepal.streams.WriteTransport;

/// A pipe that is written to: what is written on the loop is buffered, and a thread writes it
/// to a [Sink], one batch after the other.
public final class WritePipe implements WriteTransport {
  /*
   * While a batch is being written, what is written meanwhile is gathered into pieces for the next
   * one. No thread belongs to a pipe that nobody writes to. The sink is only touched by the thread that
   * has a batch or that closes it, and by whoever closes the loop.
   *
   * That the other side has closed its end shows when something is written.
   */
  private static final int SMALLEST_PIECE = 512;
  private static final int LARGEST_PIECE = 64 * 1024;

  // as asyncio's constants.LOG_THRESHOLD_FOR_CONNLOST_WRITES
  private static final int DROPPED_BEFORE_WARNING = 5;

  private final LoopCalls calls;
  private final PipeOwner owner;

  // set by the loop, or by whoever closes it, when what is left need not be written
  private volatile boolean aborted;

  // ---- confined to the loop

  private final WaterMarks waterMarks = new WaterMarks();
  private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>(2);

  // null before there is one
  private @Nullable Sink sink;

  // counted down when the batch that was last begun has ended; null before the first one
  private @Nullable CountDownLatch batchEnd;

  // what was written here and not yet to the pipe, in bytes
  private long buffered;

  private boolean writing;
  private boolean closing;
  private boolean lost;
  private int dropped;

  /// Creates a pipe without an end to write to.
  ///
  /// @param calls how to reach the loop
  /// @param owner whom to tell
  public WritePipe(LoopCalls calls, PipeOwner owner) {
    this.calls = calls;
    this.owner = owner;
  }

  /// Sets where to write to. Called before anything is written; this may have been closed
  /// before.
  ///
  /// @param to where to write, which belongs to this
  public void connect(Sink to) {
    sink = to;
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
    Sink to = sink;
    if (writing || pieces.isEmpty() || to == null) {
      return;
    }
    writing = true;
    List<ByteBuffer> batch = new ArrayList<>(pieces);
    pieces.clear();
    CountDownLatch ended = new CountDownLatch(1);
    batchEnd = ended;
    try {
      BlockingThreads.execute(() -> {
        write(batch, to);
        ended.countDown();
      });
    } catch (Throwable noThread) {
      writing = false;
      ended.countDown();
      abort(noThread);
    }
  }

  /// Runs on a thread of its own.
  private void write(List<ByteBuffer> batch, Sink to) {
    Throwable failure = null;
    try {
      for (ByteBuffer piece : batch) {
        if (aborted) {
          break;
        }
        to.write(piece.array(), piece.arrayOffset(), piece.position());
        boolean _ = calls.call(() -> written(piece.position()));
      }
    } catch (Throwable e) {
      failure = e;
    }
    Throwable reason = failure;
    boolean _ = calls.call(() -> batchEnded(reason));
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
      closeSink();
    }
    if (!writing && !closing) {
      owner.drained();
    }
  }

  // ---- Closing

  /// Closes the sink on a thread, then says so. Called once nothing is being written.
  private void closeSink() {
    writing = true;
    Sink to = sink;
    try {
      BlockingThreads.execute(() -> closeAndLose(to));
    } catch (Throwable noThread) {
      // Here, where it may block, rather than never.
      closeAndLose(to);
    }
  }

  private void closeAndLose(@Nullable Sink to) {
    Throwable failure = failureOfClosing(to);
    boolean _ = calls.call(() -> lose(failure));
  }

  /// Closes the sink, and returns what a stream of the user's threw, or null.
  private static @Nullable Throwable failureOfClosing(@Nullable Sink to) {
    try {
      if (to != null) {
        to.close();
      }
      return null;
    } catch (Throwable e) {
      return e;
    }
  }

  @Override
  public void writeEof() {
    if (!closing) {
      closing = true;
      if (!writing) {
        closeSink();
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
    if (writing && sink != null) {
      sink.stop();
    }
    calls.callSoon(() -> lose(reason));
    writeEof();
  }

  /// Notes that nobody reads any more what is written here.
  public void readerGone() {
    abort(buffered == 0 ? null : new IOException("Broken pipe"));
  }

  // ---- Without the loop, when that is closed

  /// Lets what is left be, and closes the sink.
  public void stop() {
    aborted = true;
    Sink to = sink;
    if (to != null) {
      BlockingThreads.execute(to::close);
    }
  }

  /// Writes what is left, and blocks until that is done, or the thread is interrupted.
  public void finish() {
    CountDownLatch before = batchEnd;
    Sink to = sink;
    if (aborted || lost || to == null) {
      return;
    }
    try {
      if (before != null) {
        before.await();
      }
      for (ByteBuffer piece : pieces) {
        to.write(piece.array(), piece.arrayOffset(), piece.position());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // Nobody reads any more, and nobody is left who could be told.
    }
  }

  private void lose(@Nullable Throwable failure) {
    if (!lost) {
      lost = true;
      owner.connectionLost(failure);
    }
  }

  /// Returns whether the owner was told that the pipe is gone.
  ///
  /// @return whether it was
  public boolean isLost() {
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
    owner.setProtocol(protocol);
  }

  @Override
  public BaseProtocol<?> getProtocol() {
    return owner.getProtocol();
  }

  @Override
  public String toString() {
    return "WritePipe[%s, %d bytes buffered%s]"
        .formatted(owner, buffered, closing ? ", closing" : "");
  }
}
