// SPDX-License-Identifier: Apache-2.0
package tepal;

/// When `Asyncio.wait` returns.
///
/// Mirrors the constants of the same names in `asyncio`.
public enum ReturnWhen {
  /// As soon as one future is done or cancelled.
  FIRST_COMPLETED,

  /// As soon as one future is done with an exception; a cancelled one does not count.
  /// Otherwise when all are done.
  FIRST_EXCEPTION,

  /// When all futures are done or cancelled.
  ALL_COMPLETED
}
