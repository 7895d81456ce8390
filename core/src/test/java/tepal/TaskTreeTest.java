// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.InTask.me;
import static tepal.InTask.pass;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// All tasks of a loop in one text, taken with the turn.
@OnLoop
class TaskTreeTest {
  private final Trail trail = new Trail();

  @Test
  void the_main_task_alone_is_a_tree() {
    me().setName("main");
    assertThat(treeWithoutStacks()).isEqualTo("""
            %s: 1 task
            * Task[main, pending]""".formatted(getRunningLoop()));
  }

  @Test
  void tasks_stand_below_the_one_that_awaits_them() {
    me().setName("main");
    TaskGroup.run(group -> {
      group.createTask(() -> Asyncio.sleep(Duration.ofHours(1)), TaskOptions.named("sleeper"));
      group.createTask(
          () -> Asyncio.gather(named("left"), named("right")).await(),
          TaskOptions.named("gatherer"));
      pass(3);

      assertThat(treeWithoutStacks()).isEqualTo("""
              %s: 5 tasks
              * Task[main, pending]
                + Awaits:
                  * Task[sleeper, waiting for sleep()]
                  * Task[gatherer, waiting for Gathering[2, pending]]
                    + Awaits:
                      * Task[left, waiting for sleep()]
                      * Task[right, waiting for sleep()]""".formatted(getRunningLoop()));
      group.cancel();
    });
  }

  private static Task<?> named(String name) {
    return createTask(() -> Asyncio.sleep(Duration.ofHours(1)), TaskOptions.named(name));
  }

  @Test
  void each_task_shows_its_stack_with_what_its_user_called() {
    me().setName("main");
    named("sleeper");
    pass(1);
    List<String> lines = getRunningLoop().formatTaskTree().lines().toList();
    assertThat(lines.subList(0, 4))
        .satisfiesExactly(
            line -> assertThat(line).endsWith(": 2 tasks"),
            line -> assertThat(line).isEqualTo("* Task[main, pending]"),
            line -> assertThat(line).isEqualTo("  + Call stack:"),
            line -> assertThat(line).startsWith("  |   at tepal.TaskTreeTest.each_task_shows_its"));
    assertThat(lines.subList(lines.size() - 4, lines.size()))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("* Task[sleeper, waiting for sleep()]"),
            line -> assertThat(line).isEqualTo("  + Call stack:"),
            line -> assertThat(line).startsWith("  |   at tepal.Asyncio.sleep(Asyncio.java"),
            line -> assertThat(line).startsWith("  |   at tepal.TaskTreeTest.lambda$named$"));
  }

  @Test
  void two_tasks_that_want_each_others_locks_are_a_cycle() {
    me().setName("main");
    var first = new Mutex();
    var second = new Mutex();
    TaskGroup.run(group -> {
      group.createTask(() -> first.thenWaitFor(second), TaskOptions.named("left"));
      group.createTask(() -> second.thenWaitFor(first), TaskOptions.named("right"));
      pass(3);

      assertThat(treeWithoutStacks()).isEqualTo("""
              %s: 3 tasks
              * Task[main, pending]
                + Awaits:
                  * Task[left, waiting for a mutex]
                    + Awaits:
                      * Task[right, waiting for a mutex]
                        + Awaits:
                          * cycle: left -> right -> left
                  * right, see above""".formatted(getRunningLoop()));
      group.cancel();
    });
  }

  /// A lock that is never released.
  private static final class Mutex implements Blocker {
    private Thread holder = Thread.currentThread();

    void thenWaitFor(Mutex other) {
      holder = Thread.currentThread();
      pass(1);
      Future<Object> waiter = getRunningLoop().createWaiter(other);
      waiter.await();
    }

    @Override
    public Thread holder() {
      return holder;
    }

    @Override
    public String toString() {
      return "a mutex";
    }
  }

  @Test
  void a_group_that_waits_for_a_task_that_waits_for_its_lock_is_a_cycle_only_at_its_end() {
    me().setName("main");
    var mutex = new Mutex();
    Task<?> parent = createTask(
        () -> TaskGroup.run(group -> {
          mutex.holder = Thread.currentThread();
          group.createTask(() -> new Mutex().thenWaitFor(mutex), TaskOptions.named("child"));
          pass(4);
        }),
        TaskOptions.named("parent"));
    pass(4);
    assertThat(treeWithoutStacks()).endsWith("""
            * Task[parent, pending]
              + Awaits:
                * Task[child, waiting for a mutex]
                  + Awaits:
                    * parent, see above""");

    pass(2);
    assertThat(treeWithoutStacks()).endsWith("""
            * Task[parent, waiting for TaskGroup[entered, tasks=1]]
              + Awaits:
                * Task[child, waiting for a mutex]
                  + Awaits:
                    * cycle: parent -> child -> parent""");
    assertThat(Asyncio.formatCallGraph(parent, 1, 0))
        .contains("* cycle: parent -> child -> parent");
  }

  @Test
  void a_cycle_that_no_root_leads_to_is_shown() {
    me().setName("main");
    List<Task<?>> tasks = new ArrayList<>();
    tasks.add(createTask(() -> tasks.get(1).await(), TaskOptions.named("a")));
    tasks.add(createTask(() -> tasks.get(0).await(), TaskOptions.named("b")));
    pass(1);
    assertThat(treeWithoutStacks()).endsWith("""
            * Task[a, waiting for b]
              + Awaits:
                * Task[b, waiting for a]
                  + Awaits:
                    * cycle: a -> b -> a""");
  }

  @Test
  void a_task_that_awaits_itself_is_a_cycle_of_its_own() {
    List<Task<?>> tasks = new ArrayList<>();
    tasks.add(createTask(
        () -> Asyncio.wait(List.of(tasks.getFirst()), Duration.ofHours(1)),
        TaskOptions.named("self")));
    pass(1);
    assertThat(treeWithoutStacks()).endsWith("* cycle: self -> self");
  }

  @Test
  void of_very_many_tasks_some_are_shown() {
    Future<String> gate = getRunningLoop().createFuture();
    for (int i = 0; i < 2 * Outline.MAX_SHOWN; i++) {
      createTask(gate);
    }
    pass(1);
    assertThat(getRunningLoop().formatTaskTree().lines().toList())
        .first()
        .asString()
        .endsWith(": 2001 tasks");
    assertThat(treeWithoutStacks().lines().toList())
        .hasSize(Outline.MAX_SHOWN + 2)
        .endsWith("... and more");
    assertThat(getRunningLoop().formatTaskTable().lines().toList())
        .hasSize(Outline.MAX_SHOWN + 4)
        .endsWith("... and more");
    gate.setResult("open");
  }

  @Test
  void the_table_has_a_line_for_each_task() {
    me().setName("main");
    Task<?> sleeper = named("sleeper");
    createTask(() -> Asyncio.wait(List.of(sleeper)), TaskOptions.named("waiter"));
    createTask(sleeper, TaskOptions.named("other"));
    pass(1);
    List<String> lines = getRunningLoop().formatTaskTable().lines().toList();
    assertThat(lines).hasSize(7);
    assertThat(lines.get(0)).endsWith(": 4 tasks");
    assertThat(lines.get(1)).matches("task     activity +at +awaited by");
    assertThat(lines.get(2)).matches("-+").hasSameSizeAs(lines.get(1));
    assertThat(lines.get(3))
        .matches("main     pending +TaskTreeTest\\.the_table_has_a_line_.*:\\d+");
    assertThat(lines.get(4)).matches("sleeper  waiting for sleep\\(\\) +.*  waiter, other");
    assertThat(lines.get(5)).matches("waiter   waiting for Waiting\\[1 pending] +TaskTreeTest.*");
    assertThat(lines.get(6)).matches("other    waiting for sleeper +Future.await:\\d+");
  }

  @Test
  void a_name_that_is_long_is_cut_in_the_table() {
    me().setName("x".repeat(1_000));
    assertThat(getRunningLoop().formatTaskTable()).contains("x".repeat(57) + "...  pending");
  }

  @Test
  void a_text_that_cannot_be_had_is_replaced() {
    Unreadable unreadable = new Unreadable();
    Future<Object> waiter = getRunningLoop().createWaiter(unreadable);
    unreadable.task = createTask(waiter, TaskOptions.named("reader"));
    pass(1);
    assertThat(treeWithoutStacks())
        .contains("Task[reader, waiting for " + Unreadable.class.getName() + " without a text]");
  }

  /// Describes itself by who waits for it, who describes itself by what it waits for.
  private static final class Unreadable implements Blocker {
    private Task<?> task = me();

    @Override
    public Thread holder() {
      throw new IllegalStateException("nobody knows");
    }

    @Override
    public String toString() {
      return "waited for by " + task;
    }
  }

  @Test
  void a_callback_sees_all_tasks_too() {
    me().setName("main");
    getRunningLoop()
        .callSoon(() -> trail.add(treeWithoutStacks().lines().toList().get(1)));
    pass(1);
    trail.assertIs("* Task[main, pending]");
  }

  private static String treeWithoutStacks() {
    StringBuilder kept = new StringBuilder();
    getRunningLoop()
        .formatTaskTree()
        .lines()
        .filter(line -> !line.matches(" *(\\+ Call stack:|\\|   at .*)"))
        .forEach(line -> kept.append(line).append('\n'));
    return kept.toString().stripTrailing();
  }
}
