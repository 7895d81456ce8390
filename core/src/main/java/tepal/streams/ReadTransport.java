// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

/// A transport that bytes come from.
///
/// Mirrors
/// [`asyncio.ReadTransport`](https://docs.python.org/3.14/library/asyncio-protocol.html#asyncio.ReadTransport).
public interface ReadTransport extends BaseTransport {

  /// Returns whether the protocol is given what comes in.
  ///
  /// @return false if reading is paused, the other side has ended its stream, or the transport is
  ///     closing
  boolean isReading();

  /// Keeps the protocol from being given data until [#resumeReading()]. Does nothing if
  /// reading is paused already or the transport is closing.
  ///
  /// The other side is told to wait in its own way, once the buffers in between are full:
  /// those of the system, and one of the transport's that has a bound.
  ///
  /// @throws UnsupportedOperationException if the transport cannot do that
  void pauseReading();

  /// Lets the protocol be given data again. Does nothing if reading is not paused or the
  /// transport is closing. No data arrives before this method has returned.
  void resumeReading();
}
