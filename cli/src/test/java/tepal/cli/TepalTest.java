// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The command as a process: what it prints, and how it ends.
class TepalTest {
  @TempDir
  Path directory;

  @Test
  void help_names_the_command_and_the_options() throws Exception {
    Finished help = tepal("--help");

    assertThat(help.status()).isZero();
    assertThat(help.out())
        .contains("tepal run [--debug] FILE.java [ARGUMENT...]", "tepal repl", "--version");
    assertThat(help.out().lines().count()).isLessThan(20);
  }

  @Test
  void without_arguments_it_shows_its_help() throws Exception {
    assertThat(tepal().out()).contains("Usage: tepal run");
  }

  @Test
  void run_has_a_help_of_its_own() throws Exception {
    assertThat(tepal("run", "--help").out()).contains("--debug", "What follows FILE.java");
  }

  @Test
  void version_names_the_library_the_jdk_and_what_loops_run_on() throws Exception {
    assertThat(tepal("--version").out())
        .matches("tepal \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?, Java \\d+.*\\R"
            + "loops in (opened|portable) mode, sockets wait in (epoll|kqueue|nio)\\R");
  }

  @Test
  void an_unknown_option_is_refused() throws Exception {
    Finished refused = tepal("run", "--fast", "X.java");

    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("tepal: Unknown option: '--fast'", "tepal --help");
  }

  @Test
  void an_unknown_command_is_refused() throws Exception {
    Finished refused = tepal("walk");

    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("tepal: There is no command walk");
  }

  @Test
  void a_file_that_does_not_exist_is_named() throws Exception {
    Finished refused = tepal("run", "Nowhere.java");

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).isEqualToIgnoringNewLines("tepal: There is no file Nowhere.java\n");
  }

  @Test
  void a_directory_is_no_program() throws Exception {
    assertThat(tepal("run", ".").err())
        .contains("tepal: Expected a regular file, but this is none: .");
  }

  @Test
  void a_program_that_does_not_compile_shows_where() throws Exception {
    write("Wrong.java", """
        void main() {
          int number = "two";
        }
        """);
    Finished refused = tepal("run", "Wrong.java");

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .contains("Wrong.java:2: error: incompatible types", "tepal: Wrong.java does not compile");
  }

  @Test
  void what_follows_the_file_belongs_to_the_program() throws Exception {
    write("Arguments.java", """
        void main(String[] arguments) {
          IO.println(List.of(arguments));
        }
        """);
    assertThat(tepal("run", "Arguments.java", "--debug", "a b", "-x").out())
        .isEqualToIgnoringNewLines("[--debug, a b, -x]");
    assertThat(tepal("run", "--debug", "Arguments.java", "--debug", "-x").out())
        .isEqualToIgnoringNewLines("[--debug, -x]");
  }

  @Test
  void debug_turns_the_debug_mode_on() throws Exception {
    write("Debug.java", """
        import static tepal.Asyncio.*;

        void main() {
          run(() -> IO.println(getRunningLoop().getDebug()));
        }
        """);
    assertThat(tepal("run", "--debug", "Debug.java").out()).isEqualToIgnoringNewLines("true");
    assertThat(tepal("run", "Debug.java").out()).isEqualToIgnoringNewLines("false");
  }

  @Test
  void the_program_has_the_standard_input_and_decides_on_the_status() throws Exception {
    write("Status.java", """
        void main() {
          System.exit(Integer.parseInt(IO.readln()));
        }
        """);
    assertThat(start("run", "Status.java").type("7\n").finish().status()).isEqualTo(7);
  }

  @Test
  void an_exception_that_nobody_caught_ends_it_with_status_1() throws Exception {
    write("Fails.java", """
        void main() {
          throw new IllegalStateException("broken");
        }
        """);
    Finished failed = tepal("run", "Fails.java");

    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err())
        .contains("java.lang.IllegalStateException: broken", "at Fails.main(Fails.java:2)")
        .doesNotContain("tepal.cli", "reflect");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void ctrl_c_runs_the_finally_blocks_and_ends_it_with_status_130() throws Exception {
    write("Endless.java", """
        import static tepal.Asyncio.*;

        void main() {
          run(() -> {
            try {
              IO.println("begins");
              sleep(Duration.ofHours(1));
            } finally {
              sleep(Duration.ofMillis(1));
              IO.println("cleaned up");
            }
          });
        }
        """);
    Finished.Running endless = start("run", "Endless.java");
    endless.awaitOutput("begins");
    endless.interrupt();
    Finished ended = endless.finish();

    assertThat(ended.out()).contains("cleaned up");
    assertThat(ended.status()).isEqualTo(130);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private Finished tepal(String... arguments) throws Exception {
    return start(arguments).finish();
  }

  private Finished.Running start(String... arguments) throws Exception {
    return Finished.startTepal(directory, arguments);
  }
}
