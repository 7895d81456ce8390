// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tepal.Action;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.Runner;
import tepal.Task;
import tepal.testing.VirtualClock;

/// What happened in a test, in words and in order.
public final class Trail {
  private final List<String> words = new ArrayList<>();

  /// Starts empty.
  public Trail() {}

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

  /// Adds a word.
  ///
  /// @param word what happened
  public void add(String word) {
    words.add(word);
  }

  /// Starts a task that adds `NAME done`, `NAME cancelled`, `NAME cancelled(MESSAGE)` or
  /// `NAME threw CLASS` when it ends.
  ///
  /// @param name the name
  /// @param body what the task does
  /// @return the task, which never fails
  public Task<@Nullable Void> task(String name, Action<?> body) {
    return Asyncio.createTask(() -> {
      add(name + " " + outcome(body));
    });
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

  /// Lets everything run that is ready now, and what that makes ready does not.
  public static void pass() {
    Asyncio.sleep(Duration.ZERO);
  }

  /// Lets everything run until nothing is ready any more.
  public static void settle() {
    Asyncio.sleep(Duration.ofSeconds(1));
  }

  /// Asserts what happened since the last assertion.
  ///
  /// @param expected the words, in order
  public void assertIs(String... expected) {
    assertThat(words).containsExactly(expected);
    words.clear();
  }

  /// Asserts what happened since the last assertion, where its order is not ours.
  ///
  /// @param expected the words
  public void assertAreInAnyOrder(String... expected) {
    assertThat(words).containsExactlyInAnyOrder(expected);
    words.clear();
  }
}
