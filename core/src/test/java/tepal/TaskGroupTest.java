// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ObjectAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

@OnLoop
class TaskGroupTest {
  private final Trail trail = new Trail();

  // ---- Waiting for the tasks

  @Test
  void a_group_ends_when_all_its_tasks_have_ended() {
    TaskGroup.run(group -> {
      group.createTask(() -> step("slow", ofSeconds(2)));
      group.createTask(() -> step("fast", ofSeconds(1)));
      trail.add("body ends");
    });
    trail.add("group ends");

    trail.assertIs("body ends", "fast", "slow", "group ends");
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(2));
  }

  @Test
  void a_group_gives_the_value_of_its_body() {
    List<Integer> values = TaskGroup.call(group -> {
      var tasks = List.of(1, 2, 3).stream()
          .map(n -> group.createTask(() -> sleep(ZERO, 10 * n)))
          .toList();
      return tasks.stream().map(Task::await).toList();
    });

    assertThat(values).containsExactly(10, 20, 30);
  }

  @Test
  void a_group_without_tasks_ends_with_its_body_and_lets_nothing_else_run() {
    getRunningLoop().callSoon(trail.adding("callback"));
    TaskGroup.run(group -> trail.add(group.toString()));

    trail.assertIs("TaskGroup[entered]");
  }

  @Test
  void a_task_can_create_others_while_the_group_waits_for_it() {
    TaskGroup.run(group -> group.createTask(() -> {
      sleep(ofSeconds(1));
      group.createTask(() -> step("created late", ofSeconds(1)));
    }));

    trail.assertIs("created late");
  }

  @Test
  void a_group_takes_names_contexts_and_eager_starts() {
    ContextVar<String> user = new ContextVar<>("user", "nobody");
    Context context = new Context();
    context.run(() -> user.set("anna"));

    TaskGroup.run(group -> {
      Task<String> task = group.createTask(
          () -> user.get(), TaskOptions.named("reader").inContext(context).eagerly());
      assertThat(task.getName()).isEqualTo("reader");
      assertThat(task.result()).isEqualTo("anna");
      group.createTask(() -> trail.add("void"), TaskOptions.eager());
    });
    trail.assertIs("void");
  }

  @Test
  void the_group_ends_three_iterations_after_what_its_last_task_waits_for() {
    Future<String> future = getRunningLoop().createFuture();
    createTask(() -> {
      TaskGroup.run(group -> group.createTask(() -> future.await()));
      trail.add("group ended");
    });
    sleep(ZERO);
    sleep(ZERO);

    future.setResult("x");
    sleep(ZERO);
    sleep(ZERO);
    trail.assertIs();
    sleep(ZERO);
    trail.assertIs("group ended");
  }

  @Test
  void groups_can_be_nested() {
    TaskGroup.run(outer -> {
      TaskGroup.run(inner -> inner.createTask(() -> step("inner", ofSeconds(1))));
      trail.add("inner group ended");
      outer.createTask(() -> step("outer", ofSeconds(1)));
    });

    trail.assertIs("inner", "inner group ended", "outer");
  }

  // ---- Failures

  @Test
  void the_first_failure_cancels_the_siblings() {
    assertMembers(() -> TaskGroup.run(group -> {
          group.createTask(this::waitUntilCancelled);
          group.createTask(failing(ofSeconds(1), "no route"));
        }))
        .extracting(Throwable::getMessage)
        .containsExactly("no route");

    trail.assertIs("waiting", "cancelled");
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(1));
  }

  @Test
  void the_first_failure_cancels_the_body_if_it_still_runs() {
    assertMembers(() -> TaskGroup.run(group -> {
          group.createTask(failing(ofSeconds(1), "no route"));
          waitUntilCancelled();
        }))
        .extracting(Throwable::getMessage)
        .containsExactly("no route");

    trail.assertIs("waiting", "cancelled");
    assertThat(self().cancelling()).isZero();
  }

  @Test
  void the_members_are_the_exceptions_themselves_checked_or_not() {
    var checked = new IOException("disk full");

    assertMembers(() -> TaskGroup.run(group -> group.createTask(() -> {
          throw checked;
        })))
        .containsExactly(checked);
  }

  @Test
  void a_checked_exception_of_the_body_is_in_the_group_too() {
    var checked = new IOException("disk full");

    assertMembers(() -> TaskGroup.run(_ -> {
          throw checked;
        }))
        .containsExactly(checked);
  }

  @Test
  void the_failure_of_the_body_comes_last() {
    assertMembers(() -> TaskGroup.run(group -> {
          group.createTask(() -> {
            try {
              sleep(ofDays(1));
            } finally {
              failNow("in clean-up");
            }
          });
          sleep(ZERO);
          failNow("body");
        }))
        .extracting(Throwable::getMessage)
        .containsExactly("in clean-up", "body");
  }

  @Test
  void a_failing_body_cancels_the_tasks() {
    assertMembers(() -> TaskGroup.run(group -> {
          group.createTask(this::waitUntilCancelled);
          sleep(ofSeconds(1));
          failNow("body");
        }))
        .hasSize(1);
    trail.assertIs("waiting", "cancelled");
  }

  @Test
  void failures_while_the_group_waits_for_the_cancelled_are_collected() {
    assertMembers(() -> TaskGroup.run(group -> {
          group.createTask(failing(ofSeconds(1), "first"));
          group.createTask(failingOnCancel("second", ofSeconds(2)));
          group.createTask(failingOnCancel("third", ofSeconds(1)));
        }))
        .extracting(Throwable::getMessage)
        .containsExactly("first", "third", "second");
    assertThat(getRunningLoop().time()).isEqualTo(ofSeconds(3));
  }

  @Test
  void a_failure_while_the_group_is_exiting_cancels_the_others() {
    assertMembers(() -> TaskGroup.run(group -> {
          group.createTask(this::waitUntilCancelled);
          group.createTask(failing(ofSeconds(5), "late"));
          trail.add("body ends");
        }))
        .hasSize(1);
    trail.assertIs("body ends", "waiting", "cancelled");
  }

  @Test
  void a_task_that_is_cancelled_is_not_a_failure() {
    TaskGroup.run(group -> {
      Task<?> task = group.createTask(() -> sleep(ofDays(1)));
      group.createTask(() -> step("sibling", ofSeconds(1)));
      sleep(ZERO);
      task.cancel();
    });

    trail.assertIs("sibling");
  }

  @Test
  void a_failure_of_a_nested_group_is_nested_in_that_of_the_outer_one() {
    assertMembers(() -> TaskGroup.run(outer -> {
          outer.createTask(this::waitUntilCancelled);
          outer.createTask(
              () -> TaskGroup.run(inner -> inner.createTask(failing(ofSeconds(1), "deep"))));
        }))
        .singleElement()
        .isInstanceOfSatisfying(
            ExceptionGroup.class,
            inner -> assertThat(inner.exceptions().getFirst()).hasMessage("deep"));
    trail.assertIs("waiting", "cancelled");
  }

  @Test
  void a_failure_of_the_virtual_machine_leaves_the_group_bare() {
    var failure = new InternalError("of the test");

    Asyncio.toThread(() -> {
      try (EventLoop loop = Asyncio.newEventLoop()) {
        Task<?> task = loop.createTask(() -> TaskGroup.run(group -> group.createTask(() -> {
          throw failure;
        })));
        assertThatThrownBy(loop::runForever).isSameAs(failure); // at once, out of the child
        assertThatThrownBy(loop::runForever).isSameAs(failure); // out of the task with the group
        assertThat(task.exception()).isSameAs(failure);
      }
    });
  }

  @Test
  void a_body_that_awaits_a_failing_task_is_cancelled_so_that_the_failure_is_there_once() {
    assertMembers(() -> TaskGroup.run(group -> {
          Task<?> task = group.createTask(failing(ZERO, "once"));
          try {
            task.await();
          } catch (CancelledError e) {
            trail.add("cancelled");
            throw e;
          }
        }))
        .extracting(Throwable::getMessage)
        .containsExactly("once");
    trail.assertIs("cancelled");
  }

  // ---- Wrong use

  @Test
  void a_group_that_is_over_takes_no_tasks() {
    TaskGroup[] kept = new TaskGroup[1];
    TaskGroup.run(group -> kept[0] = group);

    assertThatThrownBy(() -> kept[0].createTask(() -> 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("TaskGroup[entered] is finished");
  }

  @Test
  void a_group_that_shuts_down_takes_no_tasks() {
    assertMembers(() -> TaskGroup.run(group -> {
          group.createTask(failing(ZERO, "first"));
          try {
            sleep(ofDays(1));
          } finally {
            assertThatThrownBy(() -> group.createTask(() -> 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("TaskGroup[cancelling, errors=1] is shutting down");
            trail.add("refused");
          }
        }))
        .hasSize(1);
    trail.assertIs("refused");
  }

  @Test
  void a_group_is_entered_in_a_task() {
    getRunningLoop().callSoon(() -> {
      assertThatThrownBy(() -> TaskGroup.run(_ -> trail.add("body")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("A task group must be called in a task");
      trail.add("checked");
    });

    sleep(ZERO);
    trail.assertIs("checked");
  }

  @Test
  void a_group_describes_what_it_holds() {
    TaskGroup.run(group -> {
      group.createTask(() -> 1);
      group.createTask(() -> 2);
      assertThat(group).hasToString("TaskGroup[entered, tasks=2]");
    });
  }

  // ---- Bodies

  private void step(String name, Duration after) {
    sleep(after);
    trail.add(name);
  }

  private void waitUntilCancelled() {
    trail.add("waiting");
    try {
      sleep(ofDays(1));
    } catch (CancelledError e) {
      trail.add("cancelled");
      throw e;
    }
  }

  private static Awaitable<Object> failing(Duration after, String message) {
    return () -> {
      sleep(after);
      throw new ArithmeticException(message);
    };
  }

  private static Awaitable<Object> failingOnCancel(String message, Duration cleanUp) {
    return () -> {
      try {
        return sleep(ofDays(1), "x");
      } catch (CancelledError e) {
        sleep(cleanUp);
        throw new ArithmeticException(message);
      }
    };
  }

  private static void failNow(String message) {
    throw new ArithmeticException(message);
  }

  private static Task<?> self() {
    return Objects.requireNonNull(Asyncio.currentTask());
  }

  private static AbstractListAssert<
          ?, List<? extends Throwable>, Throwable, ObjectAssert<Throwable>>
      assertMembers(ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOf(ExceptionGroup.class)
        .asInstanceOf(InstanceOfAssertFactories.type(ExceptionGroup.class))
        .extracting(ExceptionGroup::exceptions, InstanceOfAssertFactories.list(Throwable.class));
  }
}
