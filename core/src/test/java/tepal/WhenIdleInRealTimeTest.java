// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;
import static tepal.testing.Testing.waitAllTasksBlocked;

import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// `EventLoop.whenIdle` on a loop whose time is real, and on one that does not run.
class WhenIdleInRealTimeTest {
  private final Trail trail = new Trail();

  @Test
  void a_timer_that_is_not_due_is_not_waited_for() {
    run(() -> {
      Task<?> sleeper = createTask(() -> sleep(ofHours(1)));
      waitAllTasksBlocked();
      waitAllTasksBlocked(ofMillis(2));
      trail.add("all blocked");
      sleeper.cancel();
    });

    trail.assertIs("all blocked");
  }

  @Test
  void a_timer_within_the_cushion_comes_first() {
    run(() -> {
      Task<?> _ = createTask(() -> {
        sleep(ofMillis(1));
        trail.add("timer");
      });
      waitAllTasksBlocked(ofMillis(200));
      trail.add("all blocked");
    });

    trail.assertIs("timer", "all blocked");
  }

  @Test
  void a_loop_that_does_not_run_yet_is_idle_when_it_runs() {
    try (EventLoop loop = Asyncio.newEventLoop()) {
      Future<?> idle = loop.whenIdle(ZERO);
      loop.callSoon(trail.adding("callback"));
      loop.runUntilComplete(idle);
    }

    trail.assertIs("callback");
  }

  @Test
  void a_loop_that_is_stopped_keeps_those_who_wait_for_its_next_run() {
    try (EventLoop loop = Asyncio.newEventLoop()) {
      Future<?> idle = loop.whenIdle(ofMillis(1));
      loop.stop();
      loop.runForever();
      trail.add("stopped, idle: " + idle.done());
      loop.runUntilComplete(idle);
    }

    trail.assertIs("stopped, idle: false");
  }

  @Test
  void a_closed_loop_is_refused() {
    EventLoop closed = Asyncio.newEventLoop();
    closed.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> closed.whenIdle(ZERO))
        .withMessage("Event loop is closed");
  }
}
