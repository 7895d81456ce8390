// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tepal.Action;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.Runner;
import tepal.Task;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

/// Tasks of a test that leave a word behind when they end.
public final class NamedTasks {
  private final Trail trail;

  /// Makes tasks that leave their words in `trail`.
  ///
  /// @param trail the trail
  public NamedTasks(Trail trail) {
    this.trail = trail;
  }

  /// Runs a test on a loop of its own, in virtual time.
  ///
  /// @param main the body of the main task
  /// @throws X what the body threw
  /// @param <X> what the body may throw
  public static <X extends Throwable> void onLoop(Action<X> main) throws X {
    try (var runner = new Runner(EventLoop.builder().clock(new VirtualClock()))) {
      runner.run(main);
    }
  }

  /// Lets everything run that is ready now, and what that makes ready does not.
  public static void pass() {
    Asyncio.sleep(Duration.ZERO);
  }

  /// Lets everything run until nothing is ready any more, and timers of less than a second.
  public static void settle() {
    Asyncio.sleep(Duration.ofSeconds(1));
  }

  /// Starts a task that adds `NAME done`, `NAME cancelled`, `NAME cancelled(MESSAGE)` or
  /// `NAME threw CLASS` when it ends.
  ///
  /// @param name the name
  /// @param body what the task does
  /// @return the task, which never fails
  public Task<@Nullable Void> start(String name, Action<?> body) {
    return Asyncio.createTask(() -> trail.add(name + " " + outcome(body)));
  }

  private static String outcome(Action<?> body) {
    try {
      body.run();
      return "done";
    } catch (CancelledError error) {
      return error.getMessage() == null ? "cancelled" : "cancelled(" + error.getMessage() + ")";
    } catch (Throwable error) {
      return "threw " + error.getClass().getSimpleName();
    }
  }
}
