// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

@OnLoop
class FutureTest {
  private final Trail trail = new Trail();

  // ---- Awaiting

  @Test
  void a_waiting_task_resumes_one_iteration_after_the_result_was_set() {
    Future<String> future = newFuture();
    createTask(() -> trail.add(future.await()));
    sleep(ZERO);

    future.setResult("value");
    getRunningLoop().callSoon(trail.adding("callback"));
    trail.assertIs();
    sleep(ZERO);
    trail.assertIs("value", "callback");
  }

  @Test
  void awaiting_a_future_that_is_done_lets_nothing_else_run() {
    Future<String> future = newFuture();
    future.setResult("value");
    getRunningLoop().callSoon(trail.adding("callback"));

    trail.add(future.await());
    trail.assertIs("value");
  }

  @Test
  void all_waiting_tasks_get_the_value_in_the_order_in_which_they_came() {
    Future<String> future = newFuture();
    for (String name : new String[] {"a", "b", "c"}) {
      createTask(() -> trail.add(name + " got " + future.await()));
    }
    sleep(ZERO);

    future.setResult("it");
    sleep(ZERO);
    trail.assertIs("a got it", "b got it", "c got it");
  }

  @Test
  void null_is_a_value() {
    Future<@Nullable Object> future = newFuture();
    future.setResult(null);

    assertThat(future.done()).isTrue();
    assertThat(future.await()).isNull();
    assertThat(future.exception()).isNull();
  }

  @Test
  void await_throws_an_unchecked_exception_as_itself() {
    Future<Object> future = newFuture();
    var failure = new ArithmeticException("division");
    future.setException(failure);

    assertThatThrownBy(future::await).isSameAs(failure);
    assertThatThrownBy(future::result).isSameAs(failure);
    assertThat(future.exception()).isSameAs(failure);
  }

  @Test
  void await_throws_a_checked_exception_as_the_cause_of_a_completion_exception() {
    Future<Object> future = newFuture();
    var failure = new IOException("disk full");
    future.setException(failure);

    assertThatThrownBy(future::await)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isSameAs(failure);
    assertThat(future.exception()).isSameAs(failure);
  }

  @Test
  void awaiting_outside_a_task_says_what_was_expected() {
    Future<Object> future = newFuture();
    getRunningLoop().callSoon(() -> {
      assertThatThrownBy(future::await)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("await() must be called in a task");
      trail.add("checked");
    });

    sleep(ZERO);
    trail.assertIs("checked");
  }

  // ---- State

  @Test
  void a_new_future_is_pending() {
    Future<Object> future = newFuture();

    assertThat(future.done()).isFalse();
    assertThat(future.cancelled()).isFalse();
    assertThat(future.getLoop()).isSameAs(getRunningLoop());
    assertThatThrownBy(future::result)
        .isInstanceOf(InvalidStateException.class)
        .hasMessage("Expected a future that is done, but it is not: Future[pending]");
    assertThatThrownBy(future::exception).isInstanceOf(InvalidStateException.class);
  }

  @Test
  void a_result_can_be_set_only_once() {
    Future<Integer> future = newFuture();
    future.setResult(1);

    assertThatThrownBy(() -> future.setResult(2))
        .isInstanceOf(InvalidStateException.class)
        .hasMessageEndingWith("but it is: Future[result=1]");
    assertThatThrownBy(() -> future.setException(new ArithmeticException()))
        .isInstanceOf(InvalidStateException.class);
    assertThat(future.result()).isEqualTo(1);
  }

  @Test
  void a_cancelled_future_takes_no_result() {
    Future<Integer> future = newFuture();
    future.cancel();

    assertThatThrownBy(() -> future.setResult(2)).isInstanceOf(InvalidStateException.class);
  }

  // ---- Cancelling

  @Test
  void a_cancelled_future_throws_its_message() {
    Future<Object> future = newFuture();

    assertThat(future.cancel("not needed")).isTrue();
    assertThat(future.cancelled()).isTrue();
    assertThat(future.done()).isTrue();
    assertThatThrownBy(future::await).isInstanceOf(CancelledError.class).hasMessage("not needed");
    assertThatThrownBy(future::exception)
        .isInstanceOf(CancelledError.class)
        .hasMessage("not needed");
  }

  @Test
  void a_cancellation_without_a_message_has_none_and_an_empty_one_is_kept() {
    Future<Object> silent = newFuture();
    silent.cancel();
    Future<Object> empty = newFuture();
    empty.cancel("");

    assertThatThrownBy(silent::result).hasMessage(null);
    assertThatThrownBy(empty::result).hasMessage("");
  }

  @Test
  void cancelling_what_is_done_does_nothing() {
    Future<Integer> future = newFuture();
    future.setResult(1);

    assertThat(future.cancel()).isFalse();
    assertThat(future.result()).isEqualTo(1);
  }

  @Test
  void cancelling_twice_keeps_the_first_message() {
    Future<Object> future = newFuture();

    assertThat(future.cancel("first")).isTrue();
    assertThat(future.cancel("second")).isFalse();
    assertThatThrownBy(future::result).hasMessage("first");
  }

  @Test
  void a_task_that_waits_for_a_cancelled_future_ends_cancelled_itself() {
    Future<Object> future = newFuture();
    Task<Object> task = createTask(() -> future.await());
    sleep(ZERO);

    future.cancel("gone");
    sleep(ZERO);
    assertThat(task.cancelled()).isTrue();
    assertThat(task.cancelling()).isZero();
    assertThatThrownBy(task::result).hasMessage("gone");
  }

  // ---- Done callbacks

  @Test
  void callbacks_never_run_inline() {
    Future<Object> future = newFuture();
    future.addDoneCallback(_ -> trail.add("callback"));

    future.setResult("x");
    trail.add("set");
    sleep(ZERO);
    trail.assertIs("set", "callback");
  }

  @Test
  void a_callback_added_after_the_end_runs_in_the_next_iteration() {
    Future<Object> future = newFuture();
    future.setResult("x");

    future.addDoneCallback(_ -> trail.add("callback"));
    trail.assertIs();
    sleep(ZERO);
    trail.assertIs("callback");
  }

  @Test
  void callbacks_run_in_the_order_in_which_they_were_added_and_get_the_future() {
    Future<String> future = newFuture();
    future.addDoneCallback(done -> trail.add("a " + done.result()));
    future.addDoneCallback(done -> trail.add("b " + (done == future)));
    future.addDoneCallback(_ -> trail.add("c"));

    future.setResult("x");
    getRunningLoop().callSoon(trail.adding("later"));
    sleep(ZERO);
    trail.assertIs("a x", "b true", "c", "later");
  }

  @Test
  void callbacks_run_when_the_future_fails_or_is_cancelled() {
    Future<Object> failed = newFuture();
    failed.addDoneCallback(done -> trail.add("failed: " + done.exception()));
    Future<Object> cancelled = newFuture();
    cancelled.addDoneCallback(done -> trail.add("cancelled: " + done.cancelled()));

    failed.setException(new ArithmeticException("x"));
    cancelled.cancel();
    sleep(ZERO);
    trail.assertIs("failed: java.lang.ArithmeticException: x", "cancelled: true");
  }

  @Test
  void waiting_tasks_and_callbacks_take_turns_in_the_order_in_which_they_came() {
    Future<Object> future = newFuture();
    future.addDoneCallback(_ -> trail.add("callback 1"));
    createTask(() -> {
      future.await();
      trail.add("task");
    });
    sleep(ZERO);
    future.addDoneCallback(_ -> trail.add("callback 2"));

    future.setResult("x");
    sleep(ZERO);
    trail.assertIs("callback 1", "task", "callback 2");
  }

  @Test
  void removing_a_callback_removes_all_its_registrations() {
    Future<Object> future = newFuture();
    Consumer<Future<Object>> callback = _ -> trail.add("removed");
    future.addDoneCallback(callback);
    future.addDoneCallback(_ -> trail.add("kept"));
    future.addDoneCallback(callback);

    assertThat(future.removeDoneCallback(callback)).isEqualTo(2);
    assertThat(future.removeDoneCallback(callback)).isZero();
    future.setResult("x");
    sleep(ZERO);
    trail.assertIs("kept");
  }

  @Test
  void removing_the_only_callback_leaves_none() {
    Future<Object> future = newFuture();
    Consumer<Future<Object>> callback = _ -> trail.add("removed");
    future.addDoneCallback(callback);

    assertThat(future.removeDoneCallback(callback)).isEqualTo(1);
    future.setResult("x");
    sleep(ZERO);
    trail.assertIs();
  }

  @Test
  void a_callback_runs_in_a_copy_of_the_context_in_which_it_was_added() {
    ContextVar<String> user = new ContextVar<>("user");
    Future<Object> future = newFuture();
    user.set("anna");
    future.addDoneCallback(_ -> {
      trail.add(user.get());
      user.set("changed");
    });
    future.addDoneCallback(_ -> trail.add(user.get()));
    user.set("bert");

    future.setResult("x");
    sleep(ZERO);
    trail.assertIs("anna", "anna");
    assertThat(user.get()).isEqualTo("bert");
  }

  @Test
  void a_callback_runs_in_the_context_that_it_was_given() {
    ContextVar<String> user = new ContextVar<>("user");
    Context context = new Context();
    Future<Object> future = newFuture();
    future.addDoneCallback(_ -> user.set("set by the callback"), context);

    future.setResult("x");
    sleep(ZERO);
    assertThat(context.get(user)).isEqualTo("set by the callback");
  }

  @Test
  void a_callback_that_throws_is_reported_and_the_next_one_runs() {
    getRunningLoop().setExceptionHandler((_, error) -> trail.add("" + error.exception()));
    Future<Object> future = newFuture();
    future.addDoneCallback(_ -> {
      throw new ArithmeticException("in callback");
    });
    future.addDoneCallback(_ -> trail.add("next"));

    future.setResult("x");
    sleep(ZERO);
    trail.assertIs("java.lang.ArithmeticException: in callback", "next");
  }

  // ---- Description

  @Test
  void a_future_describes_its_state() {
    Future<Object> value = newFuture();
    assertThat(value).hasToString("Future[pending]");
    value.setResult("x");
    assertThat(value).hasToString("Future[result=x]");

    Future<Object> failed = newFuture();
    failed.setException(new ArithmeticException("division"));
    assertThat(failed).hasToString("Future[exception=java.lang.ArithmeticException: division]");
    assertThat(failed.exception()).isNotNull();

    Future<Object> cancelled = newFuture();
    cancelled.cancel();
    assertThat(cancelled).hasToString("Future[cancelled]");
  }

  @Test
  void in_debug_mode_a_future_says_where_it_was_created() {
    getRunningLoop().setDebug(true);

    assertThat(newFuture().toString())
        .startsWith("Future[pending, created at tepal.FutureTest.newFuture(FutureTest.java:");
  }

  private static <T extends @Nullable Object> Future<T> newFuture() {
    return getRunningLoop().createFuture();
  }
}
