// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.captureCallGraph;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.formatCallGraph;
import static tepal.Asyncio.futureAddToAwaitedBy;
import static tepal.Asyncio.futureDiscardFromAwaitedBy;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.printCallGraph;
import static tepal.InTask.me;
import static tepal.InTask.pass;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Who awaits whom, by every way of waiting.
@OnLoop
class CallGraphTest {
  private @Nullable Future<String> never;

  // ---- Ways of waiting

  @Test
  void a_future_is_awaited_by_the_task_in_its_await() {
    started("reader", () -> never().await());
    assertGraph(never(), """
        * Future[pending]
          + Awaited by:
            * Task[reader, waiting for Future[pending]]""");
  }

  @Test
  void a_future_is_awaited_by_several_tasks_and_they_by_others() {
    Task<?> left = started("left", () -> never().await());
    started("right", () -> never().await());
    started("top", left::await);
    assertGraph(never(), """
        * Future[pending]
          + Awaited by:
            * Task[left, waiting for Future[pending]]
              + Awaited by:
                * Task[top, waiting for left]
            * Task[right, waiting for Future[pending]]""");
  }

  @Test
  void a_gathered_task_is_awaited_by_the_gathering_and_that_by_the_task() {
    Task<?> child = started("child", () -> never().await());
    started("parent", () -> Asyncio.gather(child, never()).await());
    assertGraph(child, """
        * Task[child, waiting for Future[pending]]
          + Awaited by:
            * Gathering[2, pending]
              + Awaited by:
                * Task[parent, waiting for Gathering[2, pending]]""");
  }

  @Test
  void a_shielded_task_is_awaited_by_the_shield_and_that_by_the_task() {
    Task<?> child = started("child", () -> never().await());
    started("parent", () -> Asyncio.shield(child).await());
    assertGraph(child, """
        * Task[child, waiting for Future[pending]]
          + Awaited by:
            * Future[pending, of Shield[child]]
              + Awaited by:
                * Task[parent, waiting for Shield[child]]""");
  }

  @Test
  void what_wait_waits_for_is_awaited_by_the_task() {
    Task<?> child = started("child", () -> never().await());
    started("parent", () -> Asyncio.wait(Set.of(child)));
    assertGraph(child, """
        * Task[child, waiting for Future[pending]]
          + Awaited by:
            * Task[parent, waiting for Waiting[1 pending]]""");
  }

  @Test
  void what_as_completed_iterates_over_is_awaited_while_its_next_waits() {
    Task<?> child = started("child", () -> never().await());
    var futures = Asyncio.asCompleted(Set.of(child)).iterator();
    assertGraph(child, "* Task[child, waiting for Future[pending]]");

    started("parent", futures::next);
    assertGraph(child, """
        * Task[child, waiting for Future[pending]]
          + Awaited by:
            * Task[parent, waiting for AsCompleted[1 pending]]""");
  }

  @Test
  void what_wait_for_limits_is_awaited_by_the_task() {
    started("parent", () -> Asyncio.waitFor(never(), Duration.ofHours(1)));
    assertGraph(never(), """
        * Future[pending]
          + Awaited by:
            * Task[parent, waiting for Future[pending]]""");
  }

  @Test
  void a_task_of_a_group_is_awaited_by_the_task_that_entered_it_from_the_beginning() {
    List<Task<?>> children = new ArrayList<>();
    Future<String> gate = getRunningLoop().createFuture();
    started(
        "parent",
        () -> TaskGroup.run(group -> {
          children.add(group.createTask(never(), TaskOptions.named("child")));
          gate.await();
        }));
    assertGraph(children.getFirst(), """
        * Task[child, waiting for Future[pending]]
          + Awaited by:
            * Task[parent, waiting for Future[pending]]""");

    gate.setResult("open");
    pass(1);
    assertGraph(children.getFirst(), """
        * Task[child, waiting for Future[pending]]
          + Awaited by:
            * Task[parent, waiting for TaskGroup[entered, tasks=1]]""");
  }

  @Test
  void a_combinator_of_ones_own_is_known_if_it_says_so() {
    Future<String> own = getRunningLoop().createFuture();
    futureAddToAwaitedBy(never(), own);
    futureAddToAwaitedBy(never(), own);
    started("parent", own::await);
    assertGraph(never(), """
        * Future[pending]
          + Awaited by:
            * Future[pending]
              + Awaited by:
                * Task[parent, waiting for Future[pending]]""");

    futureDiscardFromAwaitedBy(never(), own);
    futureDiscardFromAwaitedBy(never(), own);
    futureDiscardFromAwaitedBy(own, never());
    assertGraph(never(), "* Future[pending]");
  }

  @Test
  void nobody_awaits_what_is_done_or_what_is_only_called_back() {
    Task<?> reader = started("reader", () -> never().await());
    reader.addDoneCallback(_ -> {});
    assertGraph(reader, "* Task[reader, waiting for Future[pending]]");

    reader.cancel();
    pass(2);
    assertGraph(reader, "* Task[reader, cancelled]");
    assertGraph(never(), "* Future[cancelled]");
  }

  // ---- Shapes

  @Test
  void tasks_that_await_each_other_are_a_cycle() {
    List<Task<?>> tasks = new ArrayList<>();
    tasks.add(createTask(() -> tasks.get(1).await(), TaskOptions.named("a")));
    tasks.add(createTask(() -> tasks.get(2).await(), TaskOptions.named("b")));
    tasks.add(createTask(() -> tasks.get(0).await(), TaskOptions.named("c")));
    pass(1);
    assertGraph(tasks.getFirst(), """
        * Task[a, waiting for b]
          + Awaited by:
            * Task[c, waiting for a]
              + Awaited by:
                * Task[b, waiting for c]
                  + Awaited by:
                    * cycle: a -> b -> c -> a""");

    FutureCallGraph graph = requireNonNull(captureCallGraph(tasks.getFirst()));
    FutureCallGraph end =
        graph.awaitedBy().getFirst().awaitedBy().getFirst().awaitedBy().getFirst();
    assertThat(end.future()).isSameAs(tasks.getFirst());
    assertThat(end.callStack()).isEmpty();
    assertThat(end.awaitedBy()).isEmpty();
  }

  @Test
  void what_is_reached_on_two_ways_is_shown_once() {
    Task<?> child = started("child", () -> never().await());
    Future<?> left = Asyncio.shield(child);
    Future<?> right = Asyncio.shield(child);
    started("parent", () -> Asyncio.gather(left, right).await());
    assertGraph(child, """
        * Task[child, waiting for Future[pending]]
          + Awaited by:
            * Future[pending, of Shield[child]]
              + Awaited by:
                * Gathering[2, pending]
                  + Awaited by:
                    * Task[parent, waiting for Gathering[2, pending]]
            * Future[pending, of Shield[child]]
              + Awaited by:
                * Gathering[2, pending], see above""");

    var graphs = requireNonNull(captureCallGraph(child)).awaitedBy();
    assertThat(graphs.get(0).awaitedBy().getFirst())
        .isSameAs(graphs.get(1).awaitedBy().getFirst());
  }

  @Test
  void a_long_chain_of_tasks_is_captured_whole_and_printed_to_some_depth() {
    int length = 20_000;
    Future<?> last = never();
    for (int i = 0; i < length; i++) {
      Future<?> awaited = last;
      last = createTask(() -> awaited.await(), TaskOptions.named("t" + i));
    }
    pass(1);

    FutureCallGraph graph = requireNonNull(captureCallGraph(never(), 1, 0));
    int depth = 0;
    for (; !graph.awaitedBy().isEmpty(); depth++) {
      graph = graph.awaitedBy().getFirst();
    }
    assertThat(depth).isEqualTo(length);
    assertThat(formatCallGraph(never()).lines().toList())
        .last()
        .asString()
        .endsWith("* t99, and what is deeper");
    never().setResult("over");
  }

  @Test
  void of_very_many_awaiters_some_are_shown() {
    for (int i = 0; i < 2 * Outline.MAX_SHOWN; i++) {
      createTask(never());
    }
    pass(1);
    assertThat(formatCallGraph(never(), 1, 0).lines().filter(line -> line.contains("* ")))
        .hasSize(Outline.MAX_SHOWN);
    never().setResult("over");
  }

  // ---- Frames

  @Test
  void each_task_has_its_own_stack_innermost_frame_first() {
    Task<?> task = started("reader", this::readAll);
    List<String> frames = requireNonNull(captureCallGraph(task)).callStack().stream()
        .map(entry -> entry.frame().getMethodName())
        .toList();
    assertThat(frames).containsExactly("await", "readOne", "readAll");
    assertThat(formatCallGraph(task).lines().map(String::strip))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("* Task[reader, waiting for Future[pending]]"),
            line -> assertThat(line).isEqualTo("+ Call stack:"),
            line -> assertThat(line).startsWith("|   at tepal.Future.await(Future.java:"),
            line -> assertThat(line).startsWith("|   at tepal.CallGraphTest.readOne(CallGraphTest"),
            line ->
                assertThat(line).startsWith("|   at tepal.CallGraphTest.readAll(CallGraphTest"));
  }

  private void readAll() {
    readOne();
  }

  private void readOne() {
    String _ = never().await();
  }

  @Test
  void a_limit_keeps_the_innermost_or_the_outermost_frames() {
    Task<?> task = started("reader", this::readAll);
    assertThat(formatCallGraph(task, 1, 2)).contains("await", "readOne").doesNotContain("readAll");
    assertThat(formatCallGraph(task, 1, -2)).contains("readOne", "readAll").doesNotContain("await");
    assertThat(formatCallGraph(task, 1, 99)).contains("await", "readOne", "readAll");
    assertThat(formatCallGraph(task, 1, -99)).contains("await", "readOne", "readAll");
    assertThat(formatCallGraph(task, 1, 0)).doesNotContain("Call stack");
  }

  @Test
  void the_stack_of_the_current_task_begins_with_the_caller() {
    assertThat(methodsOf(captureCallGraph())).startsWith("the_stack_of_the_current_task_begins");
    assertThat(methodsOf(captureCallGraph(me()))).startsWith("the_stack_of_the_current_task");
    assertThat(methodsOf(inner(1))).startsWith("inner the_stack_of_the_current_task_begins");
    assertThat(methodsOf(inner(2))).startsWith("the_stack_of_the_current_task_begins");
    assertThat(methodsOf(inner(1_000_000))).isEmpty();
    assertThat(formatCallGraph().lines().toList().get(2)).contains("at tepal.CallGraphTest.the_");
  }

  private static @Nullable FutureCallGraph inner(int depth) {
    return captureCallGraph(null, depth, Integer.MAX_VALUE);
  }

  private static String methodsOf(@Nullable FutureCallGraph graph) {
    List<String> names = new ArrayList<>();
    requireNonNull(graph).callStack().forEach(each -> names.add(each.frame().getMethodName()));
    return String.join(" ", names);
  }

  @Test
  void in_debug_mode_each_task_says_where_it_was_created() {
    Future<String> _ = never();
    getRunningLoop().setDebug(true);
    Task<?> task = started("reader", () -> never().await());
    assertThat(formatCallGraph(task).lines().map(String::strip))
        .containsSubsequence(
            "* Task[reader, waiting for Future[pending]]", "+ Call stack:", "+ Created at:")
        .filteredOn(line -> line.contains(".started(CallGraphTest.java"))
        .hasSize(1);
  }

  // ---- Where it is called

  @Test
  void a_callback_has_no_graph_of_its_own_but_can_ask_for_one_of_a_task() {
    Task<?> reader = started("reader", () -> never().await());
    List<@Nullable Object> seen = new ArrayList<>();
    getRunningLoop().callSoon(() -> {
      StringBuilder printed = new StringBuilder();
      printCallGraph(printed);
      seen.add(captureCallGraph());
      seen.add(formatCallGraph());
      seen.add(printed.toString());
      seen.add(formatCallGraph(reader, 1, 0));
    });
    pass(1);
    assertThat(seen).containsExactly(null, "", "", "* Task[reader, waiting for Future[pending]]");
  }

  @Test
  void outside_a_loop_a_future_is_needed() throws Exception {
    Task<?> reader = started("reader", () -> never().await());
    Asyncio.toThread(() -> {
      assertThatIllegalStateException().isThrownBy(() -> captureCallGraph());
      assertThatIllegalStateException().isThrownBy(() -> formatCallGraph(null));
      assertThatIllegalStateException().isThrownBy(() -> futureAddToAwaitedBy(reader, never()));
      assertThat(methodsOf(captureCallGraph(reader))).startsWith("await");
    });
  }

  @Test
  void a_graph_is_printed_to_what_can_be_appended_to() {
    Task<?> reader = started("reader", () -> never().await());
    StringBuilder printed = new StringBuilder();
    printCallGraph(reader, printed);
    printCallGraph(reader, printed, 1, 0);
    String end = System.lineSeparator();
    assertThat(printed.toString())
        .isEqualTo(formatCallGraph(reader) + end + formatCallGraph(reader, 1, 0) + end);
    assertThatThrownBy(() -> printCallGraph(reader, new FullDisk()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("disk full");
  }

  private static final class FullDisk implements Appendable {
    @Override
    public Appendable append(CharSequence text) throws IOException {
      throw new IOException("disk full");
    }

    @Override
    public Appendable append(CharSequence text, int start, int end) throws IOException {
      return append(text);
    }

    @Override
    public Appendable append(char c) throws IOException {
      return append("");
    }
  }

  // ---- The rest

  /// Returns a future that nobody completes.
  private Future<String> never() {
    Future<String> present = never;
    if (present == null) {
      present = getRunningLoop().createFuture();
      never = present;
    }
    return present;
  }

  private static void assertGraph(Future<?> future, String expected) {
    assertThat(formatCallGraph(future, 1, 0)).isEqualTo(expected);
  }

  private static Task<?> started(String name, Action<?> body) {
    Task<?> task = createTask(body, TaskOptions.named(name));
    pass(2);
    return task;
  }
}
