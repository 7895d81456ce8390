// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import java.io.Serial;

/// Thrown by [Queue#getNowait()] when the queue is empty.
///
/// Mirrors `asyncio.QueueEmpty`.
public final class QueueEmptyException extends RuntimeException {
  @Serial
  private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what was expected and what was found
  public QueueEmptyException(String message) {
    super(message);
  }
}
