// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// `tepal repl` as a process that a script is piped into.
class ReplCommandTest {
  @TempDir
  Path directory;

  @Test
  void a_script_prints_what_it_prints_and_nothing_else() throws Exception {
    Finished ended = repl("sleep(Duration.ofMillis(10)); IO.println(6*7)\n");

    assertThat(ended.out()).isEqualToIgnoringNewLines("42\n");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.status()).isZero();
  }

  @Test
  void a_script_goes_on_after_a_failure_and_ends_with_status_0() throws Exception {
    Finished ended = repl("""
        int half(int n) {
          return n / 0;
        }
        half(1)
        int wrong = "text"
        6 * 7""");

    assertThat(ended.out()).isEqualToIgnoringNewLines("42\n");
    assertThat(ended.err()).contains("at half (#1:2)", "error: incompatible types");
    assertThat(ended.status()).isZero();
  }

  @Test
  void a_snippet_that_reads_a_line_gets_the_next_one() throws Exception {
    Finished ended = repl("""
        String name = IO.readln()
        Anna
        "Hello, " + name
        new Scanner(System.in).nextLine()
        Bert
        IO.readln() + IO.readln()
        last
        """);

    assertThat(ended.out()).isEqualToIgnoringNewLines("""
        "Hello, Anna"
        "Bert"
        "lastnull"
        """);
  }

  @Test
  void the_status_is_what_the_script_says() throws Exception {
    assertThat(repl("/exit 3\nIO.println(\"no\")").status()).isEqualTo(3);
    assertThat(repl("System.exit(4)").status()).isEqualTo(4);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void ctrl_c_ends_a_script_after_the_finally_blocks_with_status_130() throws Exception {
    Finished.Running script = Finished.startTepal(directory, "repl").type("""
        try {
          IO.println("begins");
          sleep(Duration.ofHours(1));
        } finally {
          sleep(Duration.ofMillis(1));
          IO.println("cleaned up");
        }
        IO.println("goes on")
        """);
    script.awaitOutput("begins");
    script.interrupt();
    Finished ended = script.finish();

    assertThat(ended.out()).isEqualToIgnoringNewLines("begins\ncleaned up\n");
    assertThat(ended.status()).isEqualTo(130);
  }

  @Test
  void classes_of_the_class_path_can_be_used() throws Exception {
    Path source = Files.writeString(directory.resolve("Answer.java"), """
        package deep.thought;

        public class Answer {
          public static int get() { return 42; }
        }
        """);
    Path classes = Files.createDirectory(directory.resolve("classes"));
    int compiled = ToolProvider.getSystemJavaCompiler()
        .run(null, null, null, "-d", classes.toString(), source.toString());
    assertThat(compiled).isZero();

    assertThat(repl("deep.thought.Answer.get()", "--class-path", "classes").out())
        .isEqualToIgnoringNewLines("42\n");
  }

  @Test
  void debug_turns_the_debug_mode_on() throws Exception {
    assertThat(repl("getRunningLoop().getDebug()", "--debug").out())
        .isEqualToIgnoringNewLines("true\n");
  }

  @Test
  void it_has_a_help_of_its_own() throws Exception {
    assertThat(repl("", "--help").out()).contains("--debug", "--class-path", "exit status");
  }

  private Finished repl(String script, String... options) throws Exception {
    String[] arguments = new String[options.length + 1];
    arguments[0] = "repl";
    System.arraycopy(options, 0, arguments, 1, options.length);
    return Finished.startTepal(directory, arguments).type(script).finish();
  }
}
