// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import java.io.Serial;

/// Thrown by [Barrier#await()] when the barrier is aborted or is reset under the tasks that wait at
/// it.
///
/// Mirrors `asyncio.BrokenBarrierError`.
public final class BrokenBarrierException extends IllegalStateException {
  @Serial
  private static final long serialVersionUID = 1L;

  /// Creates the exception.
  ///
  /// @param message what happened to the barrier
  public BrokenBarrierException(String message) {
    super(message);
  }
}
