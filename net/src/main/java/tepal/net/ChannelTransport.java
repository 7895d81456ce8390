// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tepal.Context;
import tepal.EventLoop;
import tepal.ExceptionContext;
import tepal.Future;
import tepal.streams.BaseProtocol;
import tepal.streams.ExtraInfo;
import tepal.streams.Protocol;
import tepal.streams.StreamReader;
import tepal.streams.StreamReaderProtocol;
import tepal.streams.Transport;
import tepal.streams.WaterMarks;
import tepal.streams.WriteBufferLimits;

/// A transport over a channel of the JDK that somebody else has connected or accepted.
final class ChannelTransport implements FileTransport {
  /*
   * asyncio's own way: a write is tried at once, the rest is buffered and the channel waited for;
   * callbacks of the loop read and write. Everything here runs in tasks and callbacks.
   *
   * state     entered by                                  leaves by
   * --------  ------------------------------------------  -------------------------------------
   * OPEN      constructor                                 close(), abort(), a failure, the peer → CLOSING
   * CLOSING   see above: nothing more is read or written  all is sent → LOST
   * LOST      connectionLost is queued or was called; the channel is closed with that call
   */
  private enum State {
    OPEN,
    CLOSING,
    LOST
  }

  // what one call reads at most: the JDK keeps a direct buffer of that size
  private static final int READ_SIZE = 64 * 1024;

  private final EventLoop loop;
  private final Readiness readiness;
  private final SocketChannel channel;
  private final Context context = Context.copyContext();
  private final WaterMarks waterMarks = new WaterMarks();

  // known before the channel is closed
  private final @Nullable SocketAddress peer;
  private final @Nullable SocketAddress local;

  // a loop that is closed calls no protocol, but leaves no channel open
  private final Runnable atLoopClose = this::loopClosed;

  private @Nullable BaseProtocol<?> protocol;
  private State state = State.OPEN;
  private boolean begun;
  private boolean paused;
  private boolean eofReceived;
  private boolean eofWritten;

  // whether the readiness calls this; so that a change is told once
  private boolean watchingRead;
  private boolean watchingWrite;

  // what was written and not sent
  private final ArrayDeque<ByteBuffer> unsent = new ArrayDeque<>();
  private long unsentBytes;

  // whether a file is being sent, and what its task waits for, if it does
  private boolean sendingFile;
  private @Nullable Future<@Nullable Void> allSent;

  /// @throws IllegalArgumentException if the channel is not connected
  ChannelTransport(EventLoop loop, Readiness readiness, SocketChannel channel) {
    if (!channel.isConnected()) {
      throw new IllegalArgumentException("Expected a channel that is connected, got " + channel);
    }
    this.loop = loop;
    this.readiness = readiness;
    this.channel = channel;
    try {
      var _ = channel.configureBlocking(false);
      peer = channel.getRemoteAddress();
      local = channel.getLocalAddress();
      if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
        var _ = channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    loop.addCloseCallback(atLoopClose);
  }

  /// Gives this its protocol and tells the protocol that it is connected; then reading begins.
  void begin(BaseProtocol<Transport> first) {
    setProtocol(first);
    try {
      first.connectionMade(this);
    } finally {
      var _ = loop.callSoon(
          () -> {
            begun = true;
            update();
          },
          context);
    }
  }

  @Override
  public void setProtocol(BaseProtocol<?> newProtocol) {
    if (!(newProtocol instanceof Protocol)) {
      throw new IllegalArgumentException(
          "Expected a protocol of the kind " + Protocol.class.getName() + ", got " + newProtocol);
    }
    protocol = newProtocol;
  }

  @Override
  public BaseProtocol<?> getProtocol() {
    return Objects.requireNonNull(protocol, "protocol");
  }

  /// Lets the channel be watched for what is wanted now.
  private void update() {
    boolean read = begun && isReading();
    if (read != watchingRead) {
      watchingRead = read;
      if (read) {
        readiness.set(channel, Readiness.Direction.READ, this::readReady);
      } else {
        boolean _ = readiness.unset(channel, Readiness.Direction.READ);
      }
    }
    boolean write = !unsent.isEmpty() && state != State.LOST;
    if (write != watchingWrite) {
      watchingWrite = write;
      if (write) {
        readiness.set(channel, Readiness.Direction.WRITE, this::writeReady);
      } else {
        boolean _ = readiness.unset(channel, Readiness.Direction.WRITE);
      }
    }
  }

  // ---- Reading

  private void readReady() {
    if (!isReading()) {
      return;
    }
    ByteBuffer buffer = ByteBuffer.allocate(READ_SIZE);
    int count;
    try {
      count = channel.read(buffer);
    } catch (IOException e) {
      lose(e);
      return;
    }
    if (count < 0) {
      ended();
    } else if (count > 0) {
      received(buffer.flip());
    }
  }

  private void received(ByteBuffer data) {
    try {
      if (protocol instanceof StreamReaderProtocol streams) {
        StreamReader reader = streams.reader();
        reader.feedData(data);
      } else if (protocol instanceof Protocol receiving) {
        byte[] bytes = new byte[data.remaining()];
        var _ = data.get(bytes);
        receiving.dataReceived(bytes);
      }
    } catch (Exception e) {
      fatal("dataReceived", e);
    }
  }

  private void ended() {
    eofReceived = true;
    update();
    try {
      if (protocol instanceof Protocol receiving && !receiving.eofReceived()) {
        close();
      }
    } catch (Exception e) {
      fatal("eofReceived", e);
    }
  }

  private void fatal(String call, Exception e) {
    loop.callExceptionHandler(new ExceptionContext(
        "Fatal error: protocol.%s() call failed on %s".formatted(call, this), e));
    lose(e);
  }

  @Override
  public boolean isReading() {
    return state == State.OPEN && !paused && !eofReceived;
  }

  @Override
  public void pauseReading() {
    paused = true;
    update();
  }

  @Override
  public void resumeReading() {
    paused = false;
    update();
  }

  // ---- Writing

  @Override
  public void write(byte[] data) {
    write(ByteBuffer.wrap(data));
  }

  @Override
  public void write(ByteBuffer data) {
    if (eofWritten || sendingFile) {
      throw new IllegalStateException((eofWritten
              ? "Expected no write after writeEof(), on "
              : "Expected no write while a file is sent, on ")
          + this);
    }
    if (state == State.OPEN) {
      send(data);
    } else {
      var _ = data.position(data.limit());
    }
  }

  /// Sends what the system takes, and buffers a copy of the rest.
  private void send(ByteBuffer data) {
    if (unsent.isEmpty() && data.hasRemaining()) {
      try {
        int _ = channel.write(data);
      } catch (IOException e) {
        var _ = data.position(data.limit());
        lose(e);
        return;
      }
    }
    if (data.hasRemaining()) {
      ByteBuffer rest = ByteBuffer.allocate(data.remaining()).put(data).flip();
      unsent.addLast(rest);
      unsentBytes += rest.remaining();
      update();
      waterMarks.maybePause(unsentBytes, getProtocol());
    }
  }

  private void writeReady() {
    try {
      for (ByteBuffer next = unsent.peek(); next != null; next = unsent.peek()) {
        unsentBytes -= channel.write(next);
        if (next.hasRemaining()) {
          break;
        }
        var _ = unsent.remove();
      }
    } catch (IOException e) {
      lose(e);
      return;
    }
    update();
    waterMarks.maybeResume(unsentBytes, getProtocol());
    if (unsent.isEmpty()) {
      drained();
    }
  }

  /// Everything that was written has been sent.
  private void drained() {
    Future<@Nullable Void> waiting = allSent;
    if (waiting != null && !waiting.done()) {
      waiting.setResult(null);
    }
    if (state == State.CLOSING) {
      lose(null);
    } else if (eofWritten) {
      try {
        var _ = channel.shutdownOutput();
      } catch (IOException e) {
        lose(e);
      }
    }
  }

  @Override
  public boolean canWriteEof() {
    return true;
  }

  @Override
  public void writeEof() {
    if (state == State.OPEN && !eofWritten) {
      eofWritten = true;
      if (unsent.isEmpty()) {
        drained();
      }
    }
  }

  @Override
  public long getWriteBufferSize() {
    return unsentBytes;
  }

  @Override
  public void setWriteBufferLimits(WriteBufferLimits limits) {
    waterMarks.setLimits(limits, unsentBytes, getProtocol());
  }

  @Override
  public WriteBufferLimits getWriteBufferLimits() {
    return waterMarks.limits();
  }

  // ---- Files

  @Override
  public boolean canSendFiles() {
    return true;
  }

  @Override
  public void beginFile() {
    if (state != State.OPEN || sendingFile || eofWritten) {
      throw new IllegalStateException(
          "Expected an open connection over which no file is sent, got " + this);
    }
    sendingFile = true;
  }

  @Override
  public void endFile() {
    sendingFile = false;
  }

  @Override
  public void awaitSent() {
    if (unsent.isEmpty()) {
      return;
    }
    Future<@Nullable Void> waiting = loop.createWaiter(this);
    allSent = waiting;
    try {
      waiting.await();
    } finally {
      allSent = null;
    }
  }

  @Override
  public long sendFromFile(Sendfile sendfile, FileChannel file, long offset, long count) {
    return Sockets.transfer(channel, file, offset, count);
  }

  @Override
  public void writeOfFile(ByteBuffer data) {
    throw new IllegalStateException("Expected the system to send files over " + this);
  }

  // ---- The end

  @Override
  public boolean isClosing() {
    return state != State.OPEN;
  }

  @Override
  public void close() {
    if (state == State.OPEN) {
      state = State.CLOSING;
      update();
      if (unsent.isEmpty()) {
        lose(null);
      }
    }
  }

  @Override
  public void abort() {
    lose(null);
  }

  /// Ends the connection: what was not sent is dropped, and the protocol told in a callback.
  private void lose(@Nullable Exception failure) {
    if (state == State.LOST) {
      return;
    }
    state = State.LOST;
    unsent.clear();
    unsentBytes = 0;
    update();
    Future<@Nullable Void> waiting = allSent;
    if (waiting != null && !waiting.done()) {
      SocketException lost = new SocketException("The connection was lost while a file was sent");
      var _ = lost.initCause(failure);
      waiting.setException(new UncheckedIOException(lost));
    }
    if (!loop.isClosed()) {
      var _ = loop.callSoon(() -> lost(failure), context);
    }
  }

  private void lost(@Nullable Exception failure) {
    try {
      BaseProtocol<?> told = protocol;
      if (told != null) {
        told.connectionLost(failure);
      }
    } finally {
      closeChannel();
    }
  }

  private void loopClosed() {
    state = State.LOST;
    update();
    closeChannel();
  }

  private void closeChannel() {
    boolean _ = loop.removeCloseCallback(atLoopClose);
    try {
      channel.close();
    } catch (IOException e) {
      loop.callExceptionHandler(new ExceptionContext("Closing a channel failed: " + channel, e));
    }
  }

  // ---- What is known

  @Override
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    Object value = key.equals(Net.PEERNAME) ? peer : key.equals(Net.SOCKNAME) ? local : null;
    return key.type().isInstance(value) ? key.type().cast(value) : null;
  }

  /// Returns the addresses and the state, as [NettyConnection] does.
  @Override
  public String toString() {
    return "Transport[%s -> %s, %s]"
        .formatted(
            local,
            peer,
            switch (state) {
              case OPEN -> paused ? "reading paused" : "open";
              case CLOSING -> "closing";
              case LOST -> "closed";
            });
  }
}
