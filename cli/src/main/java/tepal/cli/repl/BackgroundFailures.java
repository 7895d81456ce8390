// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.Awaitable;
import tepal.EventLoop;
import tepal.ExceptionContext;
import tepal.ExceptionHandler;
import tepal.Future;
import tepal.Task;
import tepal.TaskFactory;
import tepal.TaskOptions;

/// Tells of failures that nobody asks for, soon after they happen.
///
/// asyncio tells of them when the task is collected. Here that would be never, since the
/// variables of the shell keep tasks alive. So when a task that a snippet has made ends, whoever
/// awaits it has a moment to ask, and a snippet that runs has until its end. That is for a person:
/// in a script the next line may be the one to ask, so the end of the script is soon enough.
///
/// Confined to the loop.
final class BackgroundFailures implements TaskFactory, ExceptionHandler {
  // long enough for whoever awaits the task to get its turn, short for the eye
  private static final Duration MOMENT = Duration.ofMillis(100);

  private final EventLoop loop;
  private final LoopExecution execution;
  private final Failure.SnippetNames names;

  // whether a task has ended since they were told
  private boolean due;

  // whether the moment has begun
  private boolean waiting;

  BackgroundFailures(EventLoop loop, LoopExecution execution, Failure.SnippetNames names) {
    this.loop = loop;
    this.execution = execution;
    this.names = names;
  }

  @Override
  public <T extends @Nullable Object> Task<T> createTask(
      EventLoop on, Awaitable<? extends T> body, TaskOptions options) {
    Task<?> snippet = execution.runningTask();
    Task<T> task = on.newTask(body, options);
    if (snippet != null && snippet == Asyncio.currentTask()) {
      task.addDoneCallback(this::ended);
    }
    return task;
  }

  private void ended(Future<?> task) {
    due = true;
    lineEnded();
  }

  /// Tells, in a moment, of what happened while the last line ran.
  void lineEnded() {
    if (due && !waiting && execution.runningTask() == null) {
      waiting = true;
      var _ = loop.callLater(MOMENT, this::tell);
    }
  }

  private void tell() {
    waiting = false;
    if (execution.runningTask() == null) {
      due = false;
      loop.reportUnretrievedFailures();
    }
  }

  /// Shows what the loop could tell nobody else.
  @Override
  public void handle(EventLoop on, ExceptionContext context) {
    Throwable exception = context.exception();
    String text = context.message() + "\n";
    if (exception != null) {
      text += Failure.describe(exception, List.of(), names);
    }
    System.err.print(text + Failure.describeOrigin(context.origin(), names));
  }
}
