// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.gather;
import static tepal.Asyncio.gatherReturnExceptions;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

@OnLoop
class GatherTest {
  private final Trail trail = new Trail();

  @Test
  void values_stand_in_the_order_given_whichever_came_first() {
    List<String> values = gather(
            () -> sleep(ofSeconds(2), "slow"), () -> sleep(ofSeconds(1), "fast"))
        .await();

    assertThat(values).containsExactly("slow", "fast");
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(2));
  }

  @Test
  void bodies_start_in_the_order_given_when_the_loop_turns() {
    Future<?> all = gather(() -> trail.add("a"), () -> trail.add("b"), () -> trail.add("c"));
    trail.add("gathered");

    all.await();
    trail.assertIs("gathered", "a", "b", "c");
  }

  @Test
  void gathering_nothing_is_done_at_once() {
    Future<?> none = gather(List.<Awaitable<Integer>>of());

    assertThat(gather().result()).isEmpty();
    assertThat(none.done()).isTrue();
    assertThat(none.result()).isEqualTo(List.of());
  }

  @Test
  void futures_and_bodies_can_be_mixed() {
    Future<String> future = getRunningLoop().createFuture();
    future.setResult("future");
    Task<String> task = createTask(() -> "task");

    assertThat(gather(future, task, () -> "body").await())
        .containsExactly("future", "task", "body");
  }

  @Test
  void a_future_given_twice_counts_once_and_stands_in_both_places() {
    Task<String> task = createTask(() -> sleep(ZERO, "same"));

    assertThat(gather(task, () -> "other", task).await()).containsExactly("same", "other", "same");
  }

  @Test
  void null_is_a_value() {
    assertThat(GatherTest.<@Nullable Object>gatherTwo(() -> null, () -> "x"))
        .containsExactly(null, "x");
  }

  private static <T extends @Nullable Object> List<T> gatherTwo(
      Awaitable<T> first, Awaitable<T> second) {
    return Asyncio.<T>gather(List.of(first, second)).await();
  }

  @Test
  void the_values_cannot_be_changed() {
    List<Integer> values = gather(() -> 1, () -> 2).await();

    assertThatThrownBy(() -> values.set(0, 3)).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void a_gathered_future_needs_two_iterations_and_a_gathered_body_three() {
    Future<String> future = getRunningLoop().createFuture();
    Future<List<String>> ofFuture = gather(future);
    Future<List<String>> ofBody = gather(() -> future.await());
    createTask(() -> trail.add("future: " + ofFuture.await()));
    createTask(() -> trail.add("body: " + ofBody.await()));
    sleep(ZERO);

    future.setResult("x");
    sleep(ZERO);
    trail.assertIs();
    sleep(ZERO);
    trail.assertIs("future: [x]");
    sleep(ZERO);
    trail.assertIs("body: [x]");
  }

  // ---- Failures

  @Test
  void the_first_failure_arrives_at_once_and_the_others_go_on() {
    Task<?> other = createTask(() -> {
      sleep(ofSeconds(5));
      trail.add("went on");
    });
    Future<?> all = gather(other, failing(ofSeconds(1), "first"));

    assertThatThrownBy(all::await).hasMessage("first");
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(1));
    assertThat(other.done()).isFalse();
    other.await();
    trail.assertIs("went on");
  }

  @Test
  void later_failures_are_neither_thrown_nor_reported() {
    getRunningLoop().setExceptionHandler((_, error) -> trail.add(error.message()));
    Future<?> all = gather(failing(ofSeconds(1), "first"), failing(ofSeconds(2), "second"));

    assertThatThrownBy(all::await).hasMessage("first");
    sleep(ofSeconds(5));
    trail.assertIs();
  }

  @Test
  void a_checked_exception_arrives_as_a_cause() {
    Callable<String> reading = () -> {
      throw new IOException("disk full");
    };

    assertThatThrownBy(() -> gather(reading::call).await())
        .isInstanceOf(CompletionException.class)
        .hasRootCauseMessage("disk full");
  }

  @Test
  void a_gathered_task_that_is_cancelled_counts_as_one_that_failed() {
    Task<?> cancelled = createTask(() -> sleep(ofDays(1)));
    Task<?> other = createTask(() -> sleep(ofSeconds(1)));
    Future<?> all = gather(cancelled, other);
    sleep(ZERO);

    cancelled.cancel("alone");
    assertThatThrownBy(all::await).isInstanceOf(CancelledError.class).hasMessage("alone");
    assertThat(all.cancelled()).isFalse();
    assertThat(all.exception()).isInstanceOf(CancelledError.class);
    assertThat(other.cancelled()).isFalse();
    other.await();
  }

  // ---- Failures as values

  @Test
  void failures_can_be_had_as_values() {
    var failure = new IOException("disk full");
    List<Outcome<String>> outcomes = gatherReturnExceptions(
            () -> "value",
            () -> {
              throw failure;
            },
            () -> sleep(ofSeconds(1), "late"))
        .await();

    assertThat(outcomes)
        .containsExactly(
            new Outcome.Value<>("value"),
            new Outcome.Failure<>(failure),
            new Outcome.Value<>("late"));
  }

  @Test
  void a_cancellation_can_be_had_as_a_value() {
    Future<String> future = getRunningLoop().createFuture();
    Future<List<Outcome<String>>> all = gatherReturnExceptions(future);

    future.cancel("alone");
    Outcome<String> outcome = all.await().getFirst();
    assertThatThrownBy(outcome::get).isInstanceOf(CancelledError.class).hasMessage("alone");
  }

  @Test
  void bodies_without_a_value_have_outcomes_too() {
    var outcomes = gatherReturnExceptions(() -> trail.add("ran"), () -> {
          if (getRunningLoop().isRunning()) {
            throw new ArithmeticException("division");
          }
        })
        .await();

    trail.assertIs("ran");
    assertThat(outcomes.get(0)).isEqualTo(new Outcome.Value<@Nullable Void>(null));
    assertThatThrownBy(() -> outcomes.get(1).get()).hasMessage("division");
  }

  // ---- Cancelling

  @Test
  void cancelling_the_future_cancels_all_and_ends_when_the_first_has_ended() {
    Future<?> all = gather(cleaningUp("a", ofSeconds(2)), cleaningUp("b", ofSeconds(1)));
    sleep(ZERO);

    assertThat(all.cancel("all")).isTrue();
    assertThat(all.done()).isFalse();
    assertThatThrownBy(all::await).isInstanceOf(CancelledError.class).hasMessage("all");
    trail.assertIs("a cancelled", "b cancelled", "b ends");
    sleep(ofSeconds(5));
    trail.assertIs("a ends");
  }

  @Test
  void cancelling_what_gathers_outcomes_ends_when_all_have_ended_and_throws_all_the_same() {
    Future<?> all =
        gatherReturnExceptions(cleaningUp("a", ofSeconds(2)), cleaningUp("b", ofSeconds(1)));
    sleep(ZERO);

    all.cancel("all");
    assertThatThrownBy(all::await).isInstanceOf(CancelledError.class).hasMessage("all");
    trail.assertIs("a cancelled", "b cancelled", "b ends", "a ends");
  }

  @Test
  void cancelling_throws_even_if_every_gathered_task_swallows_it() {
    Future<?> all = gatherReturnExceptions(() -> {
      try {
        sleep(ofDays(1));
      } catch (CancelledError e) {
        trail.add("swallowed");
      }
    });
    sleep(ZERO);

    all.cancel();
    assertThatThrownBy(all::await).isInstanceOf(CancelledError.class);
    trail.assertIs("swallowed");
  }

  @Test
  void cancelling_the_task_that_waits_cancels_what_is_gathered() {
    Task<?> waiting = createTask(() -> gather(cleaningUp("a", ZERO)).await());
    sleep(ZERO);
    sleep(ZERO);

    waiting.cancel();
    assertThatThrownBy(waiting::await).isInstanceOf(CancelledError.class);
    trail.assertIs("a cancelled", "a ends");
  }

  @Test
  void cancelling_what_is_done_does_nothing() {
    Future<List<Integer>> all = gather(() -> 1);
    all.await();

    assertThat(all.cancel()).isFalse();
    assertThat(all.result()).containsExactly(1);
  }

  @Test
  void cancelling_when_every_gathered_future_is_done_does_nothing() {
    Future<String> future = getRunningLoop().createFuture();
    Future<List<String>> all = gather(future);
    future.setResult("x");

    assertThat(all.cancel()).isFalse();
    assertThat(all.await()).containsExactly("x");
  }

  // ---- Wrong use

  @Test
  void a_future_of_another_loop_cannot_be_gathered() {
    try (EventLoop other = Asyncio.newEventLoop()) {
      Future<Object> foreign = other.createFuture();

      assertThatIllegalArgumentException()
          .isThrownBy(() -> gather(foreign))
          .withMessageContaining("it belongs to another loop");
    }
  }

  @Test
  void bodies_cannot_be_gathered_where_no_loop_runs() {
    Asyncio.toThread(() -> {
      assertThatIllegalStateException()
          .isThrownBy(() -> gather(() -> 1))
          .withMessageStartingWith("no running event loop");
    });
  }

  @Test
  void what_gathers_describes_itself() {
    Future<List<Integer>> all = gather(() -> 1, () -> 2);
    assertThat(all).hasToString("Gathering[2, pending]");

    all.await();
    assertThat(all).hasToString("Gathering[2, result=[1, 2]]");
  }

  private static Awaitable<Object> failing(Duration after, String message) {
    return () -> {
      sleep(after);
      throw new ArithmeticException(message);
    };
  }

  private Awaitable<Object> cleaningUp(String name, Duration time) {
    return () -> {
      try {
        return sleep(ofDays(1), name);
      } catch (CancelledError e) {
        trail.add(name + " cancelled");
        sleep(time);
        trail.add(name + " ends");
        throw e;
      }
    };
  }
}
