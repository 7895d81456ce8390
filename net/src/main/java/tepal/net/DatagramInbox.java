// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import tepal.EventLoop;
import tepal.Future;
import tepal.streams.FlowControl;

/// The protocol of a [DatagramEndpoint]: what came in and was not received, and the tasks
/// that wait for it.
final class DatagramInbox implements DatagramProtocol {
  /*
   * The transport feeds it on the I/O thread, like a stream's reader, so that the task that waits is
   * the next thing that runs.
   *
   * A datagram is never in a waiter's future: it stays in `queue` until the task that was woken has
   * resumed and takes it, so that a cancelled task has taken none. A waiter stays in `line` until its
   * task has resumed, and who comes while there is a line joins it: nobody is overtaken. A task that
   * leaves the line wakes the next one if there is something for it, be it that it took one of several
   * datagrams or that it was cancelled after it had been woken. No more are woken than there are
   * things to take.
   *
   * Confined to the loop.
   */
  private final EventLoop loop;
  private final int mostQueued;
  private final int mostBytes;
  private final ArrayDeque<Datagram> queue = new ArrayDeque<>();
  private final ArrayDeque<Future<Boolean>> line = new ArrayDeque<>(2);

  final FlowControl flowControl = new FlowControl();

  // null until connectionMade
  private @Nullable NettyDatagrams transport;

  // what the system has reported and no call has thrown yet
  private @Nullable IOException error;

  private boolean closed;

  // how many in the line were woken
  private int woken;

  // whether the transport was told not to read, as the queue is full
  private boolean full;

  private boolean writingPaused;
  private long queuedBytes;
  private long received;
  private long sent;
  private long errors;
  private long errorsDropped;
  private long pauses;

  DatagramInbox(EventLoop loop, DatagramOptions options) {
    this.loop = loop;
    mostQueued = options.queueSize();
    mostBytes = options.queueBytes();
  }

  // ---- From the transport

  @Override
  public void connectionMade(DatagramTransport made) {
    transport = (NettyDatagrams) made;
  }

  /// Called on the I/O thread.
  @Override
  public void datagramReceived(byte[] data, SocketAddress from) {
    received++;
    queuedBytes += data.length;
    queue.addLast(new Datagram(data, from));
    if (!full && (queue.size() >= mostQueued || queuedBytes >= mostBytes)) {
      full = true;
      pauses++;
      transport().pauseReading();
    }
    wakeForWhatIsThere();
  }

  /// Called on the I/O thread.
  @Override
  public void errorReceived(IOException exception) {
    if (closed) {
      return; // Whoever comes is told that this is closed.
    }
    errors++;
    if (error == null) {
      error = exception;
      wakeForWhatIsThere();
    } else {
      errorsDropped++;
    }
  }

  @Override
  public void pauseWriting() {
    writingPaused = true;
    flowControl.pauseWriting();
  }

  @Override
  public void resumeWriting() {
    writingPaused = false;
    flowControl.resumeWriting();
  }

  @Override
  public void connectionLost(@Nullable Throwable exception) {
    close();
    flowControl.connectionLost(exception);
  }

  private NettyDatagrams transport() {
    NettyDatagrams made = transport;
    if (made == null) {
      throw new IllegalStateException("Expected a transport before anything else");
    }
    return made;
  }

  // ---- From tasks

  Datagram receive() {
    Datagram next = receiveOrEnd();
    if (next == null) {
      throw closedChannel();
    }
    return next;
  }

  /// Returns null if this is closed, or was closed while waiting.
  @Nullable Datagram receiveOrEnd() {
    if (!line.isEmpty() || !isReady()) {
      awaitReady();
    }
    try {
      throwError();
      return closed ? null : take();
    } finally {
      wakeForWhatIsThere();
    }
  }

  private boolean isReady() {
    return closed || available() > 0;
  }

  private int available() {
    return queue.size() + (error == null ? 0 : 1);
  }

  private void awaitReady() {
    Future<Boolean> waiter = loop.createWaiter(this);
    line.addLast(waiter);
    awaitTurn(waiter);
    while (!isReady()) {
      // A call of `send` has thrown the error that this was woken for.
      waiter = loop.createWaiter(this);
      line.addFirst(waiter);
      awaitTurn(waiter);
    }
  }

  private void awaitTurn(Future<Boolean> waiter) {
    boolean resumed = false;
    try {
      resumed = waiter.await();
    } finally {
      line.remove(waiter);
      if (waiter.done() && !waiter.cancelled()) {
        woken--;
      }
      if (!resumed) {
        wakeForWhatIsThere();
      }
    }
  }

  private Datagram take() {
    Datagram next = queue.removeFirst();
    queuedBytes -= next.data().length;
    if (full && queue.size() <= mostQueued / 2 && queuedBytes <= mostBytes / 2) {
      full = false;
      transport().resumeReading();
    }
    return next;
  }

  /// Wakes the first tasks of the line that were not woken, as many as can be served.
  private void wakeForWhatIsThere() {
    if (line.size() == woken) {
      return;
    }
    int servable = closed ? line.size() : available();
    for (Future<Boolean> waiter : line) {
      if (woken >= servable) {
        return;
      }
      if (!waiter.done()) {
        woken++;
        waiter.setResult(true);
      }
    }
  }

  /// Throws what the system has reported; suspends the current task while too much is
  /// buffered.
  void beforeSending() {
    if (closed) {
      throw closedChannel();
    }
    throwError();
    while (writingPaused) {
      flowControl.drain();
      throwError();
    }
    if (closed) {
      throw closedChannel();
    }
    sent++;
  }

  private void throwError() {
    IOException reported = error;
    if (reported != null) {
      error = null;
      throw new UncheckedIOException(reported.getMessage(), reported);
    }
  }

  private static UncheckedIOException closedChannel() {
    return new UncheckedIOException(
        "The endpoint for datagrams is closed", new ClosedChannelException());
  }

  // ---- The end

  /// Drops what is queued, and lets all who wait go on.
  void close() {
    if (!closed) {
      closed = true;
      queue.clear();
      queuedBytes = 0;
      error = null;
      wakeForWhatIsThere();
    }
  }

  boolean isClosed() {
    return closed;
  }

  DatagramStatistics statistics() {
    return new DatagramStatistics(
        received, sent, errors, errorsDropped, queue.size(), queuedBytes, waiting(), pauses);
  }

  private int waiting() {
    return (int) line.stream().filter(waiter -> !waiter.done()).count();
  }

  /// Returns what is queued, as a description of a task that waits says it.
  @Override
  public String toString() {
    return "DatagramEndpoint[%s%d queued]".formatted(closed ? "closed, " : "", queue.size());
  }
}
