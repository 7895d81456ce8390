// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Ctrl-C while a line runs.
class InterruptTest {
  private final Session session = Session.person(Duration.ofMillis(100));

  @AfterEach
  void close() {
    session.close();
  }

  @Test
  void it_cancels_what_the_line_waits_for() throws InterruptedException {
    session.type("""
        try {
          IO.println("begins");
          sleep(Duration.ofHours(1));
        } finally {
          sleep(Duration.ofMillis(1));
          IO.println("cleaned up");
        }""");
    session.awaitOut("begins\n").interrupt().awaitErr("Interrupted\n");

    assertNextLineWorks();
    assertThat(session.out()).startsWith("begins\ncleaned up\n");
  }

  @Test
  void it_leaves_tasks_in_the_background_alone() throws InterruptedException {
    session.type("var task = createTask(() -> { sleep(Duration.ofMillis(300)); return 7; })");
    session.type("IO.println(\"begins\"); sleep(Duration.ofHours(1))");
    session.awaitOut("begins\n").interrupt().awaitErr("Interrupted\n");
    session.type("task.await()");

    session.end();
    assertThat(session.out()).endsWith(" ==> 7\n");
  }

  @Test
  void it_interrupts_what_has_no_end() throws InterruptedException {
    session.type("{ IO.println(\"begins\"); while (true) {} }");
    session.awaitOut("begins\n").interrupt().awaitErr("Interrupted\n");

    assertNextLineWorks();
  }

  @Test
  void it_lets_no_other_snippet_of_the_line_begin() throws InterruptedException {
    session.type("IO.println(\"begins\"); sleep(Duration.ofHours(1)); IO.println(\"goes on\")");
    session.awaitOut("begins\n").interrupt().awaitErr("Interrupted\n");

    assertNextLineWorks();
    assertThat(session.out()).doesNotContain("goes on");
  }

  @Test
  void it_interrupts_a_task_in_the_background_that_holds_up_the_loop() throws InterruptedException {
    session.type("void forever() { for (long n = 1; ; n++) { Math.abs(n); } }");
    session.type("""
        {
          createTask(() -> { IO.println("begins"); forever(); });
          sleep(Duration.ofHours(1));
        }""");
    session.awaitOut("begins\n").interrupt().awaitErr("Interrupted\n");

    assertNextLineWorks();
  }

  @Test
  void a_second_one_lets_a_line_that_goes_on_be() throws InterruptedException {
    session.type("""
        int caught = 0; while (caught < 3) {
          try {
            IO.println("waits " + caught);
            sleep(Duration.ofHours(1));
          } catch (CancelledError e) {
            caught++;
          }
        }""");
    session.awaitOut("waits 0\n").interrupt();
    session.awaitOut("waits 1\n").interrupt();
    session.awaitErr("goes on in the background\n");

    assertNextLineWorks(); // and at its end the shell cancels the loop for the third time
  }

  @Test
  void it_does_nothing_while_no_line_runs() throws InterruptedException {
    session.interrupt();

    assertNextLineWorks();
    assertThat(session.err()).isEmpty();
  }

  private void assertNextLineWorks() throws InterruptedException {
    session.type("6 * 7");
    session.awaitOut("$1 ==> 42\n");
    assertThat(session.end()).isZero();
  }
}
