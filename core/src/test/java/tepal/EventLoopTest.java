// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

class EventLoopTest {
  private final Trail trail = new Trail();
  private final EventLoop loop = EventLoop.builder().clock(new VirtualClock()).build();

  @AfterEach
  void closeLoop() {
    loop.close();
  }

  // ---- run_forever and stop

  @Test
  void stop_ends_the_run_after_the_callbacks_that_are_scheduled_already() {
    loop.callSoon(() -> {
      loop.stop();
      trail.add("stop");
      loop.callSoon(trail.adding("too late"));
    });
    loop.callSoon(trail.adding("scheduled before"));

    loop.runForever();
    trail.assertIs("stop", "scheduled before");
  }

  @Test
  void what_a_run_left_over_runs_in_the_next_one() {
    loop.callSoon(() -> {
      loop.stop();
      loop.callSoon(trail.adding("left over"));
    });
    loop.runForever();
    trail.assertIs();

    loop.callSoon(loop::stop);
    loop.runForever();
    trail.assertIs("left over");
  }

  @Test
  void a_loop_that_is_stopped_before_it_runs_runs_one_iteration() {
    loop.callSoon(() -> {
      trail.add("ready");
      loop.callSoon(trail.adding("next iteration"));
    });
    loop.callLater(ofSeconds(1), trail.adding("timer"));

    loop.stop();
    loop.runForever();
    trail.assertIs("ready");
    assertThat(loop.time()).isZero();
  }

  @Test
  void a_stopped_loop_does_not_wait_for_timers() {
    loop.callLater(ofSeconds(5), trail.adding("timer"));
    loop.callLater(ofSeconds(1), loop::stop);

    loop.runForever();
    trail.assertIs();
    assertThat(loop.time()).isEqualTo(ofSeconds(1));
  }

  @Test
  void a_task_that_was_waiting_when_the_loop_stopped_goes_on_in_the_next_run() {
    Task<String> task = loop.createTask(() -> Asyncio.sleep(ofSeconds(2), "value"));
    loop.callLater(ofSeconds(1), loop::stop);

    loop.runForever();
    assertThat(task.done()).isFalse();
    assertThat(loop.runUntilComplete(task)).isEqualTo("value");
  }

  @Test
  void a_loop_says_whether_it_runs() {
    loop.callSoon(() -> {
      trail.add("" + loop.isRunning());
      loop.stop();
    });

    assertThat(loop.isRunning()).isFalse();
    loop.runForever();
    assertThat(loop.isRunning()).isFalse();
    trail.assertIs("true");
  }

  @Test
  void a_running_loop_cannot_be_run_again() {
    runInLoop(() -> assertThatIllegalStateException()
        .isThrownBy(loop::runForever)
        .withMessageContaining("runForever() cannot be called from a running event loop"));
  }

  @Test
  void another_loop_cannot_run_inside_a_running_one() {
    try (EventLoop other = Asyncio.newEventLoop()) {
      runInLoop(() -> {
        assertThatIllegalStateException().isThrownBy(other::runForever);
        assertThatIllegalStateException().isThrownBy(() -> other.runUntilComplete(() -> 1));
      });
    }
  }

  @Test
  void a_loop_that_runs_on_one_thread_cannot_be_run_on_another() throws InterruptedException {
    Thread runner = Thread.ofPlatform().start(loop::runForever);
    while (!loop.isRunning()) {
      Thread.onSpinWait();
    }

    assertThatIllegalStateException()
        .isThrownBy(loop::runForever)
        .withMessageStartingWith("Expected a loop that does not run, but it does: EventLoop[");
    assertThatIllegalStateException().isThrownBy(loop::close);
    loop.callSoonThreadsafe(loop::stop);
    runner.join();
  }

  // ---- run_until_complete

  @Test
  void running_until_a_task_is_done_gives_its_value() {
    assertThat(loop.runUntilComplete(() -> Asyncio.sleep(ofSeconds(1), "value")))
        .isEqualTo("value");
  }

  @Test
  void running_until_a_future_is_done_gives_its_value() {
    Future<String> future = loop.createFuture();
    loop.callLater(ofSeconds(1), () -> future.setResult("value"));

    assertThat(loop.runUntilComplete(future)).isEqualTo("value");
  }

  @Test
  void running_until_a_future_that_is_done_runs_one_iteration() {
    Future<String> future = loop.createFuture();
    future.setResult("value");
    loop.callSoon(trail.adding("callback"));

    assertThat(loop.runUntilComplete(future)).isEqualTo("value");
    trail.assertIs("callback");
  }

  @Test
  void a_failure_leaves_the_run() {
    var failure = new ArithmeticException("division");

    assertThatThrownBy(() -> loop.runUntilComplete(() -> {
          throw failure;
        }))
        .isSameAs(failure);
  }

  @Test
  void a_checked_exception_leaves_the_run_as_a_cause() {
    assertThatThrownBy(() -> loop.runUntilComplete(() -> {
          throw new IOException("disk full");
        }))
        .isInstanceOf(CompletionException.class)
        .hasRootCauseInstanceOf(IOException.class);
  }

  @Test
  void a_cancellation_leaves_the_run() {
    Future<Object> future = loop.createFuture();
    loop.callSoon(() -> future.cancel("no more"));

    assertThatThrownBy(() -> loop.runUntilComplete(future))
        .isInstanceOf(CancelledError.class)
        .hasMessage("no more");
  }

  @Test
  void a_loop_that_is_stopped_before_the_future_is_done_says_so() {
    Future<Object> future = loop.createFuture();
    loop.callSoon(loop::stop);

    assertThatIllegalStateException()
        .isThrownBy(() -> loop.runUntilComplete(future))
        .withMessage("Event loop stopped before Future completed: Future[pending]");
  }

  @Test
  void a_future_that_was_given_up_does_not_stop_a_later_run() {
    Future<Object> future = loop.createFuture();
    loop.callSoon(loop::stop);
    assertThatIllegalStateException().isThrownBy(() -> loop.runUntilComplete(future));

    loop.callSoon(() -> future.setResult("x"));
    loop.runUntilComplete(() -> Asyncio.sleep(ofSeconds(1)));
    assertThat(loop.time()).isEqualTo(ofSeconds(1));
  }

  @Test
  void a_loop_does_not_wait_for_the_future_of_another() {
    try (EventLoop other = Asyncio.newEventLoop()) {
      assertThatIllegalStateException()
          .isThrownBy(() -> loop.runUntilComplete(other.createFuture()))
          .withMessageContaining("it belongs to another");
    }
  }

  @Test
  void a_failure_of_the_virtual_machine_in_a_task_ends_the_run_at_once() {
    Task<Object> task = loop.createTask(() -> {
      throw new OutOfMemoryError("of the test");
    });
    loop.createTask(trail.adding("not reached")::run);
    loop.setExceptionHandler((_, _) -> {});

    assertThatThrownBy(loop::runForever).isInstanceOf(OutOfMemoryError.class);
    assertThat(task.exception()).isInstanceOf(OutOfMemoryError.class);
    trail.assertIs();
  }

  @Test
  void a_failure_of_the_virtual_machine_in_a_callback_ends_the_run_at_once() {
    loop.callSoon(() -> {
      throw new InternalError("of the test");
    });
    loop.callSoon(trail.adding("next run"));

    assertThatThrownBy(loop::runForever).hasMessage("of the test");
    trail.assertIs();
    loop.callSoon(loop::stop);
    loop.runForever();
    trail.assertIs("next run");
  }

  // ---- close

  @Test
  void closing_twice_does_nothing() {
    loop.close();
    loop.close();

    assertThat(loop.isClosed()).isTrue();
  }

  @Test
  void a_running_loop_cannot_be_closed() {
    runInLoop(() -> assertThatIllegalStateException()
        .isThrownBy(loop::close)
        .withMessageContaining("Expected a loop that does not run"));
    assertThat(loop.isClosed()).isFalse();
  }

  @Test
  void a_closed_loop_takes_nothing_any_more() {
    Future<Object> future = loop.createFuture();
    loop.close();

    assertClosed(() -> loop.callSoon(() -> {}));
    assertClosed(() -> loop.callSoonThreadsafe(() -> {}));
    assertClosed(() -> loop.callLater(ofSeconds(1), () -> {}));
    assertClosed(() -> loop.callAt(ofSeconds(1), () -> {}));
    assertClosed(() -> loop.createTask(() -> 1));
    assertClosed(() -> loop.runInExecutor(null, () -> 1));
    assertClosed(loop::runForever);
    assertClosed(() -> loop.runUntilComplete(future));
    assertClosed(() -> loop.runUntilComplete(() -> 1));
    assertClosed(() -> loop.addSignalHandler("TERM", () -> {}));
  }

  private static void assertClosed(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Event loop is closed");
  }

  @Test
  void closing_drops_what_is_scheduled() {
    loop.callSoon(trail.adding("callback"));
    loop.callLater(ofSeconds(1), trail.adding("timer"));

    loop.close();
    trail.assertIs();
  }

  @Test
  void a_task_that_never_got_to_its_end_is_reported_when_the_loop_closes() {
    loop.setExceptionHandler((_, error) -> trail.add(error.message()));
    loop.createTask(() -> Asyncio.sleep(ofSeconds(1)), TaskOptions.named("sleeper"));
    loop.stop();
    loop.runForever();

    loop.close();
    trail.assertIs("Task was destroyed but it is pending: Task[sleeper, waiting for sleep()]");
  }

  @Test
  void a_loop_describes_its_state() {
    String mode = loop.mode() == LoopMode.OPENED ? "opened" : "portable";
    assertThat(loop).hasToString("EventLoop[not running, " + mode + "]");
    runInLoop(() -> assertThat(loop).hasToString("EventLoop[running, " + mode + "]"));

    loop.setDebug(true);
    loop.close();
    assertThat(loop).hasToString("EventLoop[closed, " + mode + ", debug]");
  }

  @Test
  void the_running_loop_is_known_in_tasks_and_callbacks_only() {
    runInLoop(() -> assertThat(Asyncio.getRunningLoop()).isSameAs(loop));
    loop.runUntilComplete(() -> assertThat(Asyncio.getRunningLoop()).isSameAs(loop));

    assertThatIllegalStateException()
        .isThrownBy(Asyncio::getRunningLoop)
        .withMessageStartingWith("no running event loop");
  }

  /// Runs `check` in a callback of the loop, and throws what it throws.
  private void runInLoop(Runnable check) {
    Future<Object> checked = loop.createFuture();
    loop.callSoon(() -> {
      try {
        check.run();
        checked.setResult("ok");
      } catch (Throwable e) {
        checked.setException(e);
      }
    });
    loop.runUntilComplete(checked);
  }
}
