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

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;
import tepal.testing.VirtualClock;

@OnLoop
class EagerTaskTest {
  private final Trail trail = new Trail();

  @Test
  void an_eager_task_runs_to_its_first_wait_before_its_creator_goes_on() {
    Task<?> task = createTask(
        () -> {
          trail.add("first part");
          sleep(ZERO);
          trail.add("second part");
        },
        TaskOptions.eager());
    trail.add("created");

    task.await();
    trail.assertIs("first part", "created", "second part");
  }

  @Test
  void an_eager_task_that_never_waits_is_done_when_it_is_created() {
    Task<String> task = createTask(() -> "value", TaskOptions.eager());

    assertThat(task.done()).isTrue();
    assertThat(task.result()).isEqualTo("value");
    assertThat(allTasks()).doesNotContain(task);
  }

  @Test
  void an_eager_task_that_fails_at_once_keeps_its_exception() {
    Task<?> task = createTask(
        () -> {
          throw new ArithmeticException("at once");
        },
        TaskOptions.eager());

    assertThat(task.exception()).hasMessage("at once");
  }

  @Test
  void an_eager_task_is_the_current_task_while_it_runs() {
    Task<?> main = currentTask();
    Task<?> task = createTask(
        () -> {
          Task<?> first = currentTask();
          sleep(ZERO);
          trail.add(first != main && first == currentTask() ? "itself" : "another");
        },
        TaskOptions.eager());

    assertThat(currentTask()).isSameAs(main);
    task.await();
    trail.assertIs("itself");
  }

  @Test
  void an_eager_task_runs_in_a_context_of_its_own() {
    ContextVar<String> user = new ContextVar<>("user");
    user.set("anna");
    Task<String> task = createTask(
        () -> {
          String inherited = user.get();
          user.set("changed");
          return inherited;
        },
        TaskOptions.eager());

    assertThat(task.result()).isEqualTo("anna");
    assertThat(user.get()).isEqualTo("anna");
  }

  @Test
  void an_eager_task_can_start_another_one_eagerly() {
    Task<?> outer = createTask(
        () -> {
          trail.add("outer begins");
          Task<?> inner = createTask(
              () -> {
                trail.add("inner begins");
                sleep(ZERO);
                trail.add("inner ends");
              },
              TaskOptions.eager());
          trail.add("outer waits");
          inner.await();
          trail.add("outer ends");
        },
        TaskOptions.eager());
    trail.add("main goes on");

    outer.await();
    trail.assertIs(
        "outer begins", "inner begins", "outer waits", "main goes on", "inner ends", "outer ends");
  }

  @Test
  void nothing_else_runs_between_an_eager_start_and_its_creator() {
    getRunningLoop().callSoon(trail.adding("callback"));
    createTask(() -> trail.add("other task"));
    createTask(
        () -> {
          trail.add("eager");
          sleep(ZERO);
        },
        TaskOptions.eager());
    trail.add("creator");

    sleep(ZERO);
    trail.assertIs("eager", "creator", "callback", "other task");
  }

  @Test
  void a_callback_can_start_a_task_eagerly() {
    getRunningLoop().callSoon(() -> {
      createTask(
          () -> {
            trail.add("eager");
            sleep(ZERO);
            trail.add("later");
          },
          TaskOptions.eager());
      trail.add("callback goes on");
    });
    getRunningLoop().callSoon(trail.adding("next callback"));

    sleep(ofSeconds(1));
    trail.assertIs("eager", "callback goes on", "next callback", "later");
  }

  @Test
  void an_eager_task_can_be_cancelled_while_it_waits() {
    Task<?> task = createTask(() -> sleep(ofSeconds(1)), TaskOptions.eager());

    task.cancel();
    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
  }

  @Test
  void cancelling_an_eager_task_in_its_first_part_ends_its_first_wait() {
    Task<?> task = createTask(
        () -> {
          Objects.requireNonNull(currentTask()).cancel("in the first part");
          sleep(ofSeconds(1));
        },
        TaskOptions.eager());

    assertThat(task.done()).isFalse();
    assertThatThrownBy(task::await).hasMessage("in the first part");
  }

  @Test
  void where_the_loop_does_not_run_an_eager_task_starts_later() {
    try (EventLoop other = EventLoop.builder().clock(new VirtualClock()).build()) {
      other.setExceptionHandler((_, error) -> trail.add(error.message()));
      other.createTask(() -> trail.add("ran"), TaskOptions.named("late").eagerly());
      trail.assertIs();
    }
    trail.assertIs("Task was destroyed but it is pending: Task[late, pending]");
  }

  // ---- Task factories

  @Test
  void a_task_factory_gets_what_create_task_was_told() {
    TaskOptions options = TaskOptions.named("given").inContext(new Context());
    getRunningLoop().setTaskFactory(new RecordingFactory());
    Task<Integer> task = createTask(() -> 1, options);

    assertThat(task.await()).isEqualTo(1);
    assertThat(task.getName()).isEqualTo("given, by the factory");
    assertThat(task.getContext()).isSameAs(options.context());
    trail.assertIs("named given");
  }

  @Test
  void a_task_factory_makes_the_tasks_of_gather_and_of_groups_too() {
    getRunningLoop().setTaskFactory(new RecordingFactory());

    Asyncio.gather(() -> trail.add("gathered")).await();
    TaskGroup.run(group -> group.createTask(() -> trail.add("in a group")));
    trail.assertIs("named null", "gathered", "named null", "in a group");
  }

  @Test
  void without_a_factory_the_loop_makes_the_tasks() {
    EventLoop loop = getRunningLoop();
    RecordingFactory factory = new RecordingFactory();
    loop.setTaskFactory(factory);
    assertThat(loop.getTaskFactory()).isSameAs(factory);

    loop.setTaskFactory(null);
    assertThat(loop.getTaskFactory()).isNull();
    assertThat(createTask(() -> 1).await()).isEqualTo(1);
    trail.assertIs();
  }

  @Test
  void the_eager_task_factory_starts_every_task_eagerly() {
    getRunningLoop().setTaskFactory(Asyncio.eagerTaskFactory());
    Task<?> task = createTask(() -> trail.add("task"));
    trail.add("created");

    assertThat(task.done()).isTrue();
    trail.assertIs("task", "created");
  }

  @Test
  void tasks_that_are_done_already_can_be_gathered() {
    getRunningLoop().setTaskFactory(Asyncio.eagerTaskFactory());

    assertThat(Asyncio.gather(() -> 1, () -> 2).await()).containsExactly(1, 2);
  }

  @Test
  void an_eager_task_factory_can_be_built_on_another_factory() {
    getRunningLoop().setTaskFactory(Asyncio.createEagerTaskFactory(new RecordingFactory()));
    Task<String> task = createTask(() -> "value");

    assertThat(task.result()).isEqualTo("value");
    assertThat(task.getName()).isEqualTo("null, by the factory");
    trail.assertIs("named null");
  }

  private final class RecordingFactory implements TaskFactory {
    @Override
    public <T extends @Nullable Object> Task<T> createTask(
        EventLoop loop, Awaitable<? extends T> body, TaskOptions options) {
      trail.add("named " + options.name());
      return loop.newTask(body, options.withName(options.name() + ", by the factory"));
    }
  }
}
