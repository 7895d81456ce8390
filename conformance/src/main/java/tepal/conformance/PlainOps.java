// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.Future;
import tepal.Task;

/// The operations that take nothing but single values. Each is one call on an object, a future or a
/// task, and its value is what the call returns.
final class PlainOps {
  private final World world;
  private final Trace trace;

  PlainOps(World world, Trace trace) {
    this.world = world;
    this.trace = trace;
  }

  @Nullable Object run(Op.Plain op) {
    return switch (op.verb()) {
      case CANCEL -> ofTask(op, task -> task.cancel(op.message(1)));
      case STATE -> state(world.task(op.text(0)));
      case ON_TASK_DONE -> ofTask(op, task -> onDone(task, op.text(1)));
      case AWAIT -> ofTask(op, Task::await);
      case SHIELD -> ofTask(op, task -> Asyncio.shield(task).await());

      case UNCANCEL -> requireNonNull(Asyncio.currentTask()).uncancel();
      case CANCELLING -> requireNonNull(Asyncio.currentTask()).cancelling();
      case SLEEP -> nothing(() -> Asyncio.sleep(world.pause(op.number(0))));

      case SET_RESULT -> nothing(() -> future(op).setResult(op.value(1)));
      case SET_EXCEPTION -> nothing(() -> future(op).setException(new AppError(op.text(1))));
      case CANCEL_FUTURE -> future(op).cancel(op.message(1));
      case ON_DONE -> onDone(future(op), op.text(1));
      case FUTURE -> future(op).await();

      case SET_EVENT -> nothing(() -> world.event(op.text(0)).set());
      case CLEAR_EVENT -> nothing(() -> world.event(op.text(0)).clear());
      case WAIT_EVENT -> world.event(op.text(0)).await();

      case NOTIFY -> nothing(() -> world.condition(op.text(0)).signal((int) op.number(1)));
      case NOTIFY_ALL -> nothing(() -> world.condition(op.text(0)).signalAll());
      case WAIT_CONDITION -> world.condition(op.text(0)).await();

      case RELEASE -> nothing(() -> world.semaphore(op.text(0)).release());
      case ACQUIRE -> acquire(op);

      case BARRIER -> world.barrier(op.text(0)).await();
      case RESET_BARRIER -> nothing(() -> world.barrier(op.text(0)).reset());
      case ABORT_BARRIER -> nothing(() -> world.barrier(op.text(0)).abort());

      case PUT_NOWAIT -> nothing(() -> world.queue(op.text(0)).putNowait(op.value(1)));
      case GET_NOWAIT -> world.queue(op.text(0)).getNowait();
      case TASK_DONE -> nothing(() -> world.queue(op.text(0)).taskDone());
      case SIZE -> world.queue(op.text(0)).qsize();
      case PUT -> nothing(() -> world.queue(op.text(0)).put(op.value(1)));
      case GET -> world.queue(op.text(0)).get();
      case JOIN -> nothing(() -> world.queue(op.text(0)).join());

      case SET_VAR -> nothing(() -> world.contextVar(op.text(0)).set(op.value(1)));
      case GET_VAR -> world.contextVar(op.text(0)).get();
    };
  }

  @Nullable Object shutdown(Op.Shutdown op) {
    return nothing(() -> world.queue(op.queue()).shutdown(op.immediate()));
  }

  /// Returns what a call on a task returns, or null if no task has the name (yet).
  private @Nullable Object ofTask(
      Op.Plain op, Function<Task<@Nullable Object>, @Nullable Object> call) {
    Task<@Nullable Object> task = world.task(op.text(0));
    return task == null ? null : call.apply(task);
  }

  private static String state(@Nullable Task<@Nullable Object> task) {
    if (task == null) {
      return "unknown";
    }
    if (!task.done()) {
      return "pending " + task.cancelling();
    }
    if (task.cancelled()) {
      return "cancelled";
    }
    Throwable exception = task.exception();
    return exception == null
        ? "done " + Texts.value(task.result())
        : "failed " + Texts.kind(exception);
  }

  private @Nullable Object onDone(Future<@Nullable Object> future, String label) {
    future.addDoneCallback(_ -> trace.log(label, "done callback"));
    return null;
  }

  /// Acquires a slot that no scope releases. Python's `acquire` returns True.
  private boolean acquire(Op.Plain op) {
    var _ = world.semaphore(op.text(0)).acquire();
    return true;
  }

  private Future<@Nullable Object> future(Op.Plain op) {
    return world.future(op.text(0));
  }

  private static @Nullable Object nothing(Runnable call) {
    call.run();
    return null;
  }
}
