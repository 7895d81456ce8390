// SPDX-License-Identifier: Apache-2.0
package tepal.blocking;

import org.jspecify.annotations.Nullable;
import tepal.streams.BaseProtocol;
import tepal.streams.ExtraInfo;
import tepal.streams.ReadTransport;

/// A pipe that a [PipeReader] reads, as its loop sees it.
public final class ReadPipe implements ReadTransport {
  /*
   * The reader tells of each piece and of the end, and each time one of them is taken and given to the
   * protocol. What comes while reading is paused stays with the reader, and keeps its part of the
   * window: so a pause stops the reader, then whoever writes. After it the pieces are given one in
   * each iteration.
   *
   * Confined to the loop.
   */
  private final PipeReader reader;
  private final LoopCalls calls;
  private final PipeOwner owner;

  private boolean paused;
  private boolean closing;
  private boolean lost;

  /// Creates the transport of a pipe, which is told of what comes.
  ///
  /// @param reader what reads it; it need not have begun
  /// @param calls how to reach the loop
  /// @param owner whom to give what comes
  public ReadPipe(PipeReader reader, LoopCalls calls, PipeOwner owner) {
    this.reader = reader;
    this.calls = calls;
    this.owner = owner;
    reader.attach(calls, this::deliver);
  }

  // ---- What the reader has

  private void deliver() {
    if (paused || closing) {
      return;
    }
    boolean ended = reader.isEnded();
    byte[] data = reader.poll();
    if (data != null) {
      owner.dataReceived(data);
    } else if (ended) {
      end(reader.failure());
    }
  }

  private void deliverHeld() {
    try {
      deliver();
    } finally {
      if (!paused && !closing && reader.isReady()) {
        calls.callSoon(this::deliverHeld);
      }
    }
  }

  private void end(@Nullable Throwable failure) {
    closing = true;
    try {
      if (failure == null) {
        owner.eofReceived();
      }
    } finally {
      lose(failure);
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

  // ---- What the protocol asks for

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

  @Override
  public void close() {
    if (!closing) {
      closing = true;
      reader.stop();
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
    owner.setProtocol(protocol);
  }

  @Override
  public BaseProtocol<?> getProtocol() {
    return owner.getProtocol();
  }

  /// Returns which pipe it is, and its state.
  @Override
  public String toString() {
    return "ReadPipe[%s%s%s]"
        .formatted(owner, closing ? ", closing" : "", paused ? ", paused" : "");
  }
}
