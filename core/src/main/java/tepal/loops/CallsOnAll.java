// SPDX-License-Identifier: Apache-2.0
package tepal.loops;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tepal.Body;
import tepal.CancelledError;
import tepal.EventLoop;

/// The calls of one body on all loops of a group.
final class CallsOnAll<T extends @Nullable Object> {
  private final List<RemoteCall<T>> calls = new ArrayList<>();

  CallsOnAll(List<EventLoop> loops, Body<T, ?> body) {
    for (EventLoop loop : loops) {
      calls.add(new RemoteCall<>(loop, body));
    }
  }

  /// Starts the calls, waits for their ends and returns the values.
  <X extends Throwable> List<T> run() throws X {
    List<CompletableFuture<RemoteCall.End<T>>> ends = new ArrayList<>();
    for (RemoteCall<T> call : calls) {
      ends.add(call.start());
    }
    for (CompletableFuture<RemoteCall.End<T>> each : ends) {
      var _ = each.thenAccept(end -> {
        if (end.failure() != null) {
          cancel();
        }
      });
    }
    CompletableFuture<?> all = CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new));
    CancelledError cancellation = Waits.untilDone(all, this::cancel, null);
    List<RemoteCall.End<T>> ended = ends.stream().map(CompletableFuture::join).toList();
    Throwable failure = failure(ended, cancellation);
    if (failure != null) {
      throw RemoteCall.<X>sneak(failure);
    }
    return values(ended);
  }

  private void cancel() {
    calls.forEach(RemoteCall::cancel);
  }

  @SuppressWarnings("NullAway") // null only if T allows it
  private List<T> values(List<RemoteCall.End<T>> ended) {
    List<T> values = new ArrayList<>();
    ended.forEach(end -> values.add(end.value()));
    return values;
  }

  /// Returns what to throw: the caller's own cancellation, or the first failure that is not the
  /// consequence of another.
  private @Nullable Throwable failure(
      List<RemoteCall.End<T>> ended, @Nullable CancelledError cancellation) {
    List<Throwable> failures = new ArrayList<>();
    Throwable cancelled = cancellation;
    for (int i = 0; i < calls.size(); i++) {
      Throwable each = calls.get(i).failure(ended.get(i), null);
      if (each instanceof CancelledError) {
        cancelled = cancelled == null ? each : cancelled;
      } else if (each != null && !failures.contains(each)) {
        failures.add(each);
      }
    }
    if (cancellation != null) {
      failures.addFirst(cancellation);
    }
    if (failures.isEmpty()) {
      return cancelled;
    }
    Throwable first = failures.removeFirst();
    failures.forEach(first::addSuppressed);
    return first;
  }
}
