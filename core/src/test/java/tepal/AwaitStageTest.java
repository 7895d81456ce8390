// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.await;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.currentTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.timeout;
import static tepal.InTask.outcome;
import static tepal.InTask.pass;
import static tepal.InTask.started;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// Tasks that wait for a stage of the JDK.
@OnLoop
class AwaitStageTest {
  private final Trail trail = new Trail();
  private final CompletableFuture<String> promise = new CompletableFuture<>();

  @Test
  void a_task_gets_the_value_that_another_thread_gives() {
    completeElsewhere(() -> promise.complete("value"));

    assertThat(await(promise)).isEqualTo("value");
  }

  @Test
  void a_task_gets_the_value_that_another_task_gives() {
    var waiting = createTask(() -> await(promise));
    pass(2);
    promise.complete("value");

    assertThat(waiting.await()).isEqualTo("value");
  }

  @Test
  void a_stage_that_is_done_lets_no_other_task_run() {
    createTask(() -> trail.add("other"));

    trail.add(await(CompletableFuture.completedFuture("future")));
    trail.add(await(CompletableFuture.completedStage("stage")));
    trail.add(outcome(() -> await(CompletableFuture.failedFuture(new ArithmeticException()))));
    trail.assertIs("future", "stage", "ArithmeticException");
    pass(1);
    trail.assertIs("other");
  }

  @Test
  void others_run_while_a_task_waits() {
    createTask(() -> {
      trail.add("other");
      promise.complete("value");
    });

    trail.add(await(promise));
    trail.assertIs("other", "value");
  }

  @Test
  void an_unchecked_exception_arrives_as_itself_also_from_a_dependent_stage() {
    var failure = new IllegalArgumentException("no");
    var waiting = createTask(() -> await(promise.thenApply(String::length)));
    pass(2);
    promise.completeExceptionally(failure);

    assertThatThrownBy(waiting::await).isSameAs(failure);
  }

  @Test
  void a_checked_exception_arrives_wrapped_once() {
    completeElsewhere(() -> promise.completeExceptionally(new IOException("no route")));

    assertThatThrownBy(() -> await(promise.thenApply(String::length)))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(IOException.class);
  }

  @Test
  void a_stage_that_is_cancelled_cancels_the_wait() {
    completeElsewhere(() -> promise.cancel(false));
    assertThat(outcome(() -> await(promise))).isEqualTo("CancelledError");
    assertThat(outcome(() -> await(promise.thenApply(String::length)))).isEqualTo("CancelledError");
  }

  @Test
  void a_task_that_is_cancelled_before_it_waits_cancels_the_stage() {
    var task = createTask(() -> {
      InTask.me().cancel();
      await(promise);
    });

    assertThat(outcome(task::await)).isEqualTo("CancelledError");
    pass(2);
    assertThat(promise).isCancelled();
  }

  @Test
  void a_task_that_is_cancelled_while_it_waits_cancels_the_stage_on_the_callback_thread() {
    var dependent = promise.whenComplete(
        (_, _) -> trail.add(getRunningLoop().isRunning() + ", task " + currentTask()));
    var task = started(() -> await(promise));
    task.cancel();

    assertThat(outcome(task::await)).isEqualTo("CancelledError");
    pass(2);
    assertThat(promise).isCancelled();
    assertThat(dependent).isCompletedExceptionally();
    trail.assertIs("true, task null");
  }

  @Test
  void a_task_that_is_cancelled_after_the_stage_was_done_loses_the_value_as_with_a_future() {
    var task = started(() -> trail.add(await(promise)));
    promise.complete("value");
    task.cancel();

    assertThat(outcome(task::await)).isEqualTo("CancelledError");
    trail.assertIs();
    assertThat(promise).isCompletedWithValue("value");
  }

  @Test
  void a_stage_that_only_shows_what_another_promised_is_left_alone() {
    CompletionStage<String> shown = promise.minimalCompletionStage();

    assertThat(outcome(() -> timeout(Duration.ofSeconds(1), () -> await(shown))))
        .isEqualTo("TimeoutException");
    pass(2);
    assertThat(promise).isNotDone();
    promise.complete("late");
    assertThat(await(shown)).isEqualTo("late");
  }

  @Test
  void a_copy_of_a_future_can_be_given_up_without_it() {
    var task = started(() -> await(promise.copy()));
    task.cancel();
    pass(3);

    assertThat(task.cancelled()).isTrue();
    assertThat(promise).isNotDone();
  }

  @Test
  void only_a_task_can_wait_for_a_stage() {
    getRunningLoop().callSoon(() -> {
      assertThatIllegalStateException()
          .isThrownBy(() -> await(promise))
          .withMessageStartingWith("await() must be called in a task");
      trail.add("refused");
    });
    sleep(Duration.ZERO);

    trail.assertIs("refused");
    assertThat(promise.getNumberOfDependents()).isZero();
  }

  private static void completeElsewhere(Runnable completion) {
    Thread _ = Thread.ofPlatform().daemon().start(completion);
  }
}
