// SPDX-License-Identifier: Apache-2.0
package tepal.junit;

import static java.util.stream.Collectors.joining;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.Task;

/// What the tasks of a loop are doing, for the message of a failure.
final class PendingTasks {
  private PendingTasks() {}

  /// May be called from any thread; never hangs.
  static String describe(EventLoop loop) {
    if (!loop.isRunning()) {
      return listing(loop);
    }
    FutureTask<String> look = new FutureTask<>(() -> listing(loop));
    try {
      loop.callSoonThreadsafe(look);
      return look.get(500, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return loop + " was not asked for its tasks";
    } catch (TimeoutException | ExecutionException | IllegalStateException e) {
      return loop + " does not answer";
    }
  }

  private static String listing(EventLoop loop) {
    return Asyncio.allTasks(loop).stream()
        .map(Task::toString)
        .collect(joining("\n* ", loop + "\n* ", ""));
  }
}
