// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.Task;
import tepal.sync.Event;

/// The tasks that other threads started through a portal. Confined to the loop.
final class PortalTasks {
  /*
   * A request of another thread is a callback that makes a task, which has its first turn an iteration
   * later, and belongs to the portal from then on. So the portal stops an iteration after it was asked to:
   * what was asked for before that has begun by then.
   */
  private final EventLoop loop;

  // those that have begun and not ended, in the order of their beginning
  private final Set<Task<?>> begun = new LinkedHashSet<>();

  private boolean stopped;

  // set once this is stopped and no task is left
  private final Event finished = new Event();

  PortalTasks(EventLoop loop) {
    this.loop = loop;
  }

  static IllegalStateException refusal() {
    return new IllegalStateException("Expected a portal that is open, but it is stopped");
  }

  /// Notes that a task begins.
  ///
  /// @throws IllegalStateException if it must not
  void begin(Task<?> task) {
    if (stopped) {
      throw refusal();
    }
    begun.add(task);
  }

  void end(Task<?> task) {
    begun.remove(task);
    noteEnd();
  }

  private void noteEnd() {
    if (stopped && begun.isEmpty()) {
      finished.set();
    }
  }

  /// Stops once what was asked for before has begun.
  void stopSoon(boolean cancelling) {
    var _ = loop.callSoon(() -> stop(cancelling));
  }

  private void stop(boolean cancelling) {
    stopped = true;
    if (cancelling) {
      cancelAll();
    }
    noteEnd();
  }

  private void cancelAll() {
    for (Task<?> each : List.copyOf(begun)) {
      boolean _ = each.cancel();
    }
  }

  /// Suspends the current task until this is stopped and no task is left.
  void join() {
    boolean _ = finished.await();
  }

  /// Does what [#join()] does; a cancellation cancels the tasks, but does not end the wait.
  void serve() {
    CancelledError cancellation = null;
    while (!finished.isSet()) {
      try {
        join();
      } catch (CancelledError e) {
        cancellation = e;
        stop(/* cancelling= */ true);
      }
    }
    if (cancellation != null) {
      throw cancellation;
    }
  }

  /// Stops this once what was asked for before has begun, and suspends the current task until
  /// no task is left.
  ///
  /// @throws CancelledError if the task was cancelled meanwhile, when all tasks have ended
  void finish(boolean cancelling) {
    if (loop.isClosed()) {
      return; // which ends the tasks itself, and runs no callback any more
    }
    var _ = loop.callSoon(() -> stopSoon(cancelling));
    serve();
  }
}
