// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;
import static tepal.InTask.me;
import static tepal.InTask.pass;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import tepal.testing.Trail;

/// The stack of a task: all frames of its user, wherever the task is.
class TaskStackTest {
  private final Trail trail = new Trail();

  @Test
  @OnLoop
  void a_suspended_task_has_the_frames_where_it_goes_on_innermost_first() {
    Task<?> task = createTask(this::outer);
    pass(1);
    assertThat(methods(task.getStack())).containsExactly("await", "inner", "outer");
  }

  private void outer() {
    inner();
  }

  private void inner() {
    getRunningLoop().createFuture().await();
  }

  @Test
  @OnLoop
  void a_stack_shows_what_the_user_called_and_not_how_it_works() {
    Task<?> task = createTask(() -> TaskGroup.run(group -> Asyncio.timeout(
        Duration.ofHours(1), () -> ExitStack.run(stack -> sleep(Duration.ofHours(2))))));
    pass(1);
    assertThat(task.getStack())
        .filteredOn(frame -> !frame.getMethodName().startsWith("lambda$"))
        .extracting(frame -> frame.getClassName() + "." + frame.getMethodName())
        .containsExactly(
            "tepal.Asyncio.sleep",
            "tepal.ExitStack.run",
            "tepal.Asyncio.timeout",
            "tepal.TaskGroup.run");
    assertThat(task.getStack()).hasSize(8);
  }

  @Test
  @OnLoop
  void a_task_that_runs_a_method_of_the_library_shows_that_method() {
    Task<?> task = createTask(getRunningLoop().createFuture());
    pass(1);
    assertThat(methods(task.getStack())).containsExactly("await");
  }

  @Test
  @OnLoop
  void the_frames_of_a_generator_go_on_with_those_of_whoever_drives_it() {
    Task<?> task = createTask(this::readNumbers);
    pass(1);
    assertThat(methods(task.getStack()))
        .containsExactly("await", "inner", "numbers", "hasNext", "readNumbers");
    assertThat(Task.of(requireNonNull(task.thread()))).isSameAs(task);
  }

  private void readNumbers() {
    for (int _ : Generator.of(this::numbers)) {
      inner();
    }
  }

  private void numbers(Generator.Yielder<Integer> yielder) {
    inner();
  }

  @Test
  @OnLoop
  void frames_of_the_jdk_between_ones_own_stay() {
    Task<?> task = createTask(() -> List.of(1).forEach(_ -> inner()));
    pass(1);
    assertThat(methods(task.getStack())).contains("await", "inner", "forEach");
  }

  @Test
  @OnLoop
  void the_stack_of_the_current_task_begins_with_the_caller() {
    assertThat(methods(me().getStack()))
        .startsWith("the_stack_of_the_current_task_begins_with_the_caller")
        .doesNotContain("runBody");
  }

  @Test
  @OnLoop
  void a_task_whose_eager_child_runs_stands_where_it_created_it() {
    Task<?> parent = me();
    createTask(() -> trail.add(methods(parent.getStack()).getFirst()), TaskOptions.eager());
    trail.assertIs("createTask");
  }

  @Test
  @OnLoop
  void a_task_that_has_not_begun_has_no_frames() {
    Task<?> task = createTask(this::outer);
    assertThat(task.getStack()).isEmpty();
    assertThat(printed(task)).isEqualTo("No stack of %s%n", task);
  }

  @Test
  @OnLoop
  void a_task_that_returned_or_was_cancelled_has_no_frames() {
    Task<?> returned = createTask(() -> {});
    Task<?> cancelled = createTask(this::outer);
    pass(1);
    cancelled.cancel();
    pass(1);
    assertThat(returned.getStack()).isEmpty();
    assertThat(cancelled.getStack()).isEmpty();
  }

  @Test
  @OnLoop
  void a_task_that_failed_has_the_frames_of_its_exception() {
    List<ExceptionContext> reported = new ArrayList<>();
    getRunningLoop().setExceptionHandler((_, context) -> reported.add(context));
    Task<?> task = createTask(() -> failing(), TaskOptions.named("bad"));
    pass(2);
    assertThat(methods(task.getStack()))
        .startsWith("deeper", "failing")
        .doesNotContain("runBody", "run");
    assertThat(methods(task.getStack(1))).containsExactly("deeper");
    assertThat(printed(task))
        .startsWith("Stack of the exception of Task[bad, exception=")
        .contains("    at tepal.TaskStackTest.deeper(TaskStackTest.java:");

    getRunningLoop().scheduler.unretrieved.reportAll();
    assertThat(reported)
        .as("who looks at the stack has not asked for the exception")
        .hasSize(1);
  }

  private static void failing() {
    deeper();
  }

  private static void deeper() {
    throw new ArithmeticException("division");
  }

  @Test
  @OnLoop
  void a_limit_keeps_the_innermost_frames() {
    Task<?> task = createTask(this::outer);
    pass(1);
    assertThat(methods(task.getStack(2))).containsExactly("await", "inner");
    assertThat(task.getStack(0)).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> task.getStack(-1))
        .withMessage("Expected a limit of at least 0, got -1");
  }

  @Test
  @OnLoop
  void a_stack_is_printed_with_the_task() {
    Task<?> task = createTask(this::outer, TaskOptions.named("reader"));
    pass(1);
    assertThat(printed(task).lines())
        .satisfiesExactly(
            line ->
                assertThat(line).isEqualTo("Stack of Task[reader, waiting for Future[pending]]:"),
            line -> assertThat(line).startsWith("    at tepal.Future.await("),
            line -> assertThat(line).startsWith("    at tepal.TaskStackTest.inner("),
            line -> assertThat(line).startsWith("    at tepal.TaskStackTest.outer("));
    StringBuilder short_ = new StringBuilder();
    task.printStack(1, short_);
    assertThat(short_.toString().lines()).hasSize(2);
  }

  @Test
  @OnlyOpened
  void a_task_that_jdk_code_suspended_has_its_frames_too() {
    var gate = new CountDownLatch(1);
    run(() -> {
      Task<?> task = createTask(() -> gate.await());
      pass(2);
      assertThat(task).hasToString(task.toString()).asString().contains("suspended by JDK code");
      assertThat(methods(task.getStack())).contains("park", "await").doesNotContain("runBody");
      gate.countDown();
      task.await();
    });
  }

  @Test
  void other_threads_can_take_the_stack_of_a_task_that_runs_or_waits() {
    var spinning = new AtomicBoolean();
    var enough = new AtomicBoolean();
    var stacks = new CompletableFuture<List<String>>();
    run(() -> {
      Task<?> waiting = createTask(this::outer);
      Task<?> running = me();
      pass(1);
      Thread _ = Thread.ofPlatform().daemon().start(() -> {
        while (!spinning.get()) {
          Thread.onSpinWait();
        }
        List<String> seen = new ArrayList<>(methods(waiting.getStack()));
        seen.addAll(methods(running.getStack()));
        stacks.complete(seen);
        enough.set(true);
      });
      spinUntil(enough, spinning);
    });
    assertThat(stacks.join()).startsWith("await", "inner", "outer").contains("spinUntil");
  }

  private static void spinUntil(AtomicBoolean enough, AtomicBoolean spinning) {
    spinning.set(true);
    while (!enough.get()) {
      Thread.onSpinWait();
    }
  }

  @Test
  @OnLoop
  void the_task_of_a_thread_is_found_from_any_thread() throws Exception {
    Task<?> me = me();
    Thread mine = Thread.currentThread();
    assertThat(Task.of(mine)).isSameAs(me);
    Asyncio.toThread(() -> assertThat(Task.of(mine)).isSameAs(me));
    Asyncio.toThread(() -> assertThat(Task.of(Thread.currentThread())).isNull());
  }

  @Test
  @OnLoop
  void a_task_that_reads_a_generator_has_the_frames_of_its_body_before_its_own() {
    Task<?> waiting = createTask(() -> read(Generator.of(_ -> inner())));
    pass(1);
    assertThat(methods(waiting.getStack()))
        .filteredOn(name -> !name.startsWith("lambda$"))
        .containsExactly("await", "inner", "hasNext", "read");

    read(Generator.of(_ -> trail.add(named())));
    trail.assertIs("named, hasNext, read");
  }

  @Test
  @OnLoop
  void the_task_of_a_thread_that_waits_for_a_generator_is_found() {
    Task<?> me = me();
    Thread mine = Thread.currentThread();
    read(Generator.of(_ -> {
      assertThat(Task.of(Thread.currentThread())).isSameAs(me);
      assertThat(Task.of(mine)).isSameAs(me);
      trail.add("found");
    }));
    trail.assertIs("found");
  }

  private static String named() {
    return String.join(
        ", ",
        methods(me().getStack()).stream()
            .filter(List.of("named", "hasNext", "read")::contains)
            .toList());
  }

  private static void read(Generator<?> generator) {
    for (Object _ : generator) {
      throw new AssertionError("It yields nothing");
    }
  }

  private static List<String> methods(List<StackTraceElement> frames) {
    return frames.stream().map(StackTraceElement::getMethodName).toList();
  }

  private static String printed(Task<?> task) {
    StringBuilder out = new StringBuilder();
    task.printStack(out);
    return out.toString();
  }
}
