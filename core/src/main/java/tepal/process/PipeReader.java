// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Reads one of a child's output pipes on a thread, and hands the pieces over to the loop.
final class PipeReader {
  /*
   * The thread reads ahead of the loop until WINDOW bytes are on their way, and then waits for the
   * loop to take some.
   *
   * The loop never waits for the thread: it changes an atomic field, unparks, and has the stream
   * closed on another thread. That ends a read from a named pipe. A read from one of the JDK's own
   * pipes is ended by nobody: there the thread ends with the next byte or the end of the pipe, and
   * closes the stream itself, since closing it under the feet of a reader could make that read from
   * somebody else's file.
   */
  static final int WINDOW = 128 * 1024;
  static final int LARGEST_PIECE = 64 * 1024;
  private static final int FIRST_PIECE = 8 * 1024;

  private final int fd;
  private final LoopCalls calls;
  private final ReadPipe pipe;

  // what was handed over and the loop has not taken, in bytes
  private final AtomicInteger handedOver = new AtomicInteger();

  private final CountDownLatch ended = new CountDownLatch(1);

  // set by the loop, or by whoever closes it
  private volatile boolean stopped;

  // who reads; null before it begins
  private volatile @Nullable Thread thread;

  // null before the child is to be started, and where the JDK's own pipe has to do
  private volatile @Nullable NamedPipe named;

  // set before the loop is told of the child's start
  private volatile InputStream stream = InputStream.nullInputStream();

  PipeReader(int fd, LoopCalls calls, ReadPipe pipe) {
    this.fd = fd;
    this.calls = calls;
    this.pipe = pipe;
  }

  // ---- On the thread of the child

  /// Makes a pipe for a child that is about to be started.
  void prepare(ProcessBuilder builder) {
    NamedPipe prepared = NamedPipe.open();
    named = prepared;
    if (prepared != null && fd == 1) {
      builder.redirectOutput(prepared.writingEnd());
    } else if (prepared != null) {
      builder.redirectError(prepared.writingEnd());
    }
  }

  /// Gives up the pipe of a child that could not be started.
  void unprepare() {
    NamedPipe prepared = named;
    if (prepared != null) {
      prepared.release();
    }
  }

  /// Takes the reading end, as the child has its own.
  void connect(Process child) {
    NamedPipe prepared = named;
    if (prepared == null) {
      stream = fd == 1 ? child.getInputStream() : child.getErrorStream();
    } else {
      stream = prepared.stream();
      prepared.connected();
    }
  }

  /// Starts to read, on a thread of its own.
  void begin() {
    try {
      ChildThreads.execute(this::readAll);
    } catch (Throwable noThread) {
      close(/* complete= */ false);
      end(noThread);
    }
  }

  void awaitEnd() {
    while (true) {
      try {
        ended.await();
        return;
      } catch (InterruptedException e) {
        // Nobody interrupts this thread for a reason: there is nothing else to do on it.
      }
    }
  }

  // ---- On the thread that reads

  private void readAll() {
    thread = Thread.currentThread();
    InputStream source = stream;
    Throwable failure = null;
    boolean complete = false;
    // The JDK's reaper wants this monitor to close a pipe of its own: see NamedPipe.
    synchronized (source) {
      try {
        complete = readPieces(source);
      } catch (Throwable e) {
        failure = e;
      }
      close(complete);
    }
    end(failure);
  }

  /// Returns whether this came to the end of the pipe.
  private boolean readPieces(InputStream source) throws IOException {
    byte[] space = new byte[FIRST_PIECE];
    while (mayRead()) {
      int count = source.read(space);
      if (count <= 0) {
        return !stopped;
      }
      if (!handOver(Arrays.copyOf(space, count))) {
        return false;
      }
      if (count == space.length && count < LARGEST_PIECE) {
        space = new byte[count * 2];
      }
    }
    return false;
  }

  private boolean mayRead() {
    while (!stopped && handedOver.get() >= WINDOW) {
      LockSupport.park(this);
    }
    return !stopped;
  }

  private boolean handOver(byte[] data) {
    int _ = handedOver.addAndGet(data.length);
    return calls.call(() -> pipe.arrived(data));
  }

  private void close(boolean complete) {
    NamedPipe prepared = named;
    if (prepared == null) {
      closeQuietly(stream);
    } else if (complete) {
      prepared.release();
    } else {
      prepared.discard();
    }
  }

  private static void closeQuietly(InputStream closed) {
    try {
      closed.close();
    } catch (IOException e) {
      // Nobody reads there any more.
    }
  }

  /// Tells the loop that nothing more comes; with what made reading impossible, or null.
  private void end(@Nullable Throwable failure) {
    boolean _ = calls.call(() -> pipe.ended(failure));
    ended.countDown();
  }

  // ---- On other threads

  /// Lets the thread read on, as the loop has taken some of what it read.
  void taken(int count) {
    int before = handedOver.getAndAdd(-count);
    if (before >= WINDOW && before - count < WINDOW) {
      LockSupport.unpark(thread);
    }
  }

  /// Lets the thread end, if need be in the middle of a read. May be called from any thread.
  void stop() {
    stopped = true;
    LockSupport.unpark(thread);
    if (named != null) {
      InputStream closed = stream;
      ChildThreads.execute(() -> closeQuietly(closed));
    }
  }
}
