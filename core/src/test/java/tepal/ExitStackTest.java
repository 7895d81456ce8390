// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.InTask.me;
import static tepal.InTask.pass;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// What an exit stack closes, in which order, and which exception leaves it.
@OnLoop
class ExitStackTest {
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(9);

  private final Trail trail = new Trail();

  /// Something to be closed that says so.
  private AutoCloseable resource(String name) {
    return () -> trail.add(name);
  }

  private AutoCloseable failing(Exception failure) {
    return () -> {
      trail.add("fails");
      throw failure;
    };
  }

  // ---- Order

  @Test
  void what_was_entered_last_is_closed_first() {
    ExitStack.run(stack -> {
      stack.enter(resource("a"));
      stack.callback(() -> trail.add("b"));
      stack.push(leaving -> {
        trail.add("c " + leaving);
        return false;
      });
      trail.add("body");
    });
    trail.assertIs("body", "c null", "b", "a");
  }

  @Test
  void enter_returns_the_resource_and_call_the_value() throws Exception {
    AutoCloseable resource = resource("closed");
    String value = ExitStack.<String, RuntimeException>call(stack -> {
      assertThat(stack.enter(resource)).isSameAs(resource);
      return "value";
    });
    assertThat(value).isEqualTo("value");
    trail.assertIs("closed");
  }

  @Test
  void a_closer_may_suspend_and_others_run_meanwhile() {
    createTask(() -> trail.add("other"));
    ExitStack.run(stack -> {
      stack.enter(resource("a"));
      stack.callback(() -> {
        sleep(SHORT);
        trail.add("slept");
      });
    });
    trail.assertIs("other", "slept", "a");
  }

  @Test
  void what_a_closer_enters_is_closed_next() {
    ExitStack.run(stack -> {
      stack.enter(resource("a"));
      stack.callback(() -> {
        trail.add("b");
        stack.enter(resource("c"));
      });
    });
    trail.assertIs("b", "c", "a");
  }

  @Test
  void as_an_object_it_closes_the_same_once() {
    ExitStack stack = new ExitStack();
    try (stack) {
      stack.enter(resource("a"));
      stack.push(leaving -> {
        trail.add("b " + leaving);
        return true;
      });
      assertThat(stack).hasToString("ExitStack[2 to close]");
    }
    trail.assertIs("b null", "a");
    stack.close();
    trail.assertIs();
    stack.enter(resource("again"));
    stack.close();
    trail.assertIs("again");
  }

  @Test
  void pop_all_hands_everything_to_a_stack_that_lives_on() {
    ExitStack kept = requireNonNull(ExitStack.<ExitStack, RuntimeException>call(stack -> {
      stack.enter(resource("a"));
      stack.enter(resource("b"));
      ExitStack popped = stack.popAll();
      stack.enter(resource("c"));
      return popped;
    }));
    trail.assertIs("c");
    kept.close();
    trail.assertIs("b", "a");
  }

  // ---- Exceptions

  @Test
  void the_bodys_exception_leaves_as_itself_and_everything_is_closed() {
    IOException broken = new IOException("broken");
    assertThatThrownBy(() -> ExitStack.run(stack -> {
          stack.enter(resource("a"));
          throw broken;
        }))
        .isSameAs(broken)
        .hasNoSuppressedExceptions();
    trail.assertIs("a");
  }

  @Test
  void a_closer_is_shown_the_exception_that_leaves() {
    assertThatThrownBy(() -> ExitStack.run(stack -> {
          stack.push(leaving -> added("outer " + message(leaving)) == null);
          stack.push(leaving -> added("inner " + message(leaving)) == null);
          throw new IOException("broken");
        }))
        .hasMessage("broken");
    trail.assertIs("inner broken", "outer broken");
  }

  private Trail added(String step) {
    trail.add(step);
    return trail;
  }

  private static @Nullable String message(@Nullable Throwable leaving) {
    return leaving == null ? null : leaving.getMessage();
  }

  @Test
  void a_closer_can_end_the_exception_and_those_outside_it_are_shown_none() {
    String value = ExitStack.<@Nullable String, RuntimeException>call(stack -> {
      stack.push(leaving -> added("outer " + leaving) == null);
      stack.push(leaving -> {
        trail.add("ends " + message(leaving));
        return true;
      });
      throw new IllegalStateException("broken");
    });
    assertThat(value).isNull();
    trail.assertIs("ends broken", "outer null");
  }

  @Test
  void later_exceptions_are_suppressed_in_the_first() {
    IOException first = new IOException("first");
    IOException second = new IOException("second");
    RuntimeException third = new IllegalStateException("third");
    assertThatThrownBy(() -> ExitStack.run(stack -> {
          stack.enter(failing(third));
          stack.enter(resource("a"));
          stack.enter(failing(second));
          throw first;
        }))
        .isSameAs(first)
        .satisfies(e -> assertThat(e.getSuppressed()).containsExactly(second, third));
    trail.assertIs("fails", "a", "fails");
  }

  @Test
  void the_exception_of_a_closer_leaves_if_there_is_no_other() {
    UncheckedIOException unchecked = new UncheckedIOException(new IOException("disk full"));
    IOException checked = new IOException("broken");
    assertThatThrownBy(() -> ExitStack.run(stack -> stack.enter(failing(unchecked))))
        .isSameAs(unchecked);
    assertThatThrownBy(() -> ExitStack.run(stack -> stack.enter(failing(checked))))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isSameAs(checked);
    trail.assertIs("fails", "fails");
  }

  @Test
  void a_closer_that_fails_after_the_exception_was_ended_is_the_first_again() {
    RuntimeException late = new IllegalStateException("late");
    assertThatThrownBy(() -> ExitStack.run(stack -> {
          stack.enter(failing(late));
          stack.push(_ -> true);
          throw new IOException("broken");
        }))
        .isSameAs(late)
        .hasNoSuppressedExceptions();
    trail.assertIs("fails");
  }

  @Test
  void a_closer_may_throw_again_what_it_was_shown() {
    IllegalStateException broken = new IllegalStateException("broken");
    assertThatThrownBy(() -> ExitStack.run(stack -> {
          stack.push(leaving -> {
            throw broken;
          });
          throw broken;
        }))
        .isSameAs(broken)
        .hasNoSuppressedExceptions();
  }

  // ---- Cancellation

  @Test
  void a_body_that_is_cancelled_is_closed_with_waits() {
    Task<?> task = createTask(() -> ExitStack.run(stack -> {
      stack.callback(() -> {
        sleep(SHORT);
        trail.add("closed");
      });
      stack.push(leaving -> added(leaving + "") == null);
      sleep(LONG);
    }));
    pass(1);
    task.cancel("enough");
    sleep(LONG);
    assertThat(task.cancelled()).isTrue();
    trail.assertIs("tepal.CancelledError: enough", "closed");
  }

  @Test
  void a_cancellation_while_closing_leaves_and_the_rest_is_closed() {
    Task<?> task = createTask(() -> ExitStack.run(stack -> {
      stack.callback(() -> {
        sleep(SHORT);
        trail.add("a");
      });
      stack.callback(() -> {
        trail.add("b begins");
        sleep(LONG);
        trail.add("b ends");
      });
    }));
    pass(1);
    task.cancel();
    sleep(LONG);
    assertThat(task.cancelled()).isTrue();
    trail.assertIs("b begins", "a");
  }

  @Test
  void a_cancellation_that_another_exception_hides_is_thrown_by_the_next_wait() {
    Task<?> task = createTask(() -> {
      try {
        ExitStack.run(stack -> {
          stack.callback(() -> sleep(LONG));
          throw new IOException("broken");
        });
      } catch (IOException e) {
        trail.add(e.getMessage() + " " + e.getSuppressed().length + " " + me().cancelling());
      }
      sleep(LONG);
      trail.add("never");
    });
    pass(1);
    task.cancel("enough");
    sleep(LONG);
    trail.assertIs("broken 1 1");
    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class).hasMessage("enough");
  }

  @Test
  void a_timeout_while_closing_is_over_with_its_scope() {
    assertThatThrownBy(() -> Asyncio.timeout(
            SHORT,
            () -> ExitStack.run(stack -> {
              stack.callback(() -> sleep(LONG));
              throw new IOException("broken");
            })))
        .isInstanceOf(IOException.class);
    assertThat(me().cancelling()).isZero();
    pass(1);
  }

  @Test
  void a_cancelled_future_that_a_closer_awaits_cancels_nobody() {
    assertThatThrownBy(() -> ExitStack.run(stack -> {
          stack.callback(() -> {
            Future<Object> cancelled = getRunningLoop().createFuture();
            cancelled.cancel();
            cancelled.await();
          });
          throw new IOException("broken");
        }))
        .isInstanceOf(IOException.class);
    pass(1);
  }

  @Test
  void it_needs_no_loop() throws Exception {
    Asyncio.toThread(() -> ExitStack.run(stack -> stack.enter(resource("a"))));
    trail.assertIs("a");
  }
}
