// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import org.jspecify.annotations.Nullable;

/// What a transport calls when something happens to its connection.
///
/// Implement [Protocol] or [SubprocessProtocol]. The methods are called on the loop, in the
/// order `connectionMade`, whatever comes in, `connectionLost`; each of the two once. They
/// are callbacks: they must not suspend. What they throw is given to the loop's exception
/// handler.
///
/// Mirrors
/// [`asyncio.BaseProtocol`](https://docs.python.org/3.14/library/asyncio-protocol.html#asyncio.BaseProtocol).
///
/// @param <T> the type of the transport
public interface BaseProtocol<T extends BaseTransport> {

  /// Called when the connection is there, before anything else. Does nothing by default.
  ///
  /// @param transport the connection's transport
  default void connectionMade(T transport) {}

  /// Called when the connection is gone, after everything else. Does nothing by default.
  ///
  /// @param exception why; null if the other side or this one closed it
  default void connectionLost(@Nullable Throwable exception) {}

  /// Called when so much is buffered that writing should pause. Does nothing by default.
  ///
  /// Called within the `write` that passed the limit. Calls of this and of `resumeWriting`
  /// alternate.
  default void pauseWriting() {}

  /// Called when writing may go on. Does nothing by default.
  default void resumeWriting() {}
}
