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
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.runCoroutineThreadsafe;
import static tepal.Asyncio.sleep;
import static tepal.Asyncio.toThread;
import static tepal.testing.Testing.waitAllTasksBlocked;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

/// A virtual clock that a test moves.
class VirtualClockAdvanceTest {
  private final VirtualClock clock = VirtualClock.manual();
  private final Trail trail = new Trail();

  private <X extends Throwable> void onManualClock(Action<X> main) throws X {
    run(clock, main);
  }

  private static <X extends Throwable> void run(VirtualClock clock, Action<X> main) throws X {
    try (Runner runner = new Runner(EventLoop.builder().clock(clock))) {
      runner.run(main);
    }
  }

  @Test
  void a_manual_clock_stands_still_when_nothing_is_ready() {
    onManualClock(() -> {
      Task<?> _ = createTask(() -> addAfter(ofSeconds(1), "timer"));
      waitAllTasksBlocked();

      trail.assertIs();
      assertThat(clock).hasToString("VirtualClock[PT0S, manual]");
    });
  }

  @Test
  void what_is_due_meanwhile_runs_at_its_own_time_and_so_does_what_that_starts() {
    onManualClock(() -> {
      Task<?> _ = createTask(() -> {
        addAfter(ofSeconds(3), "third");
        addAfter(ofSeconds(1), "fourth");
        addAfter(ofSeconds(7), "eleventh");
      });
      clock.advance(ofSeconds(10));
      trail.add("advanced");
      clock.advance(ofSeconds(1));
    });

    trail.assertIs("third at PT3S", "fourth at PT4S", "advanced", "eleventh at PT11S");
  }

  @Test
  void what_is_due_at_the_very_end_has_run_until_it_waits_again() {
    onManualClock(() -> {
      for (String word : new String[] {"a", "b"}) {
        Task<?> _ = createTask(() -> {
          addAfter(ofSeconds(10), word);
          sleep(ZERO);
          sleep(ZERO);
          trail.add(word + " waits again");
        });
      }
      clock.advance(ofSeconds(10));

      trail.assertIs("a at PT10S", "b at PT10S", "a waits again", "b waits again");
      assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(10));
    });
  }

  @Test
  void time_stands_still_again_afterwards() {
    onManualClock(() -> {
      Task<?> _ = createTask(() -> addAfter(ofSeconds(2), "timer"));
      clock.advance(ofSeconds(1));
      waitAllTasksBlocked();
      clock.advance(ZERO);

      trail.assertIs();
      assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(1));
    });
  }

  @Test
  void calls_in_threads_take_no_time_of_the_clock() {
    onManualClock(() -> {
      Task<?> _ = createTask(() -> {
        toThread(trail.adding("in a thread")::run);
        addAfter(ofSeconds(1), "after that");
      });
      clock.advance(ofSeconds(1));
    });

    trail.assertIs("in a thread", "after that at PT1S");
  }

  @Test
  void a_clock_that_jumps_can_be_advanced_as_well() {
    VirtualClock jumping = new VirtualClock();
    run(jumping, () -> {
      Task<?> _ = createTask(() -> addAfter(ofDays(1), "timer"));
      jumping.advance(ofDays(1));
      trail.assertIs("timer at PT24H");
    });
  }

  @Test
  void another_thread_advances_the_clock_by_a_task() {
    onManualClock(() -> {
      EventLoop loop = getRunningLoop();
      Future<String> answer = loop.createFuture();
      Task<?> _ = createTask(() -> addAfter(ofSeconds(5), "timer"));
      Thread _ = Thread.ofPlatform().start(() -> {
        runCoroutineThreadsafe(() -> clock.advance(ofSeconds(5)), loop).join();
        loop.callSoonThreadsafe(() -> answer.setResult("advanced"));
      });
      trail.add(answer.await());
    });

    trail.assertIs("timer at PT5S", "advanced");
  }

  // ---- Cancelled

  @Test
  void a_cancelled_advance_leaves_the_clock_where_it_is() {
    onManualClock(() -> {
      Task<?> advance = createTask(() -> clock.advance(ofSeconds(10)));
      Task<?> _ = createTask(() -> {
        addAfter(ofSeconds(3), "third");
        advance.cancel();
      });
      assertThatThrownBy(advance::await).isInstanceOf(CancelledError.class);
      Task<?> _ = createTask(() -> addAfter(ofSeconds(1), "fourth"));
      waitAllTasksBlocked();
      trail.assertIs("third at PT3S");

      clock.advance(ofSeconds(1));
      trail.assertIs("fourth at PT4S");
    });
  }

  // ---- Refused

  @Test
  void one_task_at_a_time_advances_the_clock() {
    onManualClock(() -> {
      Task<?> other = InTask.started(() -> sleep(ofSeconds(1)));
      Task<?> advance = InTask.started(() -> {
        Task<?> second = createTask(() -> clock.advance(ofSeconds(1)));
        clock.advance(ofSeconds(1));
        assertThatIllegalStateException()
            .isThrownBy(second::await)
            .withMessageStartingWith("Expected one task at a time to advance the clock");
      });
      advance.await();
      other.await();
    });
  }

  @Test
  void a_clock_does_not_go_back_and_not_beyond_its_end() {
    onManualClock(() -> {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> clock.advance(ofSeconds(-1)))
          .withMessage("Expected a time of zero or more, got PT-1S");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> clock.advance(ofDays(365 * 293)))
          .withMessageMatching("Expected PT2562047H.* at most, .*got PT2566680H");
    });
  }

  @Test
  void a_clock_is_advanced_on_its_own_loop() {
    assertThatIllegalStateException()
        .isThrownBy(() -> clock.advance(Duration.ofSeconds(1)))
        .withMessageStartingWith("no running event loop");
    Asyncio.run(() -> assertThatIllegalStateException()
        .isThrownBy(() -> clock.advance(ofSeconds(1)))
        .withMessageStartingWith("Expected a call on the loop whose clock this is"));
  }

  private void addAfter(Duration delay, String word) {
    sleep(delay);
    trail.add(word + " at " + getRunningLoop().time());
  }
}
