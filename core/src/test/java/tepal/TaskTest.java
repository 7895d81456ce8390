// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.allTasks;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.currentTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

@OnLoop
class TaskTest {
  private final Trail trail = new Trail();

  // ---- Running

  @Test
  void a_task_starts_in_the_next_iteration_after_what_was_scheduled_before_it() {
    getRunningLoop().callSoon(trail.adding("callback"));
    createTask(() -> trail.add("task"));
    trail.add("created");

    sleep(ZERO);
    trail.assertIs("created", "callback", "task");
  }

  @Test
  void tasks_that_yield_take_turns() {
    for (String name : new String[] {"a", "b", "c"}) {
      createTask(() -> {
        for (int i = 0; i < 3; i++) {
          trail.add(name + i);
          sleep(ZERO);
        }
      });
    }

    sleep(ofSeconds(1));
    trail.assertIs("a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2");
  }

  @Test
  void awaiting_a_task_gives_its_value_two_iterations_after_the_future_it_waits_for() {
    Future<String> future = getRunningLoop().createFuture();
    Task<String> inner = createTask(() -> future.await());
    createTask(() -> trail.add(inner.await()));
    sleep(ZERO);

    future.setResult("value");
    sleep(ZERO);
    trail.assertIs();
    sleep(ZERO);
    trail.assertIs("value");
  }

  @Test
  void a_task_without_a_value_gives_null() {
    Task<?> task = createTask(() -> trail.add("ran"));

    assertThat(task.await()).isNull();
    trail.assertIs("ran");
  }

  @Test
  void an_unchecked_exception_crosses_a_task_as_itself() {
    var failure = new ArithmeticException("division");
    Task<Object> task = createTask(() -> {
      throw failure;
    });

    assertThatThrownBy(task::await).isSameAs(failure);
    assertThat(task.exception()).isSameAs(failure);
  }

  @Test
  void an_error_crosses_a_task_as_itself() {
    var failure = new AssertionError("expected");
    Task<Object> task = createTask(() -> {
      throw failure;
    });

    assertThatThrownBy(task::await).isSameAs(failure);
  }

  @Test
  void a_checked_exception_arrives_as_a_cause_and_is_stored_bare() {
    var failure = new IOException("disk full");
    Task<Object> task = createTask(() -> {
      throw failure;
    });

    assertThatThrownBy(task::await)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isSameAs(failure);
    assertThat(task.exception()).isSameAs(failure);
  }

  @Test
  void a_stack_overflow_is_a_failure_of_its_task_only() {
    Task<?> task = createTask(() -> recurse(1));

    assertThatThrownBy(task::await).isInstanceOf(StackOverflowError.class);
  }

  private static int recurse(int depth) {
    return depth == Integer.MAX_VALUE ? 0 : recurse(depth + 1) + 1;
  }

  @Test
  void the_result_of_a_task_cannot_be_set() {
    Task<Integer> task = createTask(() -> 1);

    assertThatThrownBy(() -> task.setResult(2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("setResult()");
    assertThatThrownBy(() -> task.setException(new ArithmeticException()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("setException()");
    assertThat(task.await()).isEqualTo(1);
  }

  @Test
  void a_task_cannot_await_itself_and_may_go_on() {
    Task<String> task = createTask(() -> {
      Task<?> self = Objects.requireNonNull(currentTask());
      assertThatThrownBy(self::await)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the task awaits itself: Task[narcissus,");
      return "went on";
    });
    task.setName("narcissus");

    assertThat(task.await()).isEqualTo("went on");
  }

  @Test
  void a_task_cannot_await_a_future_of_another_loop() {
    try (EventLoop other = Asyncio.newEventLoop()) {
      Future<Object> foreign = other.createFuture();

      assertThatThrownBy(foreign::await)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("belongs to another loop");
    }
  }

  @Test
  void the_error_for_a_wrong_await_comes_after_a_turn_of_the_loop() {
    try (EventLoop other = Asyncio.newEventLoop()) {
      Future<Object> foreign = other.createFuture();
      getRunningLoop().callSoon(trail.adding("callback"));

      assertThatThrownBy(foreign::await).isInstanceOf(IllegalStateException.class);
      trail.assertIs("callback");
    }
  }

  // ---- Which tasks there are

  @Test
  void the_current_task_is_the_one_that_runs() {
    Task<?> main = currentTask();
    Task<?>[] seen = new Task<?>[1];
    Task<?> other = createTask(() -> seen[0] = Objects.requireNonNull(currentTask()));

    other.await();
    assertThat(seen[0]).isSameAs(other).isNotSameAs(main);
    assertThat(currentTask()).isSameAs(main);
  }

  @Test
  void there_is_no_current_task_in_a_callback() {
    getRunningLoop().callSoon(() -> trail.add("" + currentTask()));

    sleep(ZERO);
    trail.assertIs("null");
  }

  @Test
  void all_tasks_are_those_that_are_not_done_oldest_first() {
    Task<?> main = currentTask();
    Task<?> first = createTask(() -> sleep(ofSeconds(1)));
    Task<?> second = createTask(() -> sleep(ofSeconds(2)));

    assertThat(allTasks()).map(task -> (Object) task).containsExactly(main, first, second);
    sleep(ofSeconds(1));
    sleep(ZERO);
    assertThat(allTasks()).map(task -> (Object) task).containsExactly(main, second);
    second.cancel();
    sleep(ZERO);
    assertThat(allTasks()).map(task -> (Object) task).containsExactly(main);
  }

  // ---- Names and descriptions

  @Test
  void a_task_has_the_name_it_was_given_or_a_number() {
    Task<Integer> named = createTask(() -> 1, TaskOptions.named("fetch"));
    Task<Integer> first = createTask(() -> 1);
    Task<Integer> second = createTask(() -> 1);

    assertThat(named.getName()).isEqualTo("fetch");
    assertThat(first.getName()).matches("Task-\\d+");
    assertThat(number(second)).isEqualTo(number(first) + 1);
  }

  private static int number(Task<?> task) {
    return Integer.parseInt(task.getName().substring("Task-".length()));
  }

  @Test
  void a_task_can_be_renamed() {
    Task<Integer> task = createTask(() -> 1, TaskOptions.named("old"));
    task.setName("new");

    assertThat(task.getName()).isEqualTo("new");
    assertThat(task.await()).isEqualTo(1);
  }

  @Test
  void a_task_describes_what_it_does() {
    Future<Object> future = getRunningLoop().createFuture();
    Task<Object> task = createTask(() -> future.await(), TaskOptions.named("reader"));
    Task<Object> waiting = createTask(() -> task.await(), TaskOptions.named("watcher"));
    assertThat(task).hasToString("Task[reader, pending]");

    sleep(ZERO);
    assertThat(task).hasToString("Task[reader, waiting for Future[pending]]");
    assertThat(waiting).hasToString("Task[watcher, waiting for reader]");

    future.setResult("x");
    assertThat(task).hasToString("Task[reader, pending]");
    waiting.await();
    assertThat(task).hasToString("Task[reader, result=x]");
  }

  @Test
  void a_task_describes_how_it_ended() {
    Task<Object> failed = createTask(
        () -> {
          throw new ArithmeticException("division");
        },
        TaskOptions.named("divide"));
    Task<?> cancelled = createTask(() -> sleep(ofSeconds(1)), TaskOptions.named("sleeper"));
    sleep(ZERO);
    cancelled.cancel();
    assertThat(cancelled.toString()).endsWith(", cancelling]");

    sleep(ZERO);
    assertThat(failed.exception()).isNotNull();
    assertThat(failed)
        .hasToString("Task[divide, exception=java.lang.ArithmeticException: division]");
    assertThat(cancelled).hasToString("Task[sleeper, cancelled]");
  }

  @Test
  void a_result_without_a_text_does_not_keep_a_task_from_having_one() {
    Task<Object> task = createTask(() -> new Object() {
      @Override
      public String toString() {
        throw new IllegalStateException("no text");
      }
    });

    task.await();
    assertThat(task.toString()).contains("result=tepal.TaskTest$").endsWith(" without a text]");
  }

  @Test
  void a_task_knows_its_body_and_its_context() {
    Context context = new Context();
    Awaitable<Integer> body = () -> 1;
    Task<Integer> task = createTask(body, TaskOptions.named("x").inContext(context));

    assertThat(task.getCoro()).isSameAs(body);
    assertThat(task.getContext()).isSameAs(context);
    assertThat(task.await()).isEqualTo(1);
  }

  @Test
  void a_task_runs_in_a_copy_of_the_context_that_created_it() {
    ContextVar<String> user = new ContextVar<>("user");
    user.set("anna");
    Task<String> task = createTask(() -> {
      String inherited = user.get();
      user.set("changed");
      return inherited;
    });
    user.set("bert");

    assertThat(task.await()).isEqualTo("anna");
    assertThat(user.get()).isEqualTo("bert");
    assertThat(task.getContext().get(user)).isEqualTo("changed");
  }
}
