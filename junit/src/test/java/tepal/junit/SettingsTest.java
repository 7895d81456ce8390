// SPDX-License-Identifier: Apache-2.0
package tepal.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import tepal.EventLoop;
import tepal.LoopMode;
import tepal.Task;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

/// What can be asked for.
class SettingsTest {

  @Nested
  @OnLoop(mode = OnLoop.Mode.PORTABLE, debug = true)
  class InAMode {
    @Test
    void a_class_can_ask_for_a_mode_and_for_debug_mode(EventLoop loop) {
      assertThat(loop.mode()).isEqualTo(LoopMode.PORTABLE);
      assertThat(loop.getDebug()).isTrue();
    }

    @Test
    @OnLoop
    void a_method_takes_the_place_of_its_class(EventLoop loop) {
      assertThat(loop.getDebug()).isFalse();
      assertThat(loop.mode().name()).isEqualToIgnoringCase(System.getProperty("tepal.mode"));
    }

    @Nested
    class Within {
      @Test
      void an_inner_class_has_the_settings_of_the_outer_one(EventLoop loop) {
        assertThat(loop.getDebug()).isTrue();
      }
    }
  }

  @Nested
  class Inherited extends Base {
    @Test
    void a_class_has_the_settings_of_its_superclass(EventLoop loop) {
      assertThat(loop.getDebug()).isTrue();
    }
  }

  @OnLoop(debug = true)
  abstract static class Base {}

  @Test
  @OnLoop(clock = OnLoop.Clock.MANUAL)
  void a_test_can_move_the_clock_itself(VirtualClock clock) {
    Task<?> sleeper = createTask(() -> sleep(Duration.ofSeconds(5)));
    clock.advance(Duration.ofSeconds(4));
    assertThat(sleeper.done()).isFalse();

    clock.advance(Duration.ofSeconds(1));
    assertThat(sleeper.done()).isTrue();
  }

  @Test
  @InRealTime
  void an_annotation_can_carry_the_settings(EventLoop loop) {
    Duration before = loop.time();
    sleep(Duration.ofNanos(1));

    assertThat(getRunningLoop()).isSameAs(loop);
    assertThat(loop.time()).isGreaterThan(before).isNotEqualTo(before.plusNanos(1));
  }

  @Retention(RetentionPolicy.RUNTIME)
  @OnLoop(clock = OnLoop.Clock.SYSTEM)
  private @interface InRealTime {}

  @OnLoop(clock = OnLoop.Clock.SYSTEM, timeoutSeconds = 1)
  static class LongerThanItsLimit {
    @Test
    void test() {
      sleep(Duration.ofMillis(1_100));
    }
  }

  @Test
  void where_timeouts_of_junit_are_off_there_is_no_limit() {
    assertThat(TestRun.of(
                LongerThanItsLimit.class,
                Map.of("junit.jupiter.execution.timeout.mode", "disabled"))
            .summary())
        .isEqualTo("test: successful");
  }

  // ---- Refused

  @OnLoop(timeoutSeconds = 0)
  static class NoTime {
    @Test
    void test() {}

    @Test
    @OnLoop(deadlockAfterMillis = -1)
    void negative() {}
  }

  @Test
  void limits_out_of_range_are_refused() {
    TestRun run = TestRun.of(NoTime.class);

    assertThat(run.failureOf("test"))
        .isInstanceOf(ExtensionConfigurationException.class)
        .hasMessage("Expected @OnLoop with timeoutSeconds of one or more, got 0")
        .hasNoSuppressedExceptions();
    assertThat(run.failureOf("negative"))
        .hasMessage("Expected @OnLoop with deadlockAfterMillis of zero or more, got -1");
  }

  @OnLoop(clock = OnLoop.Clock.SYSTEM)
  static class NoVirtualClock {
    @Test
    void test(VirtualClock clock) {
      throw new AssertionError(clock);
    }
  }

  @Test
  void a_test_in_real_time_has_no_virtual_clock() {
    assertThat(TestRun.of(NoVirtualClock.class).failure())
        .isInstanceOf(ParameterResolutionException.class)
        .hasMessage("Expected a test in virtual time for a parameter VirtualClock, but its loop"
            + " has the machine's clock");
  }

  @OnLoop
  static class BeforeAllTests {
    @BeforeAll
    static void before(Trail trail) {
      trail.add("not reached");
    }

    @Test
    void test() {}
  }

  @OnLoop
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static class OneInstance {
    OneInstance(EventLoop loop) {
      throw new AssertionError(loop);
    }

    @Test
    void test() {}
  }

  @Test
  void what_belongs_to_all_tests_has_no_loop() {
    assertThat(TestRun.of(BeforeAllTests.class).failure())
        .isInstanceOf(ParameterResolutionException.class)
        .hasMessageStartingWith(
            "Expected a parameter of what belongs to one test, as each has a loop of its own, but"
                + " static void tepal.junit.SettingsTest$BeforeAllTests.before(")
        .hasMessageEndingWith(" belongs to all tests of tepal.junit.SettingsTest$BeforeAllTests");
    assertThat(TestRun.of(OneInstance.class).failure())
        .isInstanceOf(ParameterResolutionException.class)
        .hasMessageContaining("SettingsTest$OneInstance(");
  }
}
