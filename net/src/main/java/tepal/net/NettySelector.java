// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.Ticker;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tepal.EventLoop;
import tepal.ExceptionContext;
import tepal.Selector;

/// A loop's selector: Netty's event loop, turned by the loop's I/O thread.
final class NettySelector implements Selector {
  /*
   * Netty's loop belongs to the I/O thread, a virtual thread that is the same for the loop's whole
   * life. Tasks and callbacks never touch a channel: they leave an action, or a connection with bytes to send, in
   * `actions` and `unflushed`, and the next turn of the I/O thread deals with them. As at most one
   * thread of a loop runs at a time, these are plain lists. The loop gives the I/O thread a turn at
   * the end of each iteration that left something, so that all that one iteration wrote to a
   * connection goes out in one system call.
   *
   * Waking, when another thread pushed to the loop's inbox: `woken` is set first, then the
   * handler is told, but only if this may sleep. Netty's handlers ask `canBlock` once more after they
   * have published that they are about to wait, which is where `woken` is seen. Both sides write, then
   * read the other's variable (all volatile), so that no wake-up is lost. `woken` is cleared after a
   * select: whatever was pushed before that is taken by the loop when the select returns.
   *
   * An I/O thread that the JDK suspends in a select (NIO, in opened mode) leaves the loop to
   * others; they wake it when they leave something.
   */
  final EventLoop loop;
  final NettyBackend backend;
  final Net net;
  private final Turned netty;
  private final ArrayDeque<Runnable> actions = new ArrayDeque<>();
  private ArrayList<NettyConnection> unflushed = new ArrayList<>();
  private ArrayList<NettyConnection> flushing = new ArrayList<>();

  // the one receive buffer of this loop
  final NettyReceiveBuffer received;

  final NettyWriteBuffers writeBuffers = new NettyWriteBuffers();

  // null where arrays must be copied to be sent
  final @Nullable SystemCalls calls = SystemCalls.orNull();

  // null until a socket for UDP is opened
  private @Nullable NettyDatagramBuffer datagramBuffer;

  // null until the first select
  private @Nullable Thread ioThread;

  // whether the I/O thread is in select, on a thread or suspended by the JDK; written by it
  private boolean selecting;

  // whether this turn has given the loop something to run, so that it must not wait; written by
  // the I/O thread
  private boolean delivered;

  // the deadline of Netty's first timer that the loop was told last
  private long knownDeadline = Long.MAX_VALUE;

  // whether Netty's loop is being ended; confined to the I/O thread
  private boolean closing;

  // how many channels are registered; confined to the I/O thread
  private int channels;

  // set by any thread, cleared by the I/O thread after a select
  private volatile boolean woken;

  // whether the I/O thread may wait; written by the I/O thread, read by any
  private volatile boolean sleeping;

  NettySelector(EventLoop loop, NettyBackend backend, Net net) {
    this.loop = loop;
    this.backend = backend;
    this.net = net;
    this.received = new NettyReceiveBuffer();
    this.netty = new Turned(backend.handlers());
  }

  private final class Turned extends ManualIoEventLoop {
    Turned(IoHandlerFactory handlers) {
      super(null, null, handlers, new LoopTicker());
    }

    @Override
    protected boolean canBlock() {
      return !woken && !delivered;
    }

    /// Returns the deadline of the first of Netty's own timers, by the loop's clock.
    long firstDeadline() {
      long deadline = nextScheduledTaskDeadlineNanos();
      return deadline < 0 ? Long.MAX_VALUE : deadline;
    }
  }

  /// The loop's time, for timers of Netty's own.
  private final class LoopTicker implements Ticker {
    @Override
    public long initialNanoTime() {
      return 0;
    }

    // moved on by each look at it while Netty's loop ends, which waits for time to pass
    private long added;

    @Override
    public long nanoTime() {
      return loop.time().toNanos() + (closing ? ++added : 0);
    }

    @Override
    public void sleep(long delay, TimeUnit unit) {
      throw new UnsupportedOperationException("The I/O thread of a loop does not sleep");
    }
  }

  ManualIoEventLoop netty() {
    return netty;
  }

  // ---- From tasks, callbacks and the I/O thread

  /// Runs `action` on the I/O thread: at once if that is the current one, otherwise in its next
  /// turn, in the order of the calls.
  void onIoThread(Runnable action) {
    if (isIoThread()) {
      action.run();
    } else {
      actions.add(action);
      interruptSelect();
    }
  }

  /// Lets the I/O thread call [NettyConnection#flush] in its next turn.
  void flushLater(NettyConnection connection) {
    unflushed.add(connection);
    interruptSelect();
  }

  boolean isIoThread() {
    return Thread.currentThread() == ioThread;
  }

  private void interruptSelect() {
    if (selecting && !isIoThread()) {
      wakeup();
    }
  }

  /// Notes that the loop has got something to run. Called on the I/O thread.
  void delivered() {
    delivered = true;
  }

  /// Returns the memory that sockets for UDP receive into.
  NettyDatagramBuffer datagramBuffer() {
    NettyDatagramBuffer present = datagramBuffer;
    if (present == null) {
      present = backend.datagramBuffer();
      datagramBuffer = present;
    }
    return present;
  }

  void channelAdded() {
    channels++;
  }

  void channelRemoved() {
    channels--;
  }

  // ---- The loop's side

  @Override
  public void run(Runnable turns) {
    // Netty pools objects for threads that say they clean up after themselves.
    FastThreadLocalThread.runWithFastThreadLocal(turns);
  }

  @Override
  public boolean isPending() {
    return !unflushed.isEmpty() || !actions.isEmpty();
  }

  @Override
  public void select(long timeoutNanos) {
    takeOwnership();
    selecting = true;
    delivered = false;
    try {
      runPending();
      if (timeoutNanos == 0 || delivered || isTimerSooner()) {
        netty.runNow();
      } else {
        await(timeoutNanos);
      }
    } catch (UncheckedIOException e) {
      throw backend.explain(e);
    } finally {
      sleeping = false;
      woken = false;
      selecting = false;
    }
  }

  /// Waits until the loop has something to run, or the time is over.
  ///
  /// Events that give it nothing, such as the completion of a write on io_uring, do not end the
  /// turn. A timer of Netty's that is due before what was the first one does: the loop must know.
  private void await(long timeoutNanos) {
    boolean limited = timeoutNanos != Long.MAX_VALUE;
    long end = limited ? System.nanoTime() + timeoutNanos : 0;
    long left = timeoutNanos;
    sleeping = true;
    do {
      netty.run(limited ? left : 0); // 0 is no limit there
      left = limited ? end - System.nanoTime() : 1;
    } while (!delivered && !woken && left > 0 && !isPending() && !isTimerSooner());
  }

  /// Returns whether Netty has a timer that the loop did not know of when it began to wait.
  private boolean isTimerSooner() {
    return netty.firstDeadline() < knownDeadline;
  }

  private void takeOwnership() {
    if (ioThread == null) {
      ioThread = Thread.currentThread();
      netty.setOwningThread(ioThread);
    }
  }

  /// Runs an action. If it fails, that is told, and does not end the loop.
  private void runSafely(Runnable action) {
    try {
      action.run();
    } catch (Exception e) {
      delivered();
      var _ = loop.callSoon(() -> loop.callExceptionHandler(
          new ExceptionContext("The network of " + loop + " failed at " + action, e)));
    }
  }

  private void runPending() {
    for (Runnable action = actions.poll(); action != null; action = actions.poll()) {
      runSafely(action);
    }
    if (!unflushed.isEmpty()) {
      ArrayList<NettyConnection> now = unflushed;
      unflushed = flushing;
      flushing = now;
      for (int i = 0; i < now.size(); i++) {
        now.get(i).flush();
      }
      now.clear();
    }
  }

  @Override
  public void wakeup() {
    woken = true;
    if (sleeping) {
      netty.wakeup();
    }
  }

  @Override
  public long deadlineNanos() {
    knownDeadline = netty.firstDeadline();
    return knownDeadline;
  }

  @Override
  public boolean hasWork() {
    return channels > 0 || isPending();
  }

  @Override
  public void close() {
    takeOwnership();
    actions.clear();
    closing = true;
    var _ = netty.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
    while (!netty.isTerminated()) {
      netty.runNow();
    }
    received.close();
    writeBuffers.close();
    if (datagramBuffer != null) {
      datagramBuffer.close();
    }
  }
}
