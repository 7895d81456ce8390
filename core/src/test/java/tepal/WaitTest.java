// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.util.List;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

@OnLoop
class WaitTest {
  private final Trail trail = new Trail();

  @Test
  void waits_until_all_are_done() {
    Task<String> slow = createTask(() -> sleep(ofSeconds(2), "slow"));
    Task<String> fast = createTask(() -> sleep(ofSeconds(1), "fast"));

    var found = Asyncio.wait(List.of(slow, fast));
    assertThat(found.done()).containsExactly(slow, fast);
    assertThat(found.pending()).isEmpty();
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(2));
  }

  @Test
  void after_the_timeout_the_others_are_pending_and_not_cancelled() {
    Task<String> slow = createTask(() -> sleep(ofSeconds(2), "slow"));
    Task<String> fast = createTask(() -> sleep(ofSeconds(1), "fast"));

    var found = Asyncio.wait(List.of(slow, fast), ofSeconds(1).plusMillis(500));
    assertThat(found.done()).containsExactly(fast);
    assertThat(found.pending()).containsExactly(slow);
    assertThat(slow.await()).isEqualTo("slow");
  }

  @Test
  void a_timeout_of_zero_looks_once() {
    Future<String> never = newFuture();
    Future<String> done = newFuture();
    done.setResult("x");

    var found = Asyncio.wait(List.of(never, done), ZERO);
    assertThat(found.done()).containsExactly(done);
    assertThat(found.pending()).containsExactly(never);
    assertThat(getRunningLoop().time()).isZero();
  }

  @Test
  void a_negative_timeout_counts_as_zero() {
    Future<String> never = newFuture();
    assertThat(Asyncio.wait(List.of(never), ofSeconds(-1)).pending()).containsExactly(never);
    assertThat(getRunningLoop().time()).isZero();
  }

  @Test
  void the_first_completed_can_be_enough() {
    Task<String> slow = createTask(() -> sleep(ofSeconds(2), "slow"));
    Task<String> fast = createTask(() -> sleep(ofSeconds(1), "fast"));

    var found = Asyncio.wait(List.of(slow, fast), ReturnWhen.FIRST_COMPLETED);
    assertThat(found.done()).containsExactly(fast);
    assertThat(found.pending()).containsExactly(slow);
    slow.cancel();
  }

  @Test
  void the_first_exception_can_be_enough_and_is_not_thrown() {
    Future<String> never = newFuture();
    Task<Object> failing = createTask(() -> {
      sleep(ofSeconds(2));
      throw new ArithmeticException("division");
    });
    Task<String> fast = createTask(() -> sleep(ofSeconds(1), "fast"));

    var found = Asyncio.<Object>wait(List.of(never, failing, fast), ReturnWhen.FIRST_EXCEPTION);
    assertThat(found.done()).map(each -> (Object) each).containsExactly(failing, fast);
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(2));
    assertThat(failing.exception()).hasMessage("division");
  }

  @Test
  void a_cancelled_future_is_not_the_first_exception() {
    Task<String> cancelled = createTask(() -> sleep(ofDays(1), "x"));
    Task<String> other = createTask(() -> sleep(ofSeconds(1), "other"));
    sleep(ZERO);
    cancelled.cancel();

    var found = Asyncio.wait(List.of(cancelled, other), ReturnWhen.FIRST_EXCEPTION);
    assertThat(found.done()).containsExactly(cancelled, other);
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(1));
  }

  @Test
  void without_an_exception_the_first_exception_means_all() {
    Task<String> slow = createTask(() -> sleep(ofSeconds(2), "slow"));
    Task<String> fast = createTask(() -> sleep(ofSeconds(1), "fast"));

    var found = Asyncio.wait(List.of(slow, fast), null, ReturnWhen.FIRST_EXCEPTION);
    assertThat(found.pending()).isEmpty();
  }

  @Test
  void a_future_given_twice_counts_once() {
    Task<String> task = createTask(() -> "x");

    assertThat(Asyncio.wait(List.of(task, task)).done()).containsExactly(task);
  }

  @Test
  void a_waiting_task_resumes_two_iterations_after_the_future_is_done() {
    Future<String> never = newFuture();
    createTask(() -> {
      Asyncio.wait(List.of(never));
      trail.add("resumed");
    });
    sleep(ZERO);

    never.setResult("now");
    sleep(ZERO);
    trail.assertIs();
    sleep(ZERO);
    trail.assertIs("resumed");
  }

  @Test
  void a_cancelled_wait_cancels_no_future_and_leaves_nothing_behind() {
    Future<String> never = newFuture();
    Task<?> waiting = createTask(() -> Asyncio.wait(List.of(never), ofDays(1)));
    sleep(ZERO);

    waiting.cancel();
    assertThatThrownBy(waiting::await).isInstanceOf(CancelledError.class);
    assertThat(never.cancelled()).isFalse();
    sleep(ZERO);
    assertThat(getRunningLoop().scheduler.timers.isEmpty()).isTrue();
    never.setResult("x");
    sleep(ZERO);
  }

  @Test
  void there_must_be_something_to_wait_for() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Asyncio.wait(List.<Future<String>>of()))
        .withMessage("Expected at least one future to wait for, got none");
  }

  @Test
  void a_wait_needs_a_task() {
    Future<String> never = newFuture();
    getRunningLoop().callSoon(() -> {
      assertThatThrownBy(() -> Asyncio.wait(List.of(never)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("wait() must be called in a task");
      trail.add("checked");
    });

    sleep(ZERO);
    trail.assertIs("checked");
  }

  private static Future<String> newFuture() {
    return getRunningLoop().createFuture();
  }
}
