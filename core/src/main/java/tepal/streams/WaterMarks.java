// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.ExceptionContext;

/// The transport's side of flow control: tells a protocol to pause writing when the write
/// buffer has passed its upper limit, and to resume when it is down to the lower one.
///
/// A transport has one, and says whenever its buffer has grown or shrunk. Must be used from
/// the loop.
///
/// Mirrors `asyncio.transports._FlowControlMixin`.
public final class WaterMarks {
  private WriteBufferLimits limits = WriteBufferLimits.DEFAULT;
  private boolean paused;

  /// Creates water marks with the default limits.
  public WaterMarks() {}

  /// Returns the limits.
  ///
  /// @return the limits
  public WriteBufferLimits limits() {
    return limits;
  }

  /// Returns whether the protocol was told to pause, and not yet to resume.
  ///
  /// @return whether writing is paused
  public boolean isPaused() {
    return paused;
  }

  /// Sets the limits, and tells the protocol to pause if the buffer is larger than the upper
  /// one. It is not told to resume before the buffer shrinks again.
  ///
  /// @param newLimits the limits
  /// @param size how much is buffered, in bytes
  /// @param protocol the protocol
  public void setLimits(WriteBufferLimits newLimits, long size, BaseProtocol<?> protocol) {
    limits = newLimits;
    maybePause(size, protocol);
  }

  /// Tells the protocol to pause if the buffer is larger than the upper limit and it was not
  /// told before. To be called when the buffer has grown.
  ///
  /// @param size how much is buffered, in bytes
  /// @param protocol the protocol
  public void maybePause(long size, BaseProtocol<?> protocol) {
    if (size > limits.high() && !paused) {
      paused = true;
      guarded("protocol.pauseWriting() failed", protocol::pauseWriting);
    }
  }

  /// Tells the protocol to resume if it was told to pause and the buffer is not larger than
  /// the lower limit. To be called when the buffer has shrunk.
  ///
  /// @param size how much is buffered, in bytes
  /// @param protocol the protocol
  public void maybeResume(long size, BaseProtocol<?> protocol) {
    if (paused && size <= limits.low()) {
      paused = false;
      guarded("protocol.resumeWriting() failed", protocol::resumeWriting);
    }
  }

  private static void guarded(String message, Runnable call) {
    Throwable failure = failureOf(call);
    if (failure != null) {
      Asyncio.getRunningLoop().callExceptionHandler(new ExceptionContext(message, failure));
    }
  }

  private static @Nullable Throwable failureOf(Runnable call) {
    try {
      call.run();
      return null;
    } catch (Exception e) {
      return e;
    }
  }

  /// Returns the limits and whether writing is paused, as in `WaterMarks[low=16384,
  /// high=65536]`.
  @Override
  public String toString() {
    return "WaterMarks[low=%d, high=%d%s]"
        .formatted(limits.low(), limits.high(), paused ? ", paused" : "");
  }
}
