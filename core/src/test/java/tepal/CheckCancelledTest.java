// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static tepal.Asyncio.await;
import static tepal.Asyncio.checkCancelled;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.toThread;
import static tepal.InTask.outcome;
import static tepal.InTask.started;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// How a call in an executor learns that nobody waits for it any more.
@OnLoop
class CheckCancelledTest {
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CompletableFuture<String> ended = new CompletableFuture<>();

  @Test
  void a_call_that_is_waited_for_goes_on() {
    assertThat(toThread(() -> {
          checkCancelled();
          return "value";
        }))
        .isEqualTo("value");
  }

  @Test
  void a_call_learns_that_the_task_that_waited_was_cancelled() {
    var task = started(() -> toThread(this::workUntilCancelled));
    await(CompletableFuture.runAsync(() -> outcome(begun::await)));
    task.cancel();

    assertThat(outcome(task::await)).isEqualTo("CancelledError");
    assertThat(await(ended)).isEqualTo("CancelledError");
  }

  @Test
  void a_call_learns_that_its_future_was_cancelled() {
    var future = getRunningLoop().runInExecutor(null, this::workUntilCancelled);
    await(CompletableFuture.runAsync(() -> outcome(begun::await)));
    future.cancel();

    assertThat(await(ended)).isEqualTo("CancelledError");
  }

  @Test
  void a_call_learns_that_its_loop_was_closed() {
    var loop = EventLoop.builder().build();
    var _ = loop.runInExecutor(null, this::workUntilCancelled);
    await(CompletableFuture.runAsync(() -> outcome(begun::await)));
    loop.close();

    assertThat(await(ended)).isEqualTo("CancelledError");
  }

  @Test
  void an_executor_that_calls_in_place_keeps_the_call_around_it() {
    toThread(() -> {
      try (var inner = EventLoop.builder().build()) {
        var _ = inner.runInExecutor(Runnable::run, Asyncio::checkCancelled);
      }
      checkCancelled();
    });
  }

  @Test
  void nobody_else_can_ask() {
    assertThatIllegalStateException()
        .isThrownBy(Asyncio::checkCancelled)
        .withMessageStartingWith("checkCancelled() must be called in a call of toThread()");
  }

  private void workUntilCancelled() {
    begun.countDown();
    ended.complete(outcome(() -> {
      while (true) {
        checkCancelled();
        Thread.onSpinWait();
      }
    }));
  }
}
