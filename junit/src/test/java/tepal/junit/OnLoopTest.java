// SPDX-License-Identifier: Apache-2.0
package tepal.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.currentTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tepal.ContextVar;
import tepal.EventLoop;
import tepal.Task;
import tepal.queues.Queue;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

/// Tests as users write them.
@OnLoop
class OnLoopTest {
  private static final ContextVar<String> USER = new ContextVar<>("user");

  private final EventLoop loop;
  private final Trail trail;
  private final Queue<String> requests = new Queue<>();
  private @Nullable Task<?> server;

  OnLoopTest(EventLoop loop, Trail trail) {
    this.loop = loop;
    this.trail = trail;
  }

  @BeforeEach
  void startServer() {
    USER.set("alice");
    server = createTask(() -> {
      while (true) {
        trail.add("served " + requests.get());
      }
    });
  }

  @AfterEach
  void stopServer() {
    sleep(Duration.ofSeconds(1));
    Objects.requireNonNull(server).cancel();
  }

  @Test
  void a_test_is_a_task_and_its_time_is_virtual(VirtualClock clock) {
    sleep(Duration.ofDays(7));

    assertThat(Objects.requireNonNull(currentTask()).getName())
        .isEqualTo("a_test_is_a_task_and_its_time_is_virtual");
    assertThat(loop.time()).isEqualTo(Duration.ofDays(7));
    assertThat(clock.nanoTime()).isEqualTo(Duration.ofDays(7).toNanos());
  }

  @Test
  void what_is_done_before_a_test_is_done_on_its_loop_and_in_its_context(
      EventLoop same, Trail sameTrail) {
    requests.putNowait("index.html");
    sleep(Duration.ZERO);
    sleep(Duration.ZERO);

    assertThat(getRunningLoop()).isSameAs(loop).isSameAs(same);
    assertThat(sameTrail).isSameAs(trail);
    assertThat(USER.get()).isEqualTo("alice");
    trail.assertIs("served index.html");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b"})
  void each_invocation_of_a_parameterized_test_has_a_loop_of_its_own(String request, Trail same) {
    assertThat(same).isSameAs(trail);
    assertThat(loop.time()).isZero();
    requests.putNowait(request);
    sleep(Duration.ofSeconds(1));

    trail.assertIs("served " + request);
  }

  @RepeatedTest(2)
  void each_repetition_has_a_loop_of_its_own() {
    assertThat(loop.time()).isZero();
    sleep(Duration.ofSeconds(1));
  }

  @TestFactory
  Stream<DynamicTest> dynamic_tests_share_the_loop_of_their_factory() {
    sleep(Duration.ofSeconds(1));
    return Stream.of(2, 3)
        .map(seconds -> DynamicTest.dynamicTest("at " + seconds, () -> {
          sleep(Duration.ofSeconds(1));
          assertThat(loop.time()).isEqualTo(Duration.ofSeconds(seconds));
        }));
  }

  @Nested
  class Inside {
    @Test
    void a_nested_class_has_the_loop_of_the_outer_one(EventLoop same) {
      assertThat(getRunningLoop()).isSameAs(loop).isSameAs(same);
    }
  }
}
