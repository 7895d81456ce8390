// SPDX-License-Identifier: Apache-2.0
package tepal.blocking;

import java.io.IOException;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Reads a pipe on a thread, and has the pieces ready for a loop.
public final class PipeReader {
  /*
   * The thread reads ahead of the loop until WINDOW bytes are on their way, and then waits for the
   * loop to take some. It tells the loop of each piece, and of the end.
   *
   * The loop never waits for the thread: it changes atomic fields and unparks. How a read in progress
   * can be ended, if at all, is known to the source, which the thread closes itself: closing it under
   * the feet of a reader could make that read from somebody else's file.
   *
   * While nobody is told, the thread ends with the read that it is in, whose piece is kept for whoever
   * comes next. `running` and `receiver` are both written before the other is read, so that either the
   * thread sees the new receiver or the receiver sees that it has to start a thread.
   */

  /// How much is on its way to the loop at most, in bytes, but for the last piece.
  public static final int WINDOW = 128 * 1024;

  static final int LARGEST_PIECE = 64 * 1024;
  private static final int FIRST_PIECE = 8 * 1024;

  private record Receiver(LoopCalls calls, Runnable toTake) {
    boolean tell() {
      return calls.call(toTake);
    }
  }

  private record End(@Nullable Throwable failure) {}

  private final Source source;

  // what was read and not taken; its size, in bytes, is written by both sides
  private final Deque<byte[]> pieces = new ConcurrentLinkedDeque<>();
  private final AtomicInteger waiting = new AtomicInteger();

  private final AtomicBoolean running = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);

  // whom to tell; null for nobody
  private volatile @Nullable Receiver receiver;

  // set by the loop, or by whoever closes it
  private volatile boolean stopped;

  // who reads; null before it begins
  private volatile @Nullable Thread thread;

  // set by the thread after the last piece
  private volatile @Nullable End end;

  // of the thread: where it reads to
  private byte[] space = new byte[FIRST_PIECE];

  /// Creates a reader that has not begun and tells nobody.
  ///
  /// @param source where to read, which belongs to this
  public PipeReader(Source source) {
    this.source = source;
  }

  // ---- On any thread

  /// Sets whom to tell of pieces and of the end.
  ///
  /// @param calls how to reach it
  /// @param toTake what to call there, for each piece and the end; and now, if there are some
  public void attach(LoopCalls calls, Runnable toTake) {
    Receiver attached = new Receiver(calls, toTake);
    receiver = attached;
    for (int i = pieces.size(); i > 0; i--) {
      boolean _ = attached.tell();
    }
    if (isEnded()) {
      boolean _ = attached.tell();
    }
  }

  /// Lets nobody be told any more. What was read and not taken is kept.
  public void detach() {
    receiver = null;
    LockSupport.unpark(thread);
  }

  /// Starts to read, on a thread of its own. Does nothing if that was done.
  public void begin() {
    if (isEnded() || !running.compareAndSet(false, true)) {
      return;
    }
    try {
      BlockingThreads.execute(this::run);
    } catch (Throwable noThread) {
      closeAndEnd(/* complete= */ false, noThread);
    }
  }

  /// Lets the thread end, if need be in the middle of a read, and close the source.
  public void stop() {
    stopped = true;
    LockSupport.unpark(thread);
    source.stop();
  }

  /// Returns whether a thread reads, or this has not been taken to its end.
  ///
  /// @return whether this may still give something
  public boolean isInUse() {
    return !pieces.isEmpty() || (running.get() && !isEnded());
  }

  /// Blocks until the thread has read all that it will.
  public void awaitEnd() {
    while (true) {
      try {
        ended.await();
        return;
      } catch (InterruptedException e) {
        // Nobody interrupts this thread for a reason: there is nothing else to do on it.
      }
    }
  }

  // ---- For who takes the pieces

  /// Returns whether no more pieces come than are there. To be asked before [#poll()].
  ///
  /// @return whether that is so
  public boolean isEnded() {
    return end != null;
  }

  /// Returns why reading ended.
  ///
  /// @return the failure, or null
  public @Nullable Throwable failure() {
    End known = end;
    return known == null ? null : known.failure();
  }

  /// Returns whether there is a piece or the end to take.
  ///
  /// @return whether there is
  public boolean isReady() {
    return isEnded() || !pieces.isEmpty();
  }

  /// Takes the next piece, and lets the thread read on.
  ///
  /// @return the bytes, at least one; null if there are none
  public byte @Nullable [] poll() {
    byte[] next = pieces.poll();
    if (next != null) {
      int before = waiting.getAndAdd(-next.length);
      if (before >= WINDOW && before - next.length < WINDOW) {
        LockSupport.unpark(thread);
      }
    }
    return next;
  }

  /// Puts back what was taken and not used.
  ///
  /// @param data the bytes
  public void unread(byte[] data) {
    if (data.length > 0) {
      int _ = waiting.addAndGet(data.length);
      pieces.addFirst(data);
    }
  }

  // ---- On the thread that reads

  private void run() {
    thread = Thread.currentThread();
    source.whileReading(this::readAll);
  }

  private void readAll() {
    Throwable failure = null;
    boolean complete = false;
    try {
      complete = readPieces();
    } catch (Throwable e) {
      failure = e;
    }
    if (!complete && failure == null && !stopped) {
      leave();
    } else {
      closeAndEnd(complete, failure);
    }
  }

  private void closeAndEnd(boolean complete, @Nullable Throwable failure) {
    Throwable reason = failure;
    try {
      source.close(complete);
    } catch (Throwable e) {
      reason = failure == null ? e : failure;
    }
    end(reason);
  }

  /// Lets the thread go, as nobody is told any more, unless somebody is again.
  private void leave() {
    running.set(false);
    boolean wanted = stopped || receiver != null;
    if (wanted && running.compareAndSet(false, true)) {
      readAll();
    }
  }

  /// Returns whether this came to the end of the pipe.
  private boolean readPieces() throws IOException {
    while (mayRead()) {
      int count = source.read(space);
      if (count <= 0) {
        return !stopped;
      }
      handOver(Arrays.copyOf(space, count));
      if (count == space.length && count < LARGEST_PIECE) {
        space = new byte[count * 2];
      }
    }
    return false;
  }

  private boolean mayRead() {
    while (!stopped && receiver != null && waiting.get() >= WINDOW) {
      LockSupport.park(this);
    }
    return !stopped && receiver != null;
  }

  private void handOver(byte[] data) {
    int _ = waiting.addAndGet(data.length);
    pieces.add(data);
    tell();
  }

  /// Tells the loop that nothing more comes; with what made reading impossible, or null.
  private void end(@Nullable Throwable failure) {
    end = new End(failure);
    tell();
    ended.countDown();
  }

  /// A loop that is closed is not told: whoever closes it stops or detaches this.
  private void tell() {
    Receiver told = receiver;
    if (told != null) {
      boolean _ = told.tell();
    }
  }
}
