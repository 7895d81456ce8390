// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What lines do, and what is shown of them.
class ReplTest {
  private final Session session = Session.script();

  @AfterEach
  void close() {
    session.close();
  }

  @Test
  void lines_run_as_tasks_of_a_loop() {
    assertOutput("""
        sleep(Duration.ofMillis(1)); IO.println(6 * 7)
        createTask(() -> 7).await()
        currentTask().done()
        getRunningLoop().isRunning()
        """, "42\n7\nfalse\ntrue\n");
  }

  @Test
  void the_value_of_an_expression_is_shown_and_nothing_else() {
    assertOutput("""
        6 * 7
        "a\\nb"
        int x = 5
        x = 6
        x
        int[] numbers = {1, 2}
        numbers
        List.of()
        (String) null
        IO.print("")
        createTask(() -> {}).await()
        import java.net.http.HttpClient
        class Point {}
        // a comment
        """, "42\n\"a\\nb\"\n6\nint[2] { 1, 2 }\n[]\nnull\n");
  }

  @Test
  void what_is_declared_can_be_used_in_later_lines() {
    assertOutput("""
        int twice(int n) {
          sleep(Duration.ofMillis(1));
          return 2 * n;
        }
        record Point(int x, int y) {}
        var point = new Point(twice(1), twice(2));
        point
        int twice(int n) { return 20 * n; }
        twice(1)
        """, "Point[x=2, y=4]\n20\n");
  }

  @Test
  void code_of_all_sorts_runs_as_it_was_written() {
    assertOutput("""
        sealed interface Shape permits Circle, Square {}
        record Circle(int r) implements Shape {}
        record Square(int a) implements Shape {}
        enum Size { SMALL, LARGE }
        Shape pick(Size size) {
          Shape picked;
          if (size == Size.SMALL) {
            picked = new Circle(1);
          } else {
            picked = new Square(2);
          }
          return picked;
        }
        int sum(List<Shape> shapes) {
          int sum = 0;
          for (Shape each : shapes) {
            try {
              sum += switch (each) {
                case Circle(int r) -> r;
                case Square square when square.a() > 0 -> square.a();
                default -> throw new IllegalStateException();
              };
            } finally {
              sum *= 10;
            }
          }
          do {
            sum++;
          } while (sum % 7 != 0);
          return sum;
        }
        sum(Stream.of(Size.values()).map(each -> pick(each)).toList())
        """, "126\n");
  }

  @Test
  void the_types_of_the_library_go_before_those_of_the_jdk() {
    assertOutput("""
        Future.class.getName()
        Queue.class.getName()
        TimeoutException.class.getName()
        Lock.class.getName()
        VirtualClock.class.getName()
        Net.class.getName()
        Duration.class.getName()
        """, """
        "tepal.Future"
        "tepal.queues.Queue"
        "tepal.TimeoutException"
        "tepal.sync.Lock"
        "tepal.testing.VirtualClock"
        "tepal.net.Net"
        "java.time.Duration"
        """);
  }

  @Test
  void a_task_goes_on_in_the_background_between_the_lines() throws InterruptedException {
    session.type("var go = new Event()");
    session.type("var task = createTask(() -> { go.await(); IO.println(\"went on\"); return 7; })");
    session.type("go.set()");
    session.awaitOut("went on\n");
    session.type("task.await()");

    assertThat(session.end()).isZero();
    assertThat(session.out()).isEqualTo("went on\n7\n");
    assertThat(session.err()).isEmpty();
  }

  @Test
  void context_variables_keep_their_values_from_line_to_line() {
    assertOutput("""
        var user = new ContextVar<String>("user")
        var token = user.set("anna")
        createTask(() -> user.get()).await()
        user.reset(token)
        user.get("nobody")
        """, "\"anna\"\n\"nobody\"\n");
  }

  @Test
  void tasks_that_are_left_at_the_end_are_cancelled_and_awaited() {
    assertOutput("""
        void endless() {
          try {
            sleep(Duration.ofHours(1));
          } finally {
            sleep(Duration.ofMillis(1));
            IO.println("cleaned up");
          }
        }
        var task = createTask(() -> endless())
        sleep(Duration.ZERO)
        """, "cleaned up\n");
  }

  @Test
  void the_exit_status_is_zero_unless_a_line_says_otherwise() {
    session.type("1 / 0");
    session.type("/exit 3");

    assertThat(session.end()).isEqualTo(3);
  }

  @Test
  void a_line_that_stops_the_loop_ends_the_shell() {
    session.type("getRunningLoop().stop()");

    assertThat(session.end()).isZero();
  }

  @Test
  void a_command_that_does_not_exist_is_refused_with_those_that_do() {
    assertError("/quit", "Expected /exit, /help or /list, got /quit\n");
    assertThat(session.out()).isEmpty();
  }

  @Test
  void the_snippets_are_listed_with_their_numbers() {
    assertOutput("""
        int x = 5
        import tepal.*
        void f() {
          g();
        }
        /list
        """, """
        #1 int x = 5;
        #2 import tepal.*;
        #3 void f() {
             g();
           }
        """);
  }

  private void assertOutput(String script, String expected) {
    typeScript(script);

    assertThat(session.end()).isZero();
    assertThat(session.out()).isEqualTo(expected);
  }

  private void assertError(String script, String expected) {
    typeScript(script);

    assertThat(session.end()).isZero();
    assertThat(session.err()).isEqualTo(expected);
  }

  /// Types lines, those that are indented or close a block together with the ones before.
  private void typeScript(String script) {
    for (String part : script.split("\\n(?![ }])", -1)) {
      session.type(part);
    }
  }
}
