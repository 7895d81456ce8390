// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;
import static tepal.InTask.me;
import static tepal.InTask.outcome;
import static tepal.InTask.pass;
import static tepal.InTask.started;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

/// Mistakes: each gives an exception that says what was expected and found, and the loop goes on.
class BadInputTest {
  private static final Duration EVER = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
  private static final Duration LONG_AGO = Duration.ofSeconds(Long.MIN_VALUE);

  private final Trail trail = new Trail();

  // ---- Outside a task

  @Test
  void what_suspends_must_be_called_in_a_task() {
    var loop = Asyncio.newEventLoop();
    var future = loop.<String>createFuture();
    String here = "but was called on " + Thread.currentThread();
    List<ThrowingCallable> calls = List.of(
        future::await,
        () -> sleep(Duration.ofSeconds(1)),
        () -> Asyncio.wait(List.of(future)),
        () -> Asyncio.toThread(() -> "value"),
        () -> TaskGroup.run(_ -> {}),
        () -> Timeout.at(null).run(() -> {}));
    assertThat(calls)
        .allSatisfy(call -> assertThatThrownBy(call)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("must be called in a task")
            .hasMessageContaining(here));
    loop.close();
  }

  @Test
  void what_needs_a_loop_must_be_called_in_one() {
    List<ThrowingCallable> calls = List.of(
        Asyncio::getRunningLoop,
        () -> createTask(() -> "value"),
        () -> Asyncio.gather(() -> "one", () -> "two"),
        () -> Asyncio.shield(() -> "value"),
        () -> Asyncio.timeout(Duration.ZERO, () -> "value"));
    assertThat(calls)
        .allSatisfy(call -> assertThatThrownBy(call)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("no running event loop")
            .hasMessageContaining(Thread.currentThread().toString()));
  }

  @Test
  void a_callback_cannot_await() {
    run(() -> {
      var loop = getRunningLoop();
      var future = loop.<String>createFuture();
      loop.callSoon(() -> {
        assertThatIllegalStateException()
            .isThrownBy(future::await)
            .withMessageContaining("await() must be called in a task");
        trail.add("refused");
      });
      pass(2);
      future.setResult("value");
      trail.add(future.await());
    });
    trail.assertIs("refused", "value");
  }

  // ---- Loops in loops

  @Test
  void a_loop_cannot_be_run_in_a_running_one() {
    run(() -> {
      var other = Asyncio.newEventLoop();
      List<ThrowingCallable> calls = List.of(
          () -> run(() -> {}),
          () -> getRunningLoop().runForever(),
          () -> other.runForever(),
          () -> other.runUntilComplete(other.createFuture()),
          () -> new Runner().run(() -> {}));
      assertThat(calls)
          .allSatisfy(call -> assertThatThrownBy(call)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("cannot be called from a running event loop"));
      other.close();
      pass(1);
      trail.add("went on");
    });
    trail.assertIs("went on");
  }

  @Test
  void a_task_cannot_await_a_future_of_another_loop() {
    var other = Asyncio.newEventLoop();
    run(() -> {
      var foreign = other.createFuture();
      assertThatIllegalStateException()
          .isThrownBy(foreign::await)
          .withMessageContaining("belongs to another loop than Task[");
      pass(1);
    });
    other.close();
  }

  // ---- Waiting for oneself

  @Test
  void a_task_cannot_await_itself() {
    run(() -> {
      var own = new AtomicReference<Task<?>>();
      var task = createTask(
          () -> {
            assertThatIllegalStateException()
                .isThrownBy(() -> own.get().await())
                .withMessageContaining("the task awaits itself: Task[selfish, ");
            trail.add("refused");
          },
          TaskOptions.named("selfish"));
      own.set(task);
      task.await();
      assertThatIllegalStateException().isThrownBy(() -> me().await());
      trail.add("went on");
    });
    trail.assertIs("refused", "went on");
  }

  // ---- Durations

  @Test
  void negative_durations_are_no_time_at_all() {
    inVirtualTime(() -> {
      for (Duration each : List.of(Duration.ofNanos(-1), Duration.ofDays(-1), LONG_AGO)) {
        sleep(each);
        getRunningLoop().callLater(each, trail.adding("timer"));
        getRunningLoop().callAt(each, trail.adding("timer at"));
        assertThat(outcome(() -> Asyncio.timeout(each, () -> pass(2))))
            .isEqualTo("TimeoutException");
        assertThat(outcome(() -> Asyncio.waitFor(() -> pass(2), each)))
            .isEqualTo("TimeoutException");
        assertThat(Asyncio.wait(List.of(getRunningLoop().createFuture()), each).done())
            .isEmpty();
        trail.assertIs("timer at", "timer");
      }
      assertThat(getRunningLoop().time()).isZero();
    });
  }

  @Test
  void durations_beyond_292_years_are_for_ever() {
    inVirtualTime(() -> {
      var loop = getRunningLoop();
      var sleeper = started(() -> sleep(EVER));
      var limited = started(() -> Asyncio.timeout(EVER, () -> sleep(EVER)));
      loop.callLater(EVER, trail.adding("never"));
      loop.callAt(EVER, trail.adding("never"));
      sleep(Duration.ofDays(36_500));
      assertThat(sleeper.done()).isFalse();
      assertThat(limited.done()).isFalse();
      assertThat(Asyncio.timeout(EVER, () -> "value")).isEqualTo("value");
      assertThat(Asyncio.waitFor(() -> "value", EVER)).isEqualTo("value");
      sleeper.cancel();
      limited.cancel();
    });
    trail.assertIs();
  }

  @Test
  void a_deadline_that_would_overflow_is_for_ever() {
    inVirtualTime(() -> {
      sleep(Duration.ofDays(1));
      var timer = getRunningLoop().callLater(Duration.ofNanos(Long.MAX_VALUE), () -> {});
      assertThat(timer.when()).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
      timer.cancel();
    });
  }

  @Test
  void a_limit_that_is_not_positive_is_refused() {
    assertThatThrownBy(() -> EventLoop.builder().stallAfter(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Expected a positive duration, got PT0S");
  }

  // ---- Callbacks that throw

  @Test
  void a_callback_that_throws_is_reported_and_the_loop_goes_on() {
    try (var log = LogRecords.ofTepal()) {
      run(() -> {
        var loop = getRunningLoop();
        loop.callSoon(() -> {
          throw new IllegalStateException("thrown by a callback");
        });
        loop.callSoon(() -> {
          throw new StackOverflowError("deep");
        });
        loop.callSoon(() -> {
          throw Thrown.<RuntimeException>sneak(new Exception("checked"));
        });
        loop.callSoon(trail.adding("next callback"));
        pass(2);
        trail.add("task");
      });
      trail.assertIs("next callback", "task");
      assertThat(log.messages("Exception in callback Handle[")).hasSize(3);
    }
  }

  @Test
  void a_done_callback_that_throws_does_not_keep_others_from_being_called() {
    try (var log = LogRecords.ofTepal()) {
      run(() -> {
        var future = getRunningLoop().<String>createFuture();
        future.addDoneCallback(_ -> {
          throw new IllegalStateException("thrown by a done callback");
        });
        future.addDoneCallback(done -> trail.add("next " + done.result()));
        future.setResult("value");
        trail.add("task " + future.await());
        pass(1);
      });
      trail.assertIs("task value", "next value");
      assertThat(log.messages("Exception in callback")).hasSize(1);
    }
  }

  @Test
  void an_exception_handler_that_throws_is_logged_with_what_it_was_told() {
    try (var log = LogRecords.ofTepal()) {
      run(() -> {
        var loop = getRunningLoop();
        loop.setExceptionHandler((_, _) -> {
          throw new IllegalStateException("thrown by the handler");
        });
        loop.callSoon(() -> {
          throw new IllegalStateException("thrown by a callback");
        });
        pass(2);
      });
      assertThat(log.exceptionMessages())
          .containsExactly("thrown by a callback", "thrown by the handler");
    }
  }

  // ---- What is null or done already

  @Test
  @SuppressWarnings("NullAway") // which is the mistake
  void nothing_cannot_be_run() {
    run(() -> {
      assertThatThrownBy(() -> createTask((Action<?>) null))
          .isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> getRunningLoop().callSoon(null))
          .isInstanceOf(NullPointerException.class);
      assertThat(Asyncio.allTasks()).hasSize(1);
      pass(1);
    });
  }

  @Test
  void a_task_cannot_be_given_its_value() {
    run(() -> {
      Task<String> task = createTask(() -> "its own");
      assertThatIllegalStateException()
          .isThrownBy(() -> task.setResult("another"))
          .withMessageContaining("its body returns the value");
      assertThat(task.await()).isEqualTo("its own");
    });
  }

  private static void inVirtualTime(Action<RuntimeException> body) {
    try (var runner = new Runner(EventLoop.builder().clock(new VirtualClock()))) {
      runner.run(body);
    }
  }
}
