// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A scope that does not end before the tasks made in it.
///
/// ```java
/// TaskGroup.run(group -> {
///   group.createTask(() -> poll(first));
///   group.createTask(() -> poll(second));
/// });
/// ```
///
/// The first task that fails cancels the others and the body; when all have ended, the group
/// throws an [ExceptionGroup] of what failed, the body's own exception last. A task that is
/// cancelled is not a failure. If the task that entered the group is cancelled, so are its
/// tasks, and [CancelledError] leaves the group when they have ended.
///
/// Not thread-safe: confined to the loop.
///
/// Mirrors
/// [`asyncio.TaskGroup`](https://docs.python.org/3.14/library/asyncio-task.html#asyncio.TaskGroup),
/// with `cancel()` of Python 3.15.
public final class TaskGroup {
  // finished tasks leave the list when they are more than half of it, and more than this
  private static final int MAX_FINISHED = 32;

  private final Task<?> parent;

  // in the order of creation; those that finished since the last sweep are still among them
  private final ArrayList<Task<?>> tasks = new ArrayList<>();

  // tasks whose end the group has not seen, and those it has seen since the last sweep
  private int unfinished;
  private int finished;

  private final Observer onTaskDone = new Observer() {
    @Override
    void done(Future<?> task) {
      taskDone(task);
    }

    @Override
    public void awaiters(Consumer<? super Future<?>> found) {
      if (completed != null) {
        found.accept(parent);
      }
    }

    @Override
    public void laterAwaiters(Consumer<? super Future<?>> found) {
      if (completed == null) {
        found.accept(parent);
      }
    }
  };
  private final List<Throwable> errors = new ArrayList<>();

  // a failure of the virtual machine, which goes before everything else
  private @Nullable Throwable baseError;

  // what the exit waits for; null unless it does
  private @Nullable Future<@Nullable Void> completed;

  private boolean exiting;
  private boolean aborting;
  private boolean parentCancelRequested;

  private TaskGroup(Task<?> parent) {
    this.parent = parent;
  }

  /// The body of a group that gives a value.
  ///
  /// @param <T> the type of the value
  /// @param <X> what the body may throw; inferred
  @FunctionalInterface
  public interface Body<T extends @Nullable Object, X extends Throwable> {

    /// Runs the body and returns its value. May suspend the current task.
    ///
    /// @param group the group
    /// @return the value
    /// @throws X if the body fails
    T call(TaskGroup group) throws X;
  }

  /// The body of a group that gives no value.
  ///
  /// @param <X> what the body may throw; inferred
  @FunctionalInterface
  public interface Action<X extends Throwable> {

    /// Runs the body. May suspend the current task.
    ///
    /// @param group the group
    /// @throws X if the body fails
    void run(TaskGroup group) throws X;
  }

  /// Runs `body` with a new group, waits for the tasks made in it, and returns the body's
  /// value.
  ///
  /// Suspends the current task until the body and all tasks have ended.
  ///
  /// @param body what to run
  /// @param <T> the type of the value
  /// @param <X> what the body may throw; the compiler asks for it, but it arrives in the group
  /// @return the body's value; null if [#cancel()] ended the body
  /// @throws X never: what the body throws is in the [ExceptionGroup]
  /// @throws ExceptionGroup if the body or a task failed
  /// @throws CancelledError if the current task is cancelled and nothing failed
  /// @throws IllegalStateException if the current thread runs no task
  @SuppressWarnings("NullAway") // the value of a body that cancel() ended is null
  public static <T extends @Nullable Object, X extends Throwable> T call(Body<T, X> body) throws X {
    TaskGroup group = new TaskGroup(Task.requireCurrent("A task group"));
    T result = null;
    Throwable thrown = null;
    try {
      result = body.call(group);
      group.parent.leaveScope();
    } catch (Throwable e) {
      thrown = group.parent.translate(e);
    }
    group.exit(thrown);
    return result;
  }

  /// Runs `action` with a new group and waits for the tasks made in it.
  ///
  /// Suspends the current task until the action and all tasks have ended.
  ///
  /// @param action what to run
  /// @param <X> what the action may throw; the compiler asks for it, but it arrives in the
  ///     group
  /// @throws X never: what the action throws is in the [ExceptionGroup]
  /// @throws ExceptionGroup if the action or a task failed
  /// @throws CancelledError if the current task is cancelled and nothing failed
  /// @throws IllegalStateException if the current thread runs no task
  public static <X extends Throwable> void run(Action<X> action) throws X {
    Object _ = TaskGroup.<@Nullable Void, X>call(group -> {
      action.run(group);
      return null;
    });
  }

  /// Creates a task of this group.
  ///
  /// @param body what the task runs
  /// @param <T> the type of the task's value
  /// @return the task
  /// @throws IllegalStateException if the group is finished or shutting down
  public <T extends @Nullable Object> Task<T> createTask(Awaitable<? extends T> body) {
    return createTask(body, TaskOptions.NONE);
  }

  /// Creates a task of this group that has no value.
  ///
  /// @param body what the task runs
  /// @return the task
  /// @throws IllegalStateException if the group is finished or shutting down
  public Task<@Nullable Void> createTask(tepal.Action<?> body) {
    return createTask(Asyncio.awaitable(body), TaskOptions.NONE);
  }

  /// Creates a task of this group that has no value.
  ///
  /// @param body what the task runs
  /// @param options its name, its context, whether it starts at once
  /// @return the task
  /// @throws IllegalStateException if the group is finished or shutting down
  public Task<@Nullable Void> createTask(tepal.Action<?> body, TaskOptions options) {
    return createTask(Asyncio.awaitable(body), options);
  }

  /// Creates a task of this group.
  ///
  /// @param body what the task runs
  /// @param options its name, its context, whether it starts at once
  /// @param <T> the type of the task's value
  /// @return the task
  /// @throws IllegalStateException if the group is finished or shutting down
  public <T extends @Nullable Object> Task<T> createTask(
      Awaitable<? extends T> body, TaskOptions options) {
    if (exiting && unfinished == 0) {
      throw new IllegalStateException("%s is finished".formatted(this));
    }
    if (aborting) {
      throw new IllegalStateException("%s is shutting down".formatted(this));
    }
    Task<T> task = parent.getLoop().createTask(body, options);
    tasks.add(task);
    unfinished++;
    task.addCompletion(onTaskDone);
    return task;
  }

  /// Cancels the tasks that are not done, and the body if it still runs. The group then ends
  /// without [CancelledError]. Cancelling again, or a finished group, does nothing.
  ///
  /// Must be called from the loop; returns immediately.
  public void cancel() {
    parent.scheduler.requireLoopThread("cancel()");
    if (aborting || (exiting && unfinished == 0)) {
      return;
    }
    abort();
    cancelParent();
  }

  private void abort() {
    aborting = true;
    for (Task<?> task : tasks) {
      boolean _ = task.requestCancel(null);
    }
  }

  private void cancelParent() {
    if (!parentCancelRequested) {
      parentCancelRequested = true;
      boolean _ = parent.requestCancel(null);
    }
  }

  private void taskDone(Future<?> task) {
    unfinished--;
    sweep();
    Future<@Nullable Void> waiting = completed;
    if (waiting != null && unfinished == 0 && !waiting.done()) {
      waiting.complete(null);
    }
    Throwable failure = task.cancelled() ? null : task.exception();
    if (failure == null) {
      return;
    }
    errors.add(failure);
    if (Scheduler.isFatal(failure) && baseError == null) {
      baseError = failure;
    }
    if (!aborting && !parentCancelRequested) {
      abort();
      cancelParent();
    }
  }

  /// Lets go of finished tasks, so that a group that runs for long does not keep them all.
  private void sweep() {
    finished++;
    if (finished > MAX_FINISHED && finished > tasks.size() / 2) {
      finished = 0;
      tasks.removeIf(Future::done);
    }
  }

  private void exit(@Nullable Throwable thrown) {
    exiting = true;
    if (thrown != null && Scheduler.isFatal(thrown) && baseError == null) {
      baseError = thrown;
    }
    if (thrown != null && !aborting) {
      abort();
    }
    CancelledError cancellation;
    try {
      cancellation = waitForTasks(thrown instanceof CancelledError e ? e : null);
    } catch (IllegalStateException pinned) {
      throw leaveBehind(pinned, thrown);
    }
    if (baseError != null) {
      throw Thrown.<RuntimeException>sneak(baseError);
    }
    if (parentCancelRequested && parent.uncancel() == 0) {
      cancellation = null;
    }
    if (cancellation != null && errors.isEmpty()) {
      throw cancellation;
    }
    if (thrown != null && !(thrown instanceof CancelledError)) {
      errors.add(thrown);
    }
    if (!errors.isEmpty()) {
      keepOuterCancellation();
      throw new ExceptionGroup("unhandled errors in a TaskGroup", errors);
    }
  }

  /// Gives up on tasks that are still to end: the thread is pinned, so that it cannot wait
  /// here.
  private IllegalStateException leaveBehind(
      IllegalStateException pinned, @Nullable Throwable thrown) {
    abort();
    parentCancelRequested = true; // no failure of a task is to cancel the parent any more
    if (thrown != null) {
      pinned.addSuppressed(thrown);
    }
    errors.forEach(pinned::addSuppressed);
    return pinned;
  }

  /// Waits until no task is left, however often the parent is cancelled meanwhile. Returns the
  /// cancellation that is to leave the group.
  private @Nullable CancelledError waitForTasks(@Nullable CancelledError fromBody) {
    CancelledError cancellation = fromBody;
    while (unfinished > 0) {
      Future<@Nullable Void> waiting = new Future<>(parent.scheduler, this);
      completed = waiting;
      try {
        waiting.await();
      } catch (CancelledError e) {
        if (!aborting) {
          cancellation = e;
          abort();
        }
      }
      completed = null;
    }
    return cancellation;
  }

  /// Lets scopes outside see a cancellation that the exception group would hide.
  private void keepOuterCancellation() {
    if (parent.cancelling() > 0) {
      int _ = parent.uncancel();
      boolean _ = parent.requestCancel(null);
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("TaskGroup[");
    text.append(aborting ? "cancelling" : "entered");
    if (unfinished > 0) {
      text.append(", tasks=").append(unfinished);
    }
    if (!errors.isEmpty()) {
      text.append(", errors=").append(errors.size());
    }
    return text.append(']').toString();
  }
}
