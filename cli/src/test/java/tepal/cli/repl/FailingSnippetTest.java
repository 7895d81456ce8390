// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is told of lines and tasks that fail.
class FailingSnippetTest {
  private Session session = Session.script();

  @AfterEach
  void close() {
    session.close();
  }

  @Test
  void an_exception_is_told_with_the_lines_of_the_snippets_and_no_others() {
    session.type("int divide(int a, int b) {\n  return a /\n    b;\n}");
    session.type("divide(1, 0)");

    assertErrors("""
        java.lang.ArithmeticException: / by zero
            at divide (#1:2)
            at #2:1
        """);
  }

  @Test
  void the_rest_of_the_line_is_dropped_and_the_next_line_runs() {
    session.type("int zero = 0; IO.println(1 / zero); IO.println(\"no\")");
    session.type("IO.println(\"next\")");

    assertErrors("java.lang.ArithmeticException: / by zero\n    at #2:1\n");
    assertThat(session.out()).isEqualTo("next\n");
  }

  @Test
  void a_failure_in_a_task_has_the_place_in_the_task_s_body() {
    session.type("""
        createTask(() -> {
          throw new java.io.IOException("gone");
        }).await()""");

    assertErrors("""
        java.util.concurrent.CompletionException: java.io.IOException: gone
            at tepal.Future.await(LINE)
            at #1:3
        Caused by: java.io.IOException: gone
            at #1:2
        """);
  }

  @Test
  void a_group_is_told_with_its_members() {
    session.type("void fail(String why) { throw new IllegalStateException(why); }");
    session.type(
        "TaskGroup.run(g -> { g.createTask(() -> fail(\"a\")); g.createTask(() -> fail(\"b\")); })");

    assertErrors("""
        ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions) \
        [java.lang.IllegalStateException: a, java.lang.IllegalStateException: b]
            at tepal.TaskGroup.run(LINE)
            at #2:1
            java.lang.IllegalStateException: a
                at fail (#1:1)
                at #2:1
            java.lang.IllegalStateException: b
                at fail (#1:1)
                at #2:1
        """);
  }

  @Test
  void suppressed_exceptions_are_told_and_circles_of_causes_end() {
    session.type(
        "var one = new RuntimeException(\"one\"); var two = new RuntimeException(\"two\", one)");
    session.type("one.initCause(two); two.addSuppressed(new Error(\"three\"))");
    session.type("throw two");

    assertErrors("""
        java.lang.RuntimeException: two
            at #2:1
            Suppressed: java.lang.Error: three
                at #4:1
        Caused by: java.lang.RuntimeException: one
            at #1:1
        Caused by: java.lang.RuntimeException: two
        """);
  }

  @Test
  void a_task_that_was_cancelled_says_so_to_the_line_that_awaits_it() {
    session.type("var task = createTask(() -> sleep(Duration.ofHours(1)))");
    session.type("task.cancel(\"enough\"); task.await()");

    session.end();
    assertThat(session.err()).startsWith("tepal.CancelledError: enough\n");
  }

  @Test
  void an_error_of_the_compiler_shows_where() {
    session.type("int number = \"two\"");
    session.type("if (true) {\n\tmissing(1);\n}");

    assertErrors("""
        error: incompatible types: java.lang.String cannot be converted to int
          int number = "two";
                       ^^^^^
        error: cannot find symbol
          \tmissing(1);
          \t^^^^^^^
          symbol:   method missing(int)
        """);
  }

  @Test
  void a_script_that_ends_too_early_is_told_so() {
    session.type("List<String> open = List.of(");

    session.end();
    assertThat(session.err()).startsWith("error: ").contains("List.of(\n");
  }

  @Test
  void a_method_that_needs_what_is_not_there_yet_can_be_used_later() {
    session.type("int f() { return g(); }");
    session.type("f()");
    session.type("int g() { return 7; }");
    session.type("f()");

    assertErrors("""
        f cannot be used until there is: method g()
        f cannot be used until there is: method g()
        """);
    assertThat(session.out()).isEqualTo("7\n");
  }

  @Test
  void a_value_without_a_text_is_no_failure() {
    session.type("""
        class Bad {
          public String toString() { throw new IllegalStateException("no text"); }
        }""");
    session.type("new Bad()");

    assertErrors("");
    assertThat(session.out())
        .isEqualTo("(no text: toString() threw java.lang.IllegalStateException: no text)\n");
  }

  @Test
  void an_exception_without_a_text_is_told_by_its_class() {
    session.type("""
        class Speechless extends RuntimeException {
          public String getMessage() { throw new IllegalStateException("no message"); }
        }""");
    session.type("throw new Speechless()");
    session.type("6 * 7");

    session.end();
    assertThat(session.err()).startsWith("REPL.").contains("Speechless, whose text");
    assertThat(session.out()).isEqualTo("42\n");
  }

  @Test
  void a_deep_stack_is_cut() {
    session.type("int a(int n) { return b(n + 1); }");
    session.type("int b(int n) { return a(n + 1); }");
    session.type("a(0)");

    session.end();
    assertThat(session.err())
        .contains("java.lang.StackOverflowError\n    at ")
        .containsPattern("    \\.\\.\\. \\d+ more\n$")
        .hasLineCount(53);
  }

  @Test
  void what_is_too_deep_for_the_compiler_does_not_end_the_shell() {
    session.type("(".repeat(20_000) + "1" + ")".repeat(20_000));
    session.type("6 * 7");

    session.end();
    assertThat(session.err()).contains("InternalError: Exception during parse");
    assertThat(session.out()).isEqualTo("42\n");
  }

  @Test
  void an_error_of_the_virtual_machine_ends_the_line_and_not_the_loop() {
    session.type("var task = createTask(() -> { sleep(Duration.ofMillis(1)); return 7; })");
    session.type("int[] huge = new int[Integer.MAX_VALUE]");
    session.type("task.await()");

    session.end();
    assertThat(session.err()).startsWith("java.lang.OutOfMemoryError: ");
    assertThat(session.out()).isEqualTo("7\n");
  }

  @Test
  void an_error_of_the_virtual_machine_in_the_background_does_not_end_the_shell()
      throws InterruptedException {
    session.type("var task = createTask(() -> { Object o = new int[Integer.MAX_VALUE]; })");
    session.awaitErr("java.lang.OutOfMemoryError: ");
    session.type("6 * 7");

    session.end();
    assertThat(session.out()).isEqualTo("42\n");
  }

  @Test
  void a_person_is_told_soon_of_a_failure_in_the_background_and_once() throws InterruptedException {
    session.close();
    session = Session.person(Duration.ofSeconds(10));
    session.type("var task = createTask(() -> { throw new IllegalStateException(\"in vain\"); })");
    session.awaitErr("in vain\n    at #1\n");

    session.end();
    assertThat(session.err()).matches("""
        Task exception was never retrieved: Task\\[Task-\\d+]
        java.lang.IllegalStateException: in vain
            at #1
        """);
  }

  @Test
  void a_script_is_told_at_its_end() {
    session.type("var task = createTask(() -> { throw new IllegalStateException(\"in vain\"); })");
    session.type("sleep(Duration.ofMillis(1))");

    assertErrors("""
        Task exception was never retrieved: Task[Task-N]
        java.lang.IllegalStateException: in vain
            at #1
        """);
  }

  @Test
  void a_failure_that_a_line_asks_for_is_not_told() {
    session.type("var task = createTask(() -> { throw new IllegalStateException(\"caught\"); })");
    session.type("sleep(Duration.ofMillis(1))");
    session.type("task.exception() != null");

    assertErrors("");
    assertThat(session.out()).isEqualTo("true\n");
  }

  @Test
  void a_factory_of_the_user_s_that_fails_does_not_end_the_shell() {
    session.type("""
        getRunningLoop().setTaskFactory(new TaskFactory() {
          public <T> Task<T> createTask(EventLoop loop, Awaitable<? extends T> body, TaskOptions options) {
            throw new IllegalStateException("no tasks");
          }
        })""");
    session.type("6 * 7");

    session.end();
    assertThat(session.out()).isEqualTo("42\n");
  }

  private void assertErrors(String expected) {
    assertThat(session.end()).isZero();
    assertThat(
            session.err().replaceAll("\\w+\\.java:\\d+", "LINE").replaceAll("Task-\\d+", "Task-N"))
        .isEqualTo(expected);
  }
}
