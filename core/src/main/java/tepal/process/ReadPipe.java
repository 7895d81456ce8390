// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tepal.streams.BaseProtocol;
import tepal.streams.ExtraInfo;
import tepal.streams.ReadTransport;

/// One of a child's output pipes: a thread reads it and hands the pieces over to the loop.
final class ReadPipe implements ReadTransport {
  /*
   * The thread reads ahead of the loop by WINDOW bytes at most, and then waits for the loop to take
   * some. What arrives while reading is paused is kept here, so that the protocol gets nothing until
   * it resumes, and keeps its part of the window. So a pause stops the thread, then the child.
   *
   * The loop never waits for the thread: it changes atomic fields and unparks. A read that waits for
   * the child cannot be interrupted, so that after close() the thread ends with the next byte or the
   * end of the pipe, and it is the thread that closes the stream: closing under its feet could make
   * it read from somebody else's file.
   */
  static final int WINDOW = 128 * 1024;
  private static final int FIRST_READ = 8 * 1024;
  private static final int LARGEST_READ = 64 * 1024;

  private final int fd;
  private final LoopCalls calls;
  private final ChildTransport owner;

  // ---- shared

  // what was handed over and the loop has not taken, in bytes
  private final AtomicInteger handedOver = new AtomicInteger();

  // set by the loop, or by whoever closes it
  private volatile boolean stopped;

  // who reads; null before it begins
  private volatile @Nullable Thread thread;

  private final CountDownLatch ended = new CountDownLatch(1);

  // ---- confined to the loop

  // what came while reading was paused, and is still to be given to the protocol
  private final ArrayDeque<Runnable> held = new ArrayDeque<>(2);
  private boolean paused;
  private boolean closing;
  private boolean lost;

  ReadPipe(int fd, LoopCalls calls, ChildTransport owner) {
    this.fd = fd;
    this.calls = calls;
    this.owner = owner;
  }

  // ---- On the thread that reads

  InputStream streamOf(Process process) {
    return fd == 1 ? process.getInputStream() : process.getErrorStream();
  }

  /// Reads the pipe to its end, with its monitor held: see [Child].
  void readAll(InputStream stream) {
    thread = Thread.currentThread();
    Throwable failure = null;
    try {
      synchronized (stream) {
        try (stream) {
          readPieces(stream);
        }
      }
    } catch (Throwable e) {
      failure = e;
    }
    end(failure);
  }

  /// Tells the loop that nothing more comes; with what made reading impossible, or null.
  void end(@Nullable Throwable failure) {
    boolean _ = calls.call(() -> arrived(() -> endReached(failure)));
    ended.countDown();
  }

  private void readPieces(InputStream stream) throws IOException {
    byte[] space = new byte[FIRST_READ];
    while (mayRead()) {
      int count = stream.read(space);
      if (count < 0 || !handOver(Arrays.copyOf(space, count))) {
        return;
      }
      if (count == space.length && count < LARGEST_READ) {
        space = new byte[count * 2];
      }
    }
  }

  private boolean mayRead() {
    while (!stopped && handedOver.get() >= WINDOW) {
      LockSupport.park(this);
    }
    return !stopped;
  }

  private boolean handOver(byte[] data) {
    int _ = handedOver.addAndGet(data.length);
    return calls.call(() -> arrived(() -> dataReceived(data)));
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

  /// Lets the thread end when it next looks. May be called from any thread.
  void stop() {
    stopped = true;
    LockSupport.unpark(thread);
  }

  // ---- On the loop

  private void arrived(Runnable event) {
    if (paused || !held.isEmpty()) {
      held.add(event);
    } else {
      event.run();
    }
  }

  private void dataReceived(byte[] data) {
    if (closing) {
      return;
    }
    int before = handedOver.getAndAdd(-data.length);
    if (before >= WINDOW && before - data.length < WINDOW) {
      LockSupport.unpark(thread);
    }
    owner.pipeDataReceived(fd, data);
  }

  private void endReached(@Nullable Throwable failure) {
    closing = true;
    lose(failure);
  }

  private void lose(@Nullable Throwable failure) {
    if (!lost) {
      lost = true;
      owner.pipeConnectionLost(fd, failure);
    }
  }

  boolean isLost() {
    return lost;
  }

  @Override
  public boolean isReading() {
    return !paused && !closing;
  }

  @Override
  public void pauseReading() {
    if (!closing) {
      paused = true;
    }
  }

  @Override
  public void resumeReading() {
    if (!closing && paused) {
      paused = false;
      calls.callSoon(this::deliverHeld);
    }
  }

  private void deliverHeld() {
    Runnable next = paused ? null : held.poll();
    if (next != null) {
      if (!held.isEmpty()) {
        calls.callSoon(this::deliverHeld);
      }
      next.run();
    }
  }

  @Override
  public void close() {
    if (!closing) {
      closing = true;
      held.clear();
      stop();
      calls.callSoon(() -> lose(null));
    }
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
    return "ReadPipe[fd=%d%s%s]"
        .formatted(fd, closing ? ", closing" : "", paused ? ", paused" : "");
  }
}
