// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.Context;
import tepal.EventLoop;
import tepal.ExceptionContext;
import tepal.Future;
import tepal.blocking.LoopCalls;
import tepal.blocking.PipeOwner;
import tepal.blocking.PipeReader;
import tepal.blocking.ReadPipe;
import tepal.blocking.Sink;
import tepal.blocking.WritePipe;
import tepal.streams.BaseProtocol;
import tepal.streams.BaseTransport;
import tepal.streams.ExtraInfo;
import tepal.streams.Protocol;
import tepal.streams.Transport;
import tepal.streams.WriteBufferLimits;

/// The transport of one pipe, and who tells its protocol.
///
/// It goes one way. That it has the methods of the other way, which throw, is for protocols:
/// they are given a [Transport].
final class PipeTransport implements Transport, PipeOwner {
  /*
   * A pipe is outstanding to the loop's clock like an open socket: one to be read as long as it is not
   * lost, one that is written to as long as something is on its way. The loop learns of it by a future
   * of the JDK that it waits for.
   *
   * Confined to the loop.
   */
  private final EventLoop loop;
  private final @Nullable Closeable pipe;
  private final String name;
  private final LoopCalls calls;
  private final @Nullable ReadPipe reading;
  private final @Nullable WritePipe writing;

  private BaseProtocol<?> protocol;

  // null while nothing is outstanding
  private @Nullable CompletableFuture<@Nullable Void> outstanding;

  // what the loop's end does to this
  private Runnable atLoopClose = () -> {};

  private PipeTransport(
      EventLoop loop,
      BaseProtocol<?> protocol,
      @Nullable Closeable pipe,
      String name,
      @Nullable PipeReader reader) {
    this.loop = loop;
    this.protocol = protocol;
    this.pipe = pipe;
    this.name = name;
    this.calls = new LoopCalls(loop, Context.copyContext());
    this.reading = reader == null ? null : new ReadPipe(reader, calls, this);
    this.writing = reader == null ? new WritePipe(calls, this) : null;
  }

  /// Returns a transport for what `reader` reads, once that has begun.
  static PipeTransport reading(
      Protocol protocol, @Nullable Closeable pipe, String name, PipeReader reader) {
    PipeTransport made = new PipeTransport(Asyncio.getRunningLoop(), protocol, pipe, name, reader);
    made.begin();
    return made;
  }

  /// Returns a transport that writes to `sink`.
  static PipeTransport writing(
      BaseProtocol<?> protocol, @Nullable Closeable pipe, String name, Sink sink) {
    PipeTransport made = new PipeTransport(Asyncio.getRunningLoop(), protocol, pipe, name, null);
    made.writer().connect(sink);
    return made;
  }

  /// Sets what the loop's end does to this, if it is not lost by then.
  void atLoopClose(Runnable action) {
    loop.removeCloseCallback(atLoopClose);
    atLoopClose = action;
    loop.addCloseCallback(action);
  }

  LoopCalls calls() {
    return calls;
  }

  // ---- What is outstanding

  private void begin() {
    if (outstanding == null && !loop.isClosed()) {
      outstanding = new CompletableFuture<>();
      Future<@Nullable Void> _ = Asyncio.wrapFuture(outstanding);
    }
  }

  private void end() {
    if (outstanding != null) {
      boolean _ = outstanding.complete(null);
      outstanding = null;
    }
  }

  // ---- What the pipe tells

  @Override
  public void dataReceived(byte[] data) {
    if (protocol instanceof Protocol receiving) {
      receiving.dataReceived(data);
    }
  }

  @Override
  public void eofReceived() {
    if (protocol instanceof Protocol receiving) {
      boolean _ = receiving.eofReceived();
    }
  }

  @Override
  public void drained() {
    end();
  }

  @Override
  public void connectionLost(@Nullable Throwable failure) {
    end();
    boolean _ = loop.removeCloseCallback(atLoopClose);
    if (failure != null) {
      report(failure);
    }
    protocol.connectionLost(failure);
  }

  /// As in asyncio: a terminal that hung up, and a reader that is gone, are nothing to report.
  private void report(Throwable failure) {
    boolean expected = failure instanceof IOException
        && (writing != null || "Input/output error".equals(failure.getMessage()));
    if (!expected) {
      String what = writing == null ? "read" : "write";
      loop.callExceptionHandler(
          new ExceptionContext("Fatal " + what + " error on pipe transport " + this, failure));
    }
  }

  // ---- Both ways

  private BaseTransport side() {
    return reading == null ? writer() : reading;
  }

  @Override
  public boolean isClosing() {
    return side().isClosing();
  }

  @Override
  public void close() {
    if (!isClosing()) {
      begin();
      side().close();
    }
  }

  @Override
  public void abort() {
    if (writing == null) {
      close();
    } else {
      writing.abort();
    }
  }

  @Override
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    return pipe != null && key.equals(Pipes.PIPE) ? key.type().cast(pipe) : null;
  }

  @Override
  public void setProtocol(BaseProtocol<?> newProtocol) {
    if (reading != null && !(newProtocol instanceof Protocol)) {
      throw new IllegalArgumentException("Expected a Protocol, found " + newProtocol);
    }
    protocol = newProtocol;
  }

  @Override
  public BaseProtocol<?> getProtocol() {
    return protocol;
  }

  // ---- Reading

  private ReadPipe reader() {
    if (reading == null) {
      throw new UnsupportedOperationException(
          "Expected a pipe to read from, found one to write to: " + this);
    }
    return reading;
  }

  @Override
  public boolean isReading() {
    return reading != null && reading.isReading();
  }

  @Override
  public void pauseReading() {
    reader().pauseReading();
  }

  @Override
  public void resumeReading() {
    reader().resumeReading();
  }

  // ---- Writing

  private WritePipe writer() {
    if (writing == null) {
      throw new UnsupportedOperationException(
          "Expected a pipe to write to, found one to read from: " + this);
    }
    return writing;
  }

  @Override
  public void write(byte[] data) {
    write(ByteBuffer.wrap(data));
  }

  @Override
  public void write(ByteBuffer data) {
    writer().write(data);
    if (writer().getWriteBufferSize() > 0) {
      begin();
    }
  }

  @Override
  public void writeEof() {
    WritePipe _ = writer();
    close();
  }

  @Override
  public boolean canWriteEof() {
    return writing != null;
  }

  @Override
  public void setWriteBufferLimits(WriteBufferLimits limits) {
    writer().setWriteBufferLimits(limits);
  }

  @Override
  public WriteBufferLimits getWriteBufferLimits() {
    return writer().getWriteBufferLimits();
  }

  @Override
  public long getWriteBufferSize() {
    return writer().getWriteBufferSize();
  }

  /// Writes what is left without the loop, which is being closed.
  void finish() {
    writer().finish();
  }

  /// Lets what is left be without the loop, which is being closed.
  void stop() {
    writer().stop();
  }

  /// Returns which pipe it is, and its state.
  @Override
  public String toString() {
    String state = isClosing() ? ", closing" : "";
    return writing == null
        ? "PipeTransport[reads " + name + state + "]"
        : "PipeTransport[writes " + name + ", " + writing.getWriteBufferSize() + " bytes buffered"
            + state + "]";
  }
}
