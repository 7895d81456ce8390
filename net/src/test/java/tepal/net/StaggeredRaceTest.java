// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.Action;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.Future;
import tepal.LoopClock;
import tepal.Runner;
import tepal.Task;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

/// The race with fakes, in virtual time. A candidate says what becomes of it: `a 300 ok` succeeds
/// after 300 ms.
class StaggeredRaceTest {
  private static final Duration DELAY = Duration.ofMillis(250);

  // set by the first thing that a test does
  private @Nullable Trail steps;

  private Trail trail() {
    return Objects.requireNonNull(steps);
  }

  private void run(Action<Exception> main) throws Exception {
    try (Runner runner = new Runner(EventLoop.builder().clock(new VirtualClock()))) {
      steps = Trail.timed(runner.getLoop());
      runner.run(main);
    }
  }

  /// Candidates of a list, all there from the beginning.
  private static final class Given implements StaggeredRace.Candidates<String> {
    private final ArrayDeque<String> left;

    Given(String... all) {
      left = new ArrayDeque<>(List.of(all));
    }

    @Override
    public @Nullable String next() {
      return left.poll();
    }

    @Override
    public boolean exhausted() {
      return left.isEmpty();
    }
  }

  private StaggeredRace<String, String> race(
      @Nullable Duration delay, StaggeredRace.Candidates<String> candidates) {
    return new StaggeredRace<>(
        candidates, delay, this::attempt, value -> trail().add("discard " + value));
  }

  private String attempt(String candidate) {
    String[] words = candidate.split(" ", -1);
    trail().add("try " + words[0]);
    try {
      sleep(Duration.ofMillis(Integer.parseInt(words[1])));
    } catch (CancelledError e) {
      trail().add("cancel " + words[0]);
      throw e;
    }
    if (words[2].equals("ok")) {
      return words[0];
    }
    trail().add("fail " + words[0]);
    throw new IllegalStateException(words[0]);
  }

  @Test
  void the_first_to_succeed_wins_and_the_others_are_cancelled() throws Exception {
    run(() -> {
      StaggeredRace<String, String> race =
          race(DELAY, new Given("a 900 ok", "b 300 ok", "c 900 ok", "d 1 ok"));
      assertThat(race.run()).isEqualTo("b");
      assertThat(race.failures()).isEmpty();
      assertThat(getRunningLoop().time()).isEqualTo(Duration.ofMillis(550));
      trail()
          .assertIs(
              "0 s: try a",
              "0.25 s: try b",
              "0.5 s: try c",
              "0.55 s: cancel a",
              "0.55 s: cancel c");
    });
  }

  @Test
  void a_failure_lets_the_next_begin_at_once() throws Exception {
    run(() -> {
      assertThat(race(DELAY, new Given("a 10 no", "b 10 no", "c 10 ok")).run()).isEqualTo("c");
      trail()
          .assertIs(
              "0 s: try a", "0.01 s: fail a", "0.01 s: try b", "0.02 s: fail b", "0.02 s: try c");
    });
  }

  @Test
  void the_failure_of_an_earlier_one_does_not_hurry_the_next() throws Exception {
    run(() -> {
      assertThat(race(DELAY, new Given("a 300 no", "b 900 no", "c 10 ok")).run())
          .isEqualTo("c");
      trail()
          .assertIs(
              "0 s: try a", "0.25 s: try b", "0.3 s: fail a", "0.5 s: try c", "0.51 s: cancel b");
    });
  }

  @Test
  void when_all_fail_there_is_no_winner_and_the_failures_are_in_order() throws Exception {
    run(() -> {
      StaggeredRace<String, String> race = race(DELAY, new Given("a 400 no", "b 1 no"));
      assertThat(race.run()).isNull();
      assertThat(race.failures()).extracting(Exception::getMessage).containsExactly("a", "b");
    });
  }

  @Test
  void without_a_delay_there_is_one_at_a_time() throws Exception {
    run(() -> {
      assertThat(race(null, new Given("a 9000 no", "b 9000 ok", "c 1 ok")).run())
          .isEqualTo("b");
      trail().assertIs("0 s: try a", "9 s: fail a", "9 s: try b");
    });
  }

  @Test
  void nothing_to_try_ends_at_once() throws Exception {
    run(() -> {
      StaggeredRace<String, String> race = race(DELAY, new Given());
      assertThat(race.run()).isNull();
      assertThat(race.failures()).isEmpty();
    });
  }

  @Test
  void of_two_that_succeed_in_the_same_turn_one_is_discarded() throws Exception {
    run(() -> {
      Future<@Nullable Void> both = getRunningLoop().createFuture();
      StaggeredRace<String, String> race = new StaggeredRace<>(
          new Given("a", "b"),
          Duration.ZERO,
          candidate -> {
            both.await();
            return candidate;
          },
          value -> trail().add("discard " + value));
      var _ = getRunningLoop().callLater(Duration.ofSeconds(1), () -> both.setResult(null));
      assertThat(race.run()).isEqualTo("a");
      trail().assertIs("1 s: discard b");
    });
  }

  @Test
  void cancelling_the_race_cancels_the_attempts_and_waits_for_them() throws Exception {
    run(() -> {
      Task<?> racing = createTask(() -> {
        var _ = race(DELAY, new Given("a 900 ok", "b 900 ok")).run();
      });
      sleep(Duration.ofMillis(300));
      assertThat(racing.cancel()).isTrue();
      assertThatThrownBy(racing::await).isInstanceOf(CancelledError.class);
      trail().assertIs("0 s: try a", "0.25 s: try b", "0.3 s: cancel a", "0.3 s: cancel b");
    });
  }

  @Test
  void a_race_that_is_cancelled_when_it_was_won_discards_the_winner() throws Exception {
    run(() -> {
      StaggeredRace<String, String> race = new StaggeredRace<>(
          new Given("a", "b"),
          Duration.ZERO,
          candidate -> {
            if (candidate.equals("a")) {
              sleep(Duration.ofSeconds(1));
              return "a";
            }
            try {
              sleep(Duration.ofSeconds(9));
            } finally {
              sleep(Duration.ofSeconds(1)); // takes its time to end
            }
            return "b";
          },
          value -> trail().add("discard " + value));
      Task<?> racing = createTask(() -> {
        var _ = race.run();
      });
      sleep(Duration.ofMillis(1500));
      assertThat(racing.cancel()).isTrue();
      assertThatThrownBy(racing::await).isInstanceOf(CancelledError.class);
      trail().assertIs("1.5 s: discard a");
    });
  }

  @Test
  void candidates_may_come_while_others_are_tried() throws Exception {
    run(() -> {
      StaggeredRace.Candidates<String> late = new StaggeredRace.Candidates<>() {
        private final ArrayDeque<String> waiting = new ArrayDeque<>(List.of("a 900 ok"));
        private boolean complete;

        @Override
        public void begin(StaggeredRace<String, ?> race) {
          race.createTask(
              () -> {
                sleep(Duration.ofMillis(700));
                waiting.add("b 10 ok");
                complete = true;
                race.changed();
              },
              "finding");
        }

        @Override
        public @Nullable String next() {
          return waiting.poll();
        }

        @Override
        public boolean exhausted() {
          return complete && waiting.isEmpty();
        }
      };
      assertThat(race(DELAY, late).run()).isEqualTo("b");
      trail().assertIs("0 s: try a", "0.7 s: try b", "0.71 s: cancel a");
    });
  }

  /// A clock that goes on by a millisecond whenever it is read.
  private static final class Ticking implements LoopClock {
    private long nanos;

    @Override
    public long nanoTime() {
      nanos += 1_000_000;
      return nanos;
    }

    @Override
    public long idle(long deadlineNanos, Outstanding outstanding) {
      nanos = Math.max(nanos, deadlineNanos);
      return 0;
    }
  }

  @Test
  void the_next_begins_also_if_its_time_comes_while_the_race_decides() throws Exception {
    for (int millis = 1; millis <= 20; millis++) {
      Duration delay = Duration.ofMillis(millis);
      try (Runner runner = new Runner(EventLoop.builder().clock(new Ticking()))) {
        steps = Trail.timed(runner.getLoop());
        runner.run(() ->
            assertThat(race(delay, new Given("a 99999 ok", "b 1 ok")).run()).isEqualTo("b"));
      }
    }
  }
}
