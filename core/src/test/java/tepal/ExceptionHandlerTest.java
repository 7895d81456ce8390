// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

class ExceptionHandlerTest {
  private final Trail trail = new Trail();
  private final List<ExceptionContext> errors = new ArrayList<>();
  private final EventLoop loop = EventLoop.builder().clock(new VirtualClock()).build();

  @AfterEach
  void closeLoop() {
    loop.close();
  }

  @Test
  void a_callback_that_throws_is_reported_and_the_loop_goes_on() {
    loop.setExceptionHandler((_, error) -> errors.add(error));
    var failure = new ArithmeticException("division");
    Handle handle = loop.callSoon(() -> {
      throw failure;
    });
    loop.callSoon(trail.adding("next"));

    runOnce();
    trail.assertIs("next");
    assertThat(errors).hasSize(1);
    assertThat(errors.getFirst().exception()).isSameAs(failure);
    assertThat(errors.getFirst().handle()).isSameAs(handle);
    assertThat(errors.getFirst().message()).startsWith("Exception in callback Handle[");
  }

  @Test
  void a_timer_that_throws_is_reported_and_the_loop_goes_on() {
    loop.setExceptionHandler((_, error) -> errors.add(error));
    TimerHandle timer = loop.callLater(ZERO, () -> {
      throw new AssertionError("an error, too");
    });
    loop.callLater(ZERO, trail.adding("next"));

    runOnce();
    trail.assertIs("next");
    assertThat(errors).extracting(ExceptionContext::handle).containsExactly(timer);
  }

  @Test
  void the_handler_is_told_which_loop_it_is() {
    loop.setExceptionHandler((of, _) -> trail.add("" + (of == loop)));
    loop.callSoon(() -> {
      throw new ArithmeticException();
    });

    runOnce();
    trail.assertIs("true");
  }

  @Test
  void the_handler_runs_in_the_context_of_the_callback() {
    ContextVar<String> user = new ContextVar<>("user", "nobody");
    Context context = new Context();
    loop.setExceptionHandler((_, _) -> trail.add(user.get()));
    loop.callSoon(
        () -> {
          user.set("anna");
          throw new ArithmeticException();
        },
        context);

    runOnce();
    trail.assertIs("anna");
  }

  @Test
  void the_handler_runs_in_the_context_of_the_task() {
    ContextVar<String> user = new ContextVar<>("user", "nobody");
    Context context = new Context();
    context.run(() -> user.set("anna"));
    Task<Integer> task = loop.createTask(() -> 1, new TaskOptions("x", context, false));
    loop.setExceptionHandler((_, _) -> trail.add(user.get()));

    loop.callExceptionHandler(ExceptionContext.of("about the task", null, task));
    trail.assertIs("anna");
    assertThat(loop.runUntilComplete(task)).isEqualTo(1);
  }

  @Test
  void a_handler_that_throws_does_not_stop_the_loop() {
    try (LogRecords log = LogRecords.ofTepal()) {
      loop.setExceptionHandler((_, _) -> {
        throw new IllegalStateException("the handler's own");
      });
      loop.callSoon(() -> {
        throw new ArithmeticException("division");
      });
      loop.callSoon(trail.adding("next"));

      runOnce();
      trail.assertIs("next");
      assertThat(log.exceptionMessages()).containsExactly("division", "the handler's own");
      assertThat(log.messages().getLast()).startsWith("Unhandled error in exception handler");
    }
  }

  @Test
  void a_handler_that_fails_with_the_virtual_machine_ends_the_run() {
    loop.setExceptionHandler((_, _) -> {
      throw new OutOfMemoryError("of the test");
    });
    loop.callSoon(() -> {
      throw new ArithmeticException("division");
    });

    assertThatThrownBy(this::runOnce).isInstanceOf(OutOfMemoryError.class);
    loop.setExceptionHandler(null);
  }

  @Test
  void without_a_handler_an_error_is_logged_with_its_exception_and_its_subject() {
    try (LogRecords log = LogRecords.ofTepal()) {
      loop.callSoon(() -> {
        throw new ArithmeticException("division");
      });
      runOnce();

      assertThat(log.exceptionMessages()).containsExactly("division");
      assertThat(log.messages().getFirst())
          .startsWith("Exception in callback Handle[")
          .contains("handle: Handle[");
    }
  }

  @Test
  void in_debug_mode_an_error_says_where_its_callback_was_scheduled() {
    loop.setDebug(true);
    loop.setExceptionHandler((_, error) -> errors.add(error));
    loop.callSoon(() -> {
      throw new ArithmeticException("division");
    });
    runOnce();

    assertThat(errors.getFirst().origin().getFirst().getMethodName())
        .isEqualTo("in_debug_mode_an_error_says_where_its_callback_was_scheduled");
  }

  @Test
  void a_program_can_use_the_handler_for_its_own_errors() {
    loop.setExceptionHandler((_, error) -> errors.add(error));
    var context = new ExceptionContext("something went wrong", null);

    loop.callExceptionHandler(context);
    assertThat(errors).containsExactly(context);
  }

  @Test
  void the_handler_that_was_set_can_be_asked_for_and_taken_away() {
    ExceptionHandler handler = (_, error) -> errors.add(error);
    assertThat(loop.getExceptionHandler()).isNull();

    loop.setExceptionHandler(handler);
    assertThat(loop.getExceptionHandler()).isSameAs(handler);
    loop.setExceptionHandler(null);
    assertThat(loop.getExceptionHandler()).isNull();
  }

  @Test
  void a_handler_can_pass_an_error_on_to_the_default_one() {
    try (LogRecords log = LogRecords.ofTepal()) {
      loop.setExceptionHandler((of, error) -> {
        trail.add("seen");
        of.defaultExceptionHandler(error);
      });
      loop.callSoon(() -> {
        throw new ArithmeticException("division");
      });

      runOnce();
      trail.assertIs("seen");
      assertThat(log.exceptionMessages()).containsExactly("division");
    }
  }

  private void runOnce() {
    loop.stop();
    loop.runForever();
  }
}
