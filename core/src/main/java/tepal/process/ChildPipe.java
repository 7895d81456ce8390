// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import org.jspecify.annotations.Nullable;
import tepal.blocking.PipeOwner;
import tepal.streams.BaseProtocol;
import tepal.streams.ExtraInfo;

/// One of a child's pipes, whose events go to the protocol of the child.
///
/// @param fd which one
/// @param child the child
record ChildPipe(int fd, ChildTransport child) implements PipeOwner {
  @Override
  public void dataReceived(byte[] data) {
    child.pipeDataReceived(fd, data);
  }

  @Override
  public void connectionLost(@Nullable Throwable failure) {
    child.pipeConnectionLost(fd, failure);
  }

  @Override
  public BaseProtocol<?> getProtocol() {
    return child.getProtocol();
  }

  @Override
  public void setProtocol(BaseProtocol<?> protocol) {
    throw child.refusal(protocol);
  }

  @Override
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    return child.getExtraInfo(key);
  }

  @Override
  public String toString() {
    return "fd=" + fd;
  }
}
