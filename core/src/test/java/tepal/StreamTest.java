// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.await;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.gather;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.timeout;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// Streams of the JDK whose lambdas suspend the task.
@OnLoop
class StreamTest {
  private final Trail trail = new Trail();

  private static int slowly(int value) {
    return sleep(Duration.ofSeconds(1), value);
  }

  @Test
  void every_stage_of_a_stream_may_suspend_the_task() {
    createTask(() -> {
      for (int i = 0; i < 3; i++) {
        sleep(Duration.ofMillis(1_100));
        trail.add("other");
      }
    });
    List<Integer> values = Stream.of(4, 3, 2, 1)
        .map(StreamTest::slowly)
        .filter(value -> slowly(value) % 2 == 0)
        .peek(_ -> sleep(Duration.ofSeconds(1)))
        .sorted((a, b) -> Integer.compare(slowly(a), b))
        .toList();

    assertThat(values).containsExactly(2, 4);
    assertThat(getRunningLoop().time()).isEqualTo(Duration.ofSeconds(11));
    trail.assertIs("other", "other", "other");
  }

  @Test
  void streams_of_several_tasks_go_on_side_by_side() {
    var sums = gather(
            () -> IntStream.range(0, 10).map(StreamTest::slowly).sum(),
            () -> IntStream.range(0, 10).map(StreamTest::slowly).sum())
        .await();

    assertThat(sums).containsExactly(45, 45);
    assertThat(getRunningLoop().time()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void a_stream_that_needs_no_more_waits_for_no_more() {
    assertThat(IntStream.iterate(1, i -> i + 1).map(StreamTest::slowly).anyMatch(i -> i == 3))
        .isTrue();
    assertThat(getRunningLoop().time()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void a_cancellation_leaves_the_stream_where_it_waits() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> timeout(
            Duration.ofMillis(2_500),
            () -> Stream.of(1, 2, 3, 4)
                .map(StreamTest::slowly)
                .forEach(each -> trail.add("got " + each))));
    trail.assertIs("got 1", "got 2");
  }

  @Test
  void a_worker_of_a_parallel_stream_runs_no_task_and_is_told_so() {
    CompletableFuture<Object> outcome = new CompletableFuture<>();
    ForkJoinPool.commonPool().execute(() -> {
      try {
        outcome.complete(slowly(1));
      } catch (Throwable e) {
        outcome.completeExceptionally(e);
      }
    });

    assertThatThrownBy(() -> await(outcome))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("sleep() must be called in a task")
        .hasMessageEndingWith("a worker of a parallel stream, make the stream sequential");
  }
}
