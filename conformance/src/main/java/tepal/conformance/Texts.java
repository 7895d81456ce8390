// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tepal.CancelledError;
import tepal.ExceptionGroup;
import tepal.InvalidStateException;
import tepal.Outcome;
import tepal.TimeoutException;
import tepal.queues.QueueEmptyException;
import tepal.queues.QueueFullException;
import tepal.queues.QueueShutDownException;
import tepal.sync.BrokenBarrierException;

/// How values and exceptions are written in a trace.
final class Texts {
  /// What the kind of an exception begins with that is none of the grammar's.
  static final String UNEXPECTED = "Unexpected(";

  private Texts() {}

  static String value(@Nullable Object value) {
    return switch (value) {
      case null -> "none";
      case Outcome.Value<?> outcome -> value(outcome.value());
      case Outcome.Failure<?> outcome -> "!" + kind(outcome.exception());
      case List<?> list ->
        list.stream().map(Texts::value).collect(Collectors.joining(",", "[", "]"));
      default -> value.toString();
    };
  }

  /// Returns the kind of an exception. One that no program should meet is named in full, so that it
  /// shows as a difference and not as a crash.
  static String kind(Throwable exception) {
    return switch (exception) {
      case AppError error -> "AppError(" + error.getMessage() + ")";
      case CancelledError error -> cancelled(error.getMessage());
      case TimeoutException _ -> "Timeout";
      case QueueEmptyException _ -> "QueueEmpty";
      case QueueFullException _ -> "QueueFull";
      case QueueShutDownException _ -> "QueueShutDown";
      case BrokenBarrierException _ -> "BrokenBarrier";
      case InvalidStateException _ -> "InvalidState";
      case IllegalStateException _, IllegalArgumentException _ -> "IllegalState";
      case ExceptionGroup group ->
        group.exceptions().stream()
            .map(Texts::kind)
            .collect(Collectors.joining(",", "Group[", "]"));
      default -> UNEXPECTED + exception + ")";
    };
  }

  private static String cancelled(@Nullable String message) {
    return message == null ? "Cancelled" : "Cancelled(" + message + ")";
  }
}
