// SPDX-License-Identifier: Apache-2.0
package tepal.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tepal.EventLoop;
import tepal.Runner;

class TrailTest {
  private final Trail trail = new Trail();

  @Test
  void words_are_kept_in_their_order_until_they_are_asserted() {
    trail.add("a");
    trail.adding("b").run();
    assertThat(trail.words()).containsExactly("a", "b");
    assertThat(trail).hasToString("Trail[a, b]");

    trail.assertIs("a", "b");
    trail.assertIs();
    trail.add("c");
    trail.assertIs("c");
  }

  @Test
  void words_of_several_threads_are_all_there() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String word = "thread " + i;
      threads.add(Thread.ofPlatform().start(() -> {
        for (int n = 0; n < 1_000; n++) {
          trail.add(word);
        }
      }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(trail.words()).hasSize(4_000);
  }

  @Test
  void a_timed_trail_has_the_time_of_the_loop_before_each_word() {
    try (Runner runner = new Runner(EventLoop.builder().clock(new VirtualClock()))) {
      runner.run(() -> {
        Trail timed = Trail.timed(getRunningLoop());
        timed.add("start");
        sleep(Duration.ofMillis(1_500));
        timed.add("retry");
        sleep(Duration.ofMillis(18_500));
        timed.add("end");
        timed.assertIs("0 s: start", "1.5 s: retry", "20 s: end");
      });
    }
  }

  @Test
  void a_test_that_runs_away_is_stopped() {
    IntStream.range(0, 100_000).forEach(i -> trail.add("word"));

    assertThatIllegalStateException()
        .isThrownBy(() -> trail.add("last"))
        .withMessage(
            "Expected a test that leaves 100000 words at most, but there is one more: last");
    assertThat(trail.words()).hasSize(100_000);
  }

  @Test
  void what_was_asserted_no_longer_counts() {
    IntStream.range(0, 100_000).forEach(i -> trail.add("word"));
    assertThatThrownBy(() -> trail.assertIs()).isInstanceOf(AssertionError.class);

    assertThatCode(() -> trail.add("next")).doesNotThrowAnyException();
    trail.assertIs("next");
  }

  // ---- What the error shows

  @Test
  void a_word_in_place_of_another() {
    assertDifference(List.of("a", "b", "c"), List.of("a", "x", "c"), """
            a
        > - b (did not happen)
          + x
            c""");
  }

  @Test
  void words_that_came_too_early_and_too_late() {
    assertDifference(List.of("a", "b", "c"), List.of("c", "a", "b"), """
        > + c (too early)
            a
            b
          - c""");
    assertDifference(List.of("a", "b", "c"), List.of("b", "c", "a"), """
        > - a
            b
            c
          + a (too late)""");
  }

  @Test
  void a_word_that_came_too_often_and_one_that_came_too_seldom() {
    assertDifference(List.of("a", "b"), List.of("a", "b", "b"), """
            a
            b
        > + b (too often)""");
    assertDifference(List.of("a", "b", "b"), List.of("a", "b"), """
            a
            b
        > - b (too seldom)""");
  }

  @Test
  void nothing_where_something_was_expected_and_the_reverse() {
    assertDifference(List.of("a"), List.of(), "> - a (did not happen)");
    assertDifference(List.of(), List.of("a"), "> + a");
  }

  @Test
  void what_is_far_from_a_difference_is_left_out() {
    List<String> expected = new ArrayList<>();
    IntStream.rangeClosed(1, 20).forEach(i -> expected.add("step " + i));
    List<String> actual = new ArrayList<>(expected);
    boolean _ = actual.remove("step 10");

    assertDifference(expected, actual, """
            ... 6 as expected
            step 7
            step 8
            step 9
        > - step 10 (did not happen)
            step 11
            step 12
            step 13
            ... 7 as expected""");
  }

  @Test
  void long_trails_that_differ_everywhere_are_cut() {
    List<String> expected = IntStream.range(0, 3_000).mapToObj(i -> "left " + i).toList();
    List<String> actual = IntStream.range(0, 3_000).mapToObj(i -> "right " + i).toList();

    assertThat(TrailDifference.describe(expected, actual).lines()).hasSize(202).endsWith("    ...");
  }

  private void assertDifference(List<String> expected, List<String> actual, String shown) {
    actual.forEach(trail::add);
    assertThatThrownBy(() -> trail.assertIs(expected.toArray(String[]::new)))
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            "Expected another trail (- is missing, + is not expected, > is the first difference):\n"
                + shown);
    trail.assertIs();
  }
}
