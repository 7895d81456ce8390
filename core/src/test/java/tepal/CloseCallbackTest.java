// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static tepal.InTask.pass;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// What is called when a loop is closed.
class CloseCallbackTest {
  private final Trail trail = new Trail();
  private final EventLoop loop = EventLoop.builder().build();

  CloseCallbackTest() {
    loop.setExceptionHandler((_, error) -> trail.add(error.message().replaceAll("[:$].*", "")));
  }

  @Test
  void callbacks_are_called_in_order_once_the_tasks_have_ended() {
    loop.addCloseCallback(trail.adding("one"));
    loop.addCloseCallback(trail.adding("two"));
    loop.createTask(() -> {
      try {
        Asyncio.sleep(Duration.ofHours(2));
      } finally {
        trail.add("cleaned up");
      }
    });
    loop.runUntilComplete(() -> pass(3));
    trail.assertIs();

    loop.close();
    loop.close();
    trail.assertIs("Task was destroyed but it is pending", "cleaned up", "one", "two");
  }

  @Test
  void a_callback_is_called_once_and_not_if_it_was_removed() {
    Runnable kept = trail.adding("kept");
    Runnable removed = trail.adding("removed");
    loop.addCloseCallback(kept);
    loop.addCloseCallback(removed);
    loop.addCloseCallback(kept);
    loop.runUntilComplete(() -> {
      assertThat(loop.removeCloseCallback(removed)).isTrue();
      assertThat(loop.removeCloseCallback(removed)).isFalse();
    });

    loop.close();
    trail.assertIs("kept");
  }

  @Test
  void a_callback_that_throws_is_reported_and_the_next_one_called() {
    loop.addCloseCallback(() -> {
      throw new IllegalStateException("first");
    });
    loop.addCloseCallback(trail.adding("second"));

    loop.close();
    trail.assertIs("Exception in close callback tepal.CloseCallbackTest", "second");
  }

  @Test
  void a_callback_finds_the_loop_closed_and_may_remove_others() {
    Runnable other = trail.adding("other");
    loop.addCloseCallback(() -> {
      assertThat(loop.isClosed()).isTrue();
      assertThat(loop.removeCloseCallback(other)).isTrue();
      trail.add("removed the other");
    });
    loop.addCloseCallback(other);

    loop.close();
    trail.assertIs("removed the other", "other");
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
