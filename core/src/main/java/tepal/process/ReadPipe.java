// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import tepal.streams.BaseProtocol;
import tepal.streams.ExtraInfo;
import tepal.streams.ReadTransport;

/// One of a child's output pipes, as its loop sees it. A [PipeReader] reads it.
final class ReadPipe implements ReadTransport {
  /*
   * What arrives while reading is paused is kept here, so that the protocol gets nothing until it
   * resumes, and keeps its part of the reader's window. So a pause stops the reader, then the child.
   *
   * Confined to the loop.
   */
  final PipeReader reader;
  private final int fd;
  private final LoopCalls calls;
  private final ChildTransport owner;

  // what came while reading was paused, and is still to be given to the protocol
  private final ArrayDeque<Runnable> held = new ArrayDeque<>(2);
  private boolean paused;
  private boolean closing;
  private boolean lost;

  ReadPipe(int fd, LoopCalls calls, ChildTransport owner) {
    this.fd = fd;
    this.calls = calls;
    this.owner = owner;
    this.reader = new PipeReader(fd, calls, this);
  }

  // ---- What the reader tells

  void arrived(byte[] data) {
    whenReading(() -> {
      if (!closing) {
        reader.taken(data.length);
        owner.pipeDataReceived(fd, data);
      }
    });
  }

  void ended(@Nullable Throwable failure) {
    whenReading(() -> {
      closing = true;
      lose(failure);
    });
  }

  private void whenReading(Runnable event) {
    if (paused || !held.isEmpty()) {
      held.add(event);
    } else {
      event.run();
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

  private void lose(@Nullable Throwable failure) {
    if (!lost) {
      lost = true;
      owner.pipeConnectionLost(fd, failure);
    }
  }

  boolean isLost() {
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
      held.clear();
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
    throw owner.refusal(protocol);
  }

  @Override
  public BaseProtocol<?> getProtocol() {
    return owner.getProtocol();
  }

  /// Returns which pipe it is, and its state.
  @Override
  public String toString() {
    return "ReadPipe[fd=%d%s%s]"
        .formatted(fd, closing ? ", closing" : "", paused ? ", paused" : "");
  }
}
