// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.io.Serial;

/// Thrown for a program that is not of the grammar. The message says where and why.
final class UnreadableProgramException extends RuntimeException {
  @Serial
  private static final long serialVersionUID = 1L;

  UnreadableProgramException(String message) {
    super(message);
  }

  /// Returns the same exception, one operation further out.
  UnreadableProgramException in(String word) {
    return new UnreadableProgramException(word + ": " + getMessage());
  }
}
