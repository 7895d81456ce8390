// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Small things that the body of a test does in a task.
final class InTask {
  private InTask() {}

  /// Returns the current task.
  static Task<?> me() {
    return requireNonNull(Asyncio.currentTask());
  }

  /// Lets what is ready run, so many times.
  static void pass(int iterations) {
    for (int i = 0; i < iterations; i++) {
      Asyncio.sleep(Duration.ZERO);
    }
  }

  /// Starts a task and lets it come to where it waits.
  static Task<@Nullable Void> started(Action<?> body) {
    Task<@Nullable Void> task = Asyncio.createTask(body);
    pass(2);
    return task;
  }

  /// Returns `done`, or the name of what `body` threw.
  static String outcome(Action<?> body) {
    try {
      body.run();
      return "done";
    } catch (Throwable e) {
      return e.getClass().getSimpleName();
    }
  }
}
