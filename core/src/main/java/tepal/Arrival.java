// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The outcome of what another thread did, on its way to the loop.
final class Arrival<T extends @Nullable Object> extends Ready {
  private final Future<T> future;
  private final @Nullable Object value;
  private final @Nullable Throwable failure;

  // takes back what counted it as outstanding
  private final Consumer<Scheduler> ended;

  Arrival(
      Future<T> future,
      @Nullable Object value,
      @Nullable Throwable failure,
      Consumer<Scheduler> ended) {
    this.future = future;
    this.value = value;
    this.failure = failure;
    this.ended = ended;
  }

  @Override
  @Nullable Strand dispatch(Scheduler scheduler) {
    ended.accept(scheduler);
    if (future.done()) {
      return null;
    }
    if (failure == null) {
      future.complete(value);
    } else if (failure instanceof CancellationException) {
      boolean _ = future.requestCancel(null);
    } else {
      future.completeExceptionally(failure);
    }
    return null;
  }
}
