// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.io.Serial;

/// The error that programs raise themselves. It has no stack trace: ten thousand programs raise
/// many.
final class AppError extends RuntimeException {
  @Serial
  private static final long serialVersionUID = 1L;

  AppError(String name) {
    super(name, null, /* enableSuppression= */ true, /* writableStackTrace= */ false);
  }
}
