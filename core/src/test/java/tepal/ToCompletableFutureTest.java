// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.await;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.currentTask;
import static tepal.Asyncio.gather;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.toThread;
import static tepal.InTask.outcome;
import static tepal.InTask.pass;
import static tepal.InTask.started;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// A future of a loop as one that other threads can wait for.
@OnLoop
class ToCompletableFutureTest {
  private static final Duration AN_HOUR = Duration.ofHours(1);

  private final Trail trail = new Trail();

  @Test
  void another_thread_waits_for_the_value_of_a_task() {
    var future = createTask(() -> sleep(Duration.ZERO, "value")).toCompletableFuture();

    assertThat(toThread(() -> future.join())).isEqualTo("value");
  }

  @Test
  void another_thread_gets_the_exception_itself_in_the_wrapper_of_the_jdk() {
    var failure = new IOException("no route");
    var future = createTask(() -> {
          throw failure;
        })
        .toCompletableFuture();

    toThread(() ->
        assertThatThrownBy(future::get).isInstanceOf(ExecutionException.class).hasCause(failure));
  }

  @Test
  void what_depends_on_it_runs_on_the_callback_thread() {
    var task = createTask(() -> "value");
    var dependent = task.toCompletableFuture()
        .thenApply(value -> value + " " + getRunningLoop().isRunning() + " " + currentTask() + " "
            + Thread.currentThread().getName());

    assertThat(await(dependent)).isEqualTo("value true null tepal-callbacks");
  }

  @Test
  void a_future_that_is_done_gives_one_that_is_done() {
    Future<String> value = getRunningLoop().createFuture();
    value.setResult("value");
    Future<String> cancelled = getRunningLoop().createFuture();
    cancelled.cancel();

    assertThat(value.toCompletableFuture()).isCompletedWithValue("value");
    assertThat(cancelled.toCompletableFuture()).isCancelled();
  }

  @Test
  void cancelling_it_on_another_thread_cancels_the_task_where_it_waits() {
    var task = started(() -> trail.add(outcome(() -> sleep(AN_HOUR))));
    var future = task.toCompletableFuture();

    assertThat(toThread(() -> future.cancel(true))).isTrue();
    task.await();
    trail.assertIs("CancelledError");
    assertThat(getRunningLoop().time()).isZero();
  }

  @Test
  void cancelling_it_before_the_first_turn_cancels_the_task_at_its_first_wait() {
    var task = createTask(() -> {
      trail.add("runs");
      trail.add(outcome(() -> sleep(AN_HOUR)));
    });
    task.toCompletableFuture().cancel(false);
    task.await();

    trail.assertIs("runs", "CancelledError");
    assertThat(getRunningLoop().time()).isZero();
  }

  @Test
  void cancelling_it_after_the_task_has_ended_does_nothing() {
    var task = createTask(() -> "value");
    var future = task.toCompletableFuture();
    assertThat(await(future)).isEqualTo("value");

    assertThat(future.cancel(true)).isFalse();
    assertThat(task.result()).isEqualTo("value");
  }

  @Test
  void a_task_that_is_cancelled_cancels_it() {
    var task = started(() -> sleep(AN_HOUR));
    var future = task.toCompletableFuture();
    task.cancel();

    assertThat(outcome(() -> await(future))).isEqualTo("CancelledError");
    assertThat(future).isCancelled();
  }

  @Test
  void ending_it_otherwise_leaves_the_task_alone() {
    var task = started(() -> sleep(AN_HOUR, "own"));
    var future = task.toCompletableFuture();

    assertThat(future.complete(null)).isTrue();
    task.await();
    assertThat(task.cancelled()).isFalse();
  }

  @Test
  void a_gathering_future_is_cancelled_with_all_that_it_gathers() {
    var first = createTask(() -> sleep(AN_HOUR));
    var second = createTask(() -> sleep(AN_HOUR));
    var future = gather(java.util.List.of(first, second)).toCompletableFuture();
    pass(1);
    future.cancel(false);
    pass(5);

    assertThat(first.cancelled()).isTrue();
    assertThat(second.cancelled()).isTrue();
  }

  @Test
  void only_the_loop_can_make_one() {
    var task = createTask(() -> "value");

    toThread(() -> assertThatIllegalStateException()
        .isThrownBy(task::toCompletableFuture)
        .withMessageStartingWith("toCompletableFuture() must be called on the loop's own thread"));
  }

  @Test
  void it_is_cancelled_when_its_loop_closes_and_on_a_closed_loop_at_once() {
    var loop = EventLoop.builder().build();
    Future<String> pending = loop.createFuture();
    Future<String> done = loop.createFuture();
    done.setResult("value");
    var before = pending.toCompletableFuture();
    loop.close();

    assertThat(before).isCancelled();
    assertThat(pending.toCompletableFuture()).isCancelled();
    assertThat(done.toCompletableFuture()).isCompletedWithValue("value");
  }
}
