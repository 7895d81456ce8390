// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/// Whatever form a lambda has, the compiler finds the overload that is meant, infers its
/// value and the checked exceptions that it throws, and has nothing to warn of.
@DisabledIfSystemProperty(
    named = "tepal.mode",
    matches = "portable",
    disabledReason = "the compiler knows no modes")
class OverloadsTest {
  /// What runs its body here, so that the body's checked exceptions leave it. `@` is the
  /// body.
  private static final List<String> INLINE = List.of(
      "run(@)",
      "timeout(D, @)",
      "timeoutAt(D, @)",
      "waitFor(@, D)",
      "toThread(@)",
      "new Runner().run(@)",
      "new Runner().run(@, new Context())");

  /// What takes a body to run it elsewhere or later, whatever it throws.
  private static final List<String> DEFERRED = List.of(
      "createTask(@)",
      "createTask(@, TaskOptions.eager())",
      "loop.createTask(@)",
      "loop.createTask(@, TaskOptions.eager())",
      "shield(@)",
      "runCoroutineThreadsafe(@, loop)",
      "gather(@)",
      "gather(@, @)",
      "gatherReturnExceptions(@, @)",
      "loop.runUntilComplete(@)",
      "group.createTask(@)",
      "group.createTask(@, TaskOptions.eager())");

  private static final List<String> VOID_BODIES = List.of(
      "() -> nothing()",
      "() -> { nothing(); }",
      "() -> sleep(D)",
      "() -> {}",
      "() -> { if (goesOn) { return; } sleep(D); }",
      "() -> list.clear()",
      "this::nothing");

  /// A body that never ends normally may be meant either way; both are right.
  private static final List<String> ENDLESS_BODIES = List.of(
      "() -> { throw new IllegalStateException(); }", "() -> { while (true) { sleep(D); } }");

  private static final List<String> TEXT_BODIES = List.of(
      "() -> \"text\"",
      "() -> text()",
      "() -> { sleep(D); return \"text\"; }",
      "() -> sleep(D, \"text\")",
      "() -> future.await()",
      "() -> list.remove(0)",
      "() -> null",
      "() -> goesOn ? \"text\" : text()",
      "() -> { if (goesOn) { throw new IllegalStateException(); } return \"text\"; }",
      "this::text");

  @Test
  void bodies_without_a_value_are_statements() throws IOException {
    List<String> statements = new ArrayList<>();
    statements.addAll(combine(INLINE, VOID_BODIES));
    statements.addAll(combine(DEFERRED, VOID_BODIES));
    statements.addAll(combine(INLINE, ENDLESS_BODIES));
    statements.addAll(combine(DEFERRED, ENDLESS_BODIES));

    assertCompile("throws Exception", statements);
  }

  @Test
  void bodies_without_a_value_make_tasks_and_futures_of_nothing() throws IOException {
    List<String> statements = new ArrayList<>();
    statements.addAll(combine(List.of("Task<Void> task = createTask(@)"), VOID_BODIES));
    statements.addAll(combine(List.of("Future<Void> f = shield(@)"), VOID_BODIES));
    statements.addAll(combine(List.of("Future<List<Void>> f = gather(@, @)"), VOID_BODIES));

    assertCompile("", statements);
  }

  @Test
  void bodies_with_a_value_can_be_statements_too() throws IOException {
    List<String> statements = combine(INLINE, TEXT_BODIES);
    statements.addAll(combine(DEFERRED, TEXT_BODIES));

    assertCompile("", statements);
  }

  @Test
  void what_runs_a_body_here_gives_its_value() throws IOException {
    List<String> statements = new ArrayList<>();
    statements.addAll(prefix("String value = ", combine(INLINE, TEXT_BODIES)));
    statements.addAll(prefix("int value = ", combine(INLINE, List.of("() -> 42"))));
    statements.addAll(prefix("var value = 1 + ", combine(INLINE, List.of("() -> list.size()"))));

    assertCompile("", statements);
  }

  @Test
  void what_runs_a_body_later_gives_a_task_or_a_future_of_its_value() throws IOException {
    List<String> calls = List.of(
        "Task<String> t = createTask(@)",
        "Future<String> f = shield(@)",
        "Future<List<String>> f = gather(@, @)",
        "Future<List<Outcome<String>>> f = gatherReturnExceptions(@, @)",
        "String s = loop.runUntilComplete(@)");
    List<String> statements = combine(calls, TEXT_BODIES);
    statements.add("var task = createTask(() -> 42);\n int i = task.await();");

    assertCompile("", statements);
  }

  @Test
  void a_checked_exception_of_a_body_must_be_declared_where_it_runs_here() throws IOException {
    List<String> bodies = List.of(
        "() -> nothingChecked()",
        "() -> { nothingChecked(); }",
        "() -> textChecked()",
        "() -> { sleep(D); return textChecked(); }",
        "this::nothingChecked",
        "this::textChecked",
        "() -> { throw new IOException(); }");

    assertCompile("throws IOException", combine(INLINE, bodies));
    assertThat(complaints("", combine(INLINE, bodies)))
        .hasSize(INLINE.size() * bodies.size())
        .allSatisfy(each -> assertThat(each).contains("unreported exception java.io.IOException"));
  }

  @Test
  void a_checked_exception_of_a_body_need_not_be_declared_where_it_runs_later() throws IOException {
    List<String> bodies = List.of(
        "() -> nothingChecked()",
        "() -> textChecked()",
        "this::nothingChecked",
        "this::textChecked",
        "() -> { throw new IOException(); }");

    assertCompile("", combine(DEFERRED, bodies));
  }

  @Test
  void scopes_with_a_parameter_have_two_names() throws IOException {
    assertCompile(
        "",
        List.of(
            "TaskGroup.run(group -> group.createTask(() -> nothing()));",
            "TaskGroup.run(group -> { group.createTask(() -> text()); });",
            "String s = TaskGroup.call(group -> group.createTask(() -> text()).await());",
            "int i = TaskGroup.call(group -> { sleep(D); return 42; });",
            "new Context().run(() -> nothing());",
            "String s = new Context().call(() -> text());",
            "Timeout.after(D).run(() -> nothing());",
            "String s = Timeout.after(D).call(() -> text());",
            "Timeout limit = Timeout.after(D);\n limit.run(() -> limit.reschedule(null));"));
    assertCompile(
        "throws IOException",
        List.of(
            "TaskGroup.run(group -> nothingChecked());",
            "String s = TaskGroup.call(group -> textChecked());",
            "new Context().run(() -> nothingChecked());",
            "Timeout.after(D).run(this::nothingChecked);"));
  }

  @Test
  void futures_and_bodies_mix() throws IOException {
    assertCompile(
        "",
        List.of(
            "Future<List<String>> f = gather(future, () -> text(), createTask(() -> text()));",
            "Future<List<String>> f = gather(List.of(future, createTask(() -> text())));",
            "List<Object> all = Asyncio.<Object>gather(future, () -> 42).await();",
            "String s = waitFor(future, D);",
            "String s = waitFor(shield(future), null);",
            "Future<String> f = shield(future);",
            "Future<String> f = ensureFuture(future);",
            "Future<String> f = ensureFuture(() -> text());",
            "String s = loop.runUntilComplete(future);",
            "for (Future<String> each : asCompleted(List.of(future, future))) { each.await(); }",
            "for (var each : asCompleted(List.of(future), D)) { String s = each.result(); }",
            "DoneAndPending<String> found = Asyncio.wait(List.of(future), D);",
            "DoneAndPending<String> found = Asyncio.wait(Set.of(createTask(() -> text())));",
            "String s = await(CompletableFuture.completedFuture(text()));",
            "String s = await(CompletableFuture.supplyAsync(() -> text()).thenApply(t -> t));",
            "await(stage);",
            "Object o = await(stage);",
            "Future<List<String>> f = gather(() -> await(stage), () -> await(stage));",
            "CompletableFuture<String> f = future.toCompletableFuture();"));
  }

  private static List<String> combine(List<String> calls, List<String> bodies) {
    List<String> all = new ArrayList<>();
    for (String call : calls) {
      for (String body : bodies) {
        all.add(call.replace("@", body) + ";");
      }
    }
    return all;
  }

  private static List<String> prefix(String prefix, List<String> statements) {
    return statements.stream().map(each -> prefix + each).toList();
  }

  private static void assertCompile(String throwing, List<String> statements) throws IOException {
    assertThat(complaints(throwing, statements)).isEmpty();
  }

  /// Compiles each statement as a method of its own, on a line of its own.
  private static List<String> complaints(String throwing, List<String> statements)
      throws IOException {
    List<String> methods = new ArrayList<>();
    for (String each : statements) {
      methods.add("  void method%d() %s { %s }\n".formatted(methods.size(), throwing, each));
    }
    String source = """
        import java.io.*;
        import java.time.Duration;
        import java.util.*;
        import java.util.concurrent.CompletableFuture;
        import java.util.concurrent.CompletionStage;
        import tepal.*;
        import static tepal.Asyncio.*;

        class UserProgram {
          static final Duration D = Duration.ofSeconds(1);
          final List<String> list = new ArrayList<>();
          final Future<String> future = getRunningLoop().createFuture();
          final EventLoop loop = getRunningLoop();
          final CompletionStage<String> stage = CompletableFuture.completedStage("text");
          TaskGroup group;
          boolean goesOn;

          void nothing() {}
          String text() { return "text"; }
          void nothingChecked() throws IOException {}
          String textChecked() throws IOException { return "text"; }

        %s}
        """.formatted(methods.stream().collect(joining()));
    return UserCode.complaints("UserProgram", source);
  }
}
