// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;

/// What a call that cannot declare checked exceptions throws for the failure of a connection.
final class Failures {
  private Failures() {}

  /// Returns an exception to throw: an unchecked one as it is, an [IOException] inside an
  /// [UncheckedIOException], any other inside a [CompletionException], as futures do.
  static RuntimeException unchecked(Throwable failure) {
    return switch (failure) {
      case Error error -> throw error;
      case RuntimeException unchecked -> unchecked;
      case IOException checked -> new UncheckedIOException(checked.getMessage(), checked);
      default -> new CompletionException(failure);
    };
  }
}
