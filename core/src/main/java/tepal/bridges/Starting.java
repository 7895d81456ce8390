// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The start of a task, for which another thread waits.
final class Starting<S extends @Nullable Object> implements TaskStatus<S> {
  // completed by the task, or by the end of the task
  private final CompletableFuture<S> value = new CompletableFuture<>();

  @Override
  public void started(S said) {
    if (!value.complete(said)) {
      throw new IllegalStateException(
          "Expected a task that says once that it has started, but it did so before");
    }
  }

  /// Blocks the current thread until the task has started.
  StartedTask<S> await(CompletableFuture<@Nullable Void> task, Runnable onInterrupt) {
    var _ = task.whenComplete((_, failure) -> {
      boolean _ = value.completeExceptionally(
          failure == null
              ? new IllegalStateException("The task ended without having called started()")
              : failure);
    });
    return new StartedTask<>(Blocking.getUnchecked(value, onInterrupt), task);
  }
}
