// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import static tepal.streams.Bytes.text;

import org.jspecify.annotations.Nullable;
import tepal.streams.SubprocessProtocol;
import tepal.streams.SubprocessTransport;
import tepal.testing.Trail;

/// A protocol that notes in a trail what it is called for.
class NotingProtocol implements SubprocessProtocol {
  private final Trail trail;

  NotingProtocol(Trail trail) {
    this.trail = trail;
  }

  @Override
  public void connectionMade(SubprocessTransport transport) {
    trail.add("made");
  }

  @Override
  public void pipeDataReceived(int fd, byte[] data) {
    trail.add(fd + " data " + text(data).strip());
  }

  @Override
  public void pipeConnectionLost(int fd, @Nullable Throwable exception) {
    trail.add(fd + " lost" + (exception == null ? "" : ": " + exception.getMessage()));
  }

  @Override
  public void processExited() {
    trail.add("exited");
  }

  @Override
  public void connectionLost(@Nullable Throwable exception) {
    trail.add("lost");
  }

  @Override
  public void pauseWriting() {
    trail.add("pause");
  }

  @Override
  public void resumeWriting() {
    trail.add("resume");
  }
}
