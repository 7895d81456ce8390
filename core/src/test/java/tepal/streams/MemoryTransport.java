// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import static tepal.streams.Bytes.text;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tepal.testing.Trail;

/// A transport to nowhere, which notes in a trail what is asked of it.
final class MemoryTransport implements Transport {
  private final Trail trail;
  private final Map<ExtraInfo<?>, Object> extra = new HashMap<>();
  private final WaterMarks waterMarks = new WaterMarks();
  private @Nullable BaseProtocol<?> protocol;
  boolean pausable = true;
  Runnable onResume = () -> {};
  private boolean paused;
  private boolean closing;

  /// How much was written and is not "sent".
  long buffered;

  MemoryTransport(Trail trail) {
    this.trail = trail;
  }

  <T> MemoryTransport with(ExtraInfo<T> key, T value) {
    extra.put(key, value);
    return this;
  }

  /// Connects a protocol, as whoever makes a transport does.
  MemoryTransport connect(Protocol connected) {
    protocol = connected;
    connected.connectionMade(this);
    return this;
  }

  /// Lets the peer take some of what is buffered.
  void send(long count) {
    buffered -= count;
    waterMarks.maybeResume(buffered, getProtocol());
  }

  @Override
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    return key.type().cast(extra.get(key));
  }

  @Override
  public boolean isClosing() {
    return closing;
  }

  @Override
  public void close() {
    if (!closing) {
      closing = true;
      trail.add("close");
    }
  }

  @Override
  public void abort() {
    closing = true;
    trail.add("abort");
  }

  @Override
  public void setProtocol(BaseProtocol<?> newProtocol) {
    protocol = newProtocol;
  }

  @Override
  public BaseProtocol<?> getProtocol() {
    return protocol == null ? new Protocol() {} : protocol;
  }

  @Override
  public boolean isReading() {
    return !paused && !closing;
  }

  @Override
  public void pauseReading() {
    if (!pausable) {
      throw new UnsupportedOperationException("pauseReading");
    }
    paused = true;
    trail.add("pause");
  }

  @Override
  public void resumeReading() {
    paused = false;
    trail.add("resume");
    onResume.run();
  }

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
  public void write(byte[] data) {
    trail.add("write " + text(data));
    buffered += data.length;
    waterMarks.maybePause(buffered, getProtocol());
  }

  @Override
  public void write(ByteBuffer data) {
    byte[] copy = new byte[data.remaining()];
    data.get(copy);
    write(copy);
  }

  @Override
  public void writeEof() {
    trail.add("eof");
  }

  @Override
  public boolean canWriteEof() {
    return true;
  }

  @Override
  public String toString() {
    return "MemoryTransport";
  }
}
