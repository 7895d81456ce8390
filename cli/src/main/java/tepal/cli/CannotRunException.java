// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import java.io.Serial;

/// A program cannot be run, for a reason that its author can do something about. The message
/// is for them, and all they need.
final class CannotRunException extends Exception {
  @Serial
  private static final long serialVersionUID = 1;

  CannotRunException(String message) {
    super(message);
  }
}
