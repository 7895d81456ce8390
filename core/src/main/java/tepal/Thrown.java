// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// How exceptions cross the border of a task, and which of them are a cancellation in other
/// clothes.
final class Thrown {
  private Thrown() {}

  /// Throws `e` as it is, checked or not. Declared to return, so that the caller can `throw`
  /// it.
  @SuppressWarnings("unchecked")
  static <X extends Throwable> RuntimeException sneak(Throwable e) throws X {
    throw (X) e;
  }

  /// Throws `e` itself if it is unchecked, otherwise in a [CompletionException].
  static RuntimeException unchecked(Throwable e) {
    if (e instanceof RuntimeException || e instanceof Error) {
      throw Thrown.<RuntimeException>sneak(e);
    }
    throw new CompletionException(e);
  }

  /// Returns what `e` really is: a [CancelledError] if it is what an interrupt of blocking JDK
  /// code left behind, otherwise itself.
  static Throwable afterInterrupt(Throwable e, @Nullable String message) {
    if (e instanceof CancelledError || Scheduler.isFatal(e)) {
      return e;
    }
    Throwable cause = e;
    for (int depth = 0; cause != null && depth < 100; depth++) {
      if (isInterruption(cause)) {
        return new CancelledError(message, e);
      }
      if (cause instanceof TimeoutException) {
        return e; // the cancellation that is its cause has had its effect
      }
      cause = cause.getCause();
    }
    return e;
  }

  private static boolean isInterruption(Throwable e) {
    return e instanceof InterruptedException
        || e instanceof ClosedByInterruptException
        || (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException))
        || e instanceof CancelledError
        || (e instanceof SocketException && "Closed by interrupt".equals(e.getMessage()));
  }
}
