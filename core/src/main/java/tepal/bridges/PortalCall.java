// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.Awaitable;
import tepal.Body;
import tepal.CancelledError;
import tepal.Task;

/// What a thread asked a portal to run, as the body of a task. Confined to the loop once it
/// is submitted.
final class PortalCall<T extends @Nullable Object> implements Awaitable<T> {
  private final PortalTasks tasks;
  private final Body<T, ?> body;

  // null before the task's first turn
  private @Nullable Task<?> task;

  private boolean cancelled;

  PortalCall(PortalTasks tasks, Body<T, ?> body) {
    this.tasks = tasks;
    this.body = Objects.requireNonNull(body, "body");
  }

  @Override
  public T await() {
    if (cancelled) {
      throw new CancelledError();
    }
    Task<?> current = Objects.requireNonNull(Asyncio.currentTask());
    task = current;
    tasks.begin(current);
    try {
      return body.call();
    } catch (Throwable e) {
      throw PortalCall.<RuntimeException>sneak(e);
    } finally {
      tasks.end(current);
    }
  }

  /// Cancels the task and leaves its future to the task's end, unlike a cancellation of the
  /// future.
  void cancel() {
    cancelled = true;
    Task<?> begun = task;
    if (begun != null) {
      boolean _ = begun.cancel();
    }
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> RuntimeException sneak(Throwable e) throws X {
    throw (X) e;
  }
}
