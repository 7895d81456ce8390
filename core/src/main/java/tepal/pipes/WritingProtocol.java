// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import org.jspecify.annotations.Nullable;
import tepal.streams.BaseProtocol;
import tepal.streams.FlowControl;
import tepal.streams.WriteTransport;

/// The protocol below a writer that has no reader beside it.
final class WritingProtocol implements BaseProtocol<WriteTransport> {
  private final FlowControl flowControl = new FlowControl();
  private final Runnable lost;

  /// Creates a protocol that calls `lost` when the connection is.
  WritingProtocol(Runnable lost) {
    this.lost = lost;
  }

  FlowControl flowControl() {
    return flowControl;
  }

  @Override
  public void pauseWriting() {
    flowControl.pauseWriting();
  }

  @Override
  public void resumeWriting() {
    flowControl.resumeWriting();
  }

  @Override
  public void connectionLost(@Nullable Throwable exception) {
    lost.run();
    flowControl.connectionLost(exception);
  }
}
