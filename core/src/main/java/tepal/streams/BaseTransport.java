// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import org.jspecify.annotations.Nullable;

/// What moves the bytes of one connection, and calls a protocol when something happens.
///
/// Transports are made by the calls that open connections or start processes. All methods
/// must be called from the loop, and return immediately.
///
/// Mirrors
/// [`asyncio.BaseTransport`](https://docs.python.org/3.14/library/asyncio-protocol.html#asyncio.BaseTransport).
public interface BaseTransport {

  /// Returns a piece of what the transport knows beside its bytes.
  ///
  /// @param key what is asked for
  /// @param <T> the type of the value
  /// @return the value, or null if the transport does not know it
  <T> @Nullable T getExtraInfo(ExtraInfo<T> key);

  /// Returns a piece of what the transport knows beside its bytes.
  ///
  /// @param key what is asked for
  /// @param otherwise what to return if the transport does not know it
  /// @param <T> the type of the value
  /// @return the value
  default <T> T getExtraInfo(ExtraInfo<T> key, T otherwise) {
    T known = getExtraInfo(key);
    return known == null ? otherwise : known;
  }

  /// Returns whether the transport is closing or closed.
  ///
  /// @return whether it is
  boolean isClosing();

  /// Closes the transport: it takes no more data in either direction, writes what is
  /// buffered, and then the protocol's `connectionLost(null)` is called. Closing twice does
  /// nothing.
  void close();

  /// Sets the protocol that is called from now on.
  ///
  /// @param protocol the protocol
  /// @throws IllegalArgumentException if it is of a kind that this transport cannot call
  void setProtocol(BaseProtocol<?> protocol);

  /// Returns the protocol that is called.
  ///
  /// @return the protocol
  BaseProtocol<?> getProtocol();
}
