// SPDX-License-Identifier: Apache-2.0
package tepal.blocking;

import org.jspecify.annotations.Nullable;
import tepal.streams.BaseProtocol;
import tepal.streams.ExtraInfo;

/// What a pipe belongs to: it knows the protocol, and how to tell it. Called on the loop.
///
/// Its `toString` says which pipe it is.
public interface PipeOwner {

  /// Gives the protocol what came in.
  ///
  /// @param data the bytes, at least one
  default void dataReceived(byte[] data) {}

  /// Notes that the other side has ended the stream. [#connectionLost] follows.
  default void eofReceived() {}

  /// Notes that all that was written has left this process.
  default void drained() {}

  /// Tells the protocol that the pipe is gone. Called once.
  ///
  /// @param failure why; null if one of the sides closed it
  void connectionLost(@Nullable Throwable failure);

  /// Returns the protocol, which is told to pause and to resume writing.
  ///
  /// @return the protocol
  BaseProtocol<?> getProtocol();

  /// Sets the protocol, or refuses it.
  ///
  /// @param protocol the protocol
  void setProtocol(BaseProtocol<?> protocol);

  /// Returns what is known beside the bytes.
  ///
  /// @param key what is asked for
  /// @param <T> the type of the value
  /// @return the value, or null
  <T> @Nullable T getExtraInfo(ExtraInfo<T> key);
}
