// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import java.io.Serial;

/// Thrown by [Queue#put] and [Queue#get()] when the queue is shut down.
///
/// Mirrors `asyncio.QueueShutDown`.
public final class QueueShutDownException extends RuntimeException {
  @Serial
  private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what was expected and what was found
  public QueueShutDownException(String message) {
    super(message);
  }
}
