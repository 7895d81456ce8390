// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.asCompleted;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

@OnLoop
class AsCompletedTest {
  private final Trail trail = new Trail();

  @Test
  void futures_come_in_the_order_in_which_they_are_done() {
    List<Awaitable<String>> bodies = List.of(
        () -> sleep(ofSeconds(3), "slow"),
        () -> sleep(ofSeconds(1), "fast"),
        () -> sleep(ofSeconds(2), "middle"));

    for (Future<String> future : asCompleted(bodies)) {
      trail.add(future.result() + " at " + getRunningLoop().time());
    }
    trail.assertIs("fast at PT1S", "middle at PT2S", "slow at PT3S");
  }

  @Test
  void a_task_that_was_given_comes_itself() {
    Task<String> slow = createTask(() -> sleep(ofSeconds(2), "slow"));
    Task<String> fast = createTask(() -> sleep(ofSeconds(1), "fast"));

    Iterator<Future<String>> completed = asCompleted(List.of(slow, fast)).iterator();
    assertThat(completed.next()).isSameAs(fast);
    assertThat(completed.next()).isSameAs(slow);
    assertThat(completed.hasNext()).isFalse();
  }

  @Test
  void a_future_given_twice_comes_once() {
    Task<String> task = createTask(() -> "x");

    assertThat(asCompleted(List.of(task, task))).containsExactly(task);
  }

  @Test
  void futures_that_are_done_come_first() {
    Task<String> later = createTask(() -> sleep(ofSeconds(1), "later"));
    Future<String> done = getRunningLoop().createFuture();
    done.setResult("done");

    assertThat(asCompleted(List.of(later, done))).containsExactly(done, later);
  }

  @Test
  void of_nothing_nothing_comes() {
    assertThat(asCompleted(List.<Future<String>>of())).isEmpty();
  }

  @Test
  void failures_and_cancellations_come_like_others() {
    Task<Object> failed = createTask(() -> {
      throw new ArithmeticException("division");
    });
    Task<Object> cancelled = createTask(() -> sleep(ofDays(1), "x"));
    getRunningLoop().callSoon(cancelled::cancel);

    assertThat(asCompleted(List.of(cancelled, failed))).containsExactly(failed, cancelled);
    assertThat(failed.exception()).hasMessage("division");
    assertThat(cancelled.cancelled()).isTrue();
  }

  @Test
  void bodies_run_at_once_whether_anybody_waits_or_not() {
    Iterable<Future<String>> completed = asCompleted(List.of(() -> {
      trail.add("ran");
      return "value";
    }));
    sleep(ofSeconds(1));

    trail.assertIs("ran");
    assertThat(completed.iterator().next().result()).isEqualTo("value");
  }

  @Test
  void after_the_timeout_each_one_that_is_missing_throws() {
    Future<String> never = getRunningLoop().createFuture();
    Task<String> slow = createTask(() -> sleep(ofSeconds(5), "slow"));
    Task<String> fast = createTask(() -> sleep(ofSeconds(1), "fast"));

    Iterator<Future<String>> completed =
        asCompleted(List.of(never, slow, fast), ofSeconds(2)).iterator();
    assertThat(completed.next()).isSameAs(fast);
    assertThatThrownBy(completed::next).isInstanceOf(TimeoutException.class);
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(2));
    assertThatThrownBy(completed::next).isInstanceOf(TimeoutException.class);
    assertThat(completed.hasNext()).isFalse();
    assertThat(slow.await()).isEqualTo("slow");
    assertThat(never.done()).isFalse();
  }

  @Test
  void what_was_done_in_time_comes_also_after_the_timeout() {
    Task<String> fast = createTask(() -> sleep(ofSeconds(1), "fast"));
    Iterable<Future<String>> completed = asCompleted(List.of(fast), ofSeconds(2));
    sleep(ofSeconds(5));

    assertThat(completed).containsExactly(fast);
  }

  @Test
  void a_timeout_is_over_when_all_are_done() {
    Task<String> fast = createTask(() -> sleep(ofSeconds(1), "fast"));

    assertThat(asCompleted(List.of(fast), ofDays(1))).containsExactly(fast);
    sleep(ZERO);
    assertThat(getRunningLoop().scheduler.timers.isEmpty()).isTrue();
  }

  @Test
  void there_is_no_next_after_the_last() {
    Iterator<Future<String>> none = asCompleted(List.<Future<String>>of()).iterator();

    assertThatThrownBy(none::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void cancelling_the_task_that_iterates_cancels_no_future() {
    Task<String> slow = createTask(() -> sleep(ofSeconds(5), "slow"));
    Task<?> iterating = createTask(() -> asCompleted(List.of(slow)).forEach(_ -> {}));
    sleep(ZERO);

    iterating.cancel();
    assertThatThrownBy(iterating::await).isInstanceOf(CancelledError.class);
    assertThat(slow.await()).isEqualTo("slow");
  }

  @Test
  void a_future_whose_waiter_is_cancelled_meanwhile_goes_to_the_next_one() {
    Future<String> future = getRunningLoop().createFuture();
    Future<String> other = getRunningLoop().createFuture();
    Iterator<Future<String>> completed = asCompleted(List.of(future, other)).iterator();
    Task<?> first = createTask(() -> completed.next());
    Task<?> second = createTask(() -> trail.add(completed.next().result()));
    sleep(ZERO);

    future.setResult("value");
    sleep(ZERO);
    first.cancel();
    assertThatThrownBy(first::await).isInstanceOf(CancelledError.class);
    second.await();
    trail.assertIs("value");
  }

  @Test
  void a_waiting_task_resumes_two_iterations_after_a_future_is_done() {
    Future<String> future = getRunningLoop().createFuture();
    createTask(() -> asCompleted(List.of(future)).forEach(each -> trail.add(each.result())));
    sleep(ZERO);

    future.setResult("value");
    sleep(ZERO);
    trail.assertIs();
    sleep(ZERO);
    trail.assertIs("value");
  }
}
