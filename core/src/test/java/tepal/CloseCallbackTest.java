// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static tepal.InTask.pass;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What is called when a loop is closed.
class CloseCallbackTest {
  private final Steps steps = new Steps();
  private final EventLoop loop = EventLoop.builder().build();

  CloseCallbackTest() {
    loop.setExceptionHandler((_, error) -> steps.add(error.message().replaceAll("[:$].*", "")));
  }

  @Test
  void callbacks_are_called_in_order_once_the_tasks_have_ended() {
    loop.addCloseCallback(steps.adding("one"));
    loop.addCloseCallback(steps.adding("two"));
    loop.createTask(() -> {
      try {
        Asyncio.sleep(Duration.ofHours(2));
      } finally {
        steps.add("cleaned up");
      }
    });
    loop.runUntilComplete(() -> pass(3));
    steps.assertAre();

    loop.close();
    loop.close();
    steps.assertAre("Task was destroyed but it is pending", "cleaned up", "one", "two");
  }

  @Test
  void a_callback_is_called_once_and_not_if_it_was_removed() {
    Runnable kept = steps.adding("kept");
    Runnable removed = steps.adding("removed");
    loop.addCloseCallback(kept);
    loop.addCloseCallback(removed);
    loop.addCloseCallback(kept);
    loop.runUntilComplete(() -> {
      assertThat(loop.removeCloseCallback(removed)).isTrue();
      assertThat(loop.removeCloseCallback(removed)).isFalse();
    });

    loop.close();
    steps.assertAre("kept");
  }

  @Test
  void a_callback_that_throws_is_reported_and_the_next_one_called() {
    loop.addCloseCallback(() -> {
      throw new IllegalStateException("first");
    });
    loop.addCloseCallback(steps.adding("second"));

    loop.close();
    steps.assertAre("Exception in close callback tepal.CloseCallbackTest", "second");
  }

  @Test
  void a_callback_finds_the_loop_closed_and_may_remove_others() {
    Runnable other = steps.adding("other");
    loop.addCloseCallback(() -> {
      assertThat(loop.isClosed()).isTrue();
      assertThat(loop.removeCloseCallback(other)).isTrue();
      steps.add("removed the other");
    });
    loop.addCloseCallback(other);

    loop.close();
    steps.assertAre("removed the other", "other");
  }

  @Test
  void a_closed_loop_takes_none() {
    loop.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> loop.addCloseCallback(() -> {}))
        .withMessage("Event loop is closed");
  }

  @Test
  void another_thread_is_refused() {
    loop.runUntilComplete(() -> {
      var refused = CompletableFuture.runAsync(() -> loop.addCloseCallback(() -> {}));
      while (!refused.isDone()) {
        Thread.onSpinWait(); // so that the loop does not end meanwhile
      }
      assertThat(refused).isCompletedExceptionally();
    });
    loop.close();
  }
}
