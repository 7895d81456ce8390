// SPDX-License-Identifier: Apache-2.0
package tepal.testing;

/// Thrown by the run of a loop on whose [VirtualClock] nothing can happen any more: nothing is
/// ready, no timer will be due, and nothing is outstanding.
///
/// See [VirtualClock#failOnDeadlock].
public final class DeadlockException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeadlockException(String message) {
    super(message);
  }
}
