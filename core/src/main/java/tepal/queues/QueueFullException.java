// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import java.io.Serial;

/// Thrown by [Queue#putNowait] when there is no room in the queue.
///
/// Mirrors `asyncio.QueueFull`.
public final class QueueFullException extends RuntimeException {
  @Serial
  private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what was expected and what was found
  public QueueFullException(String message) {
    super(message);
  }
}
