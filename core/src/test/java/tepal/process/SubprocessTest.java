// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.process.Subprocess.createSubprocessExec;
import static tepal.process.Subprocess.createSubprocessShell;
import static tepal.streams.Bytes.bytes;
import static tepal.streams.Bytes.text;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tepal.Asyncio;

/// Starting children, what they are started with, and how they end. Their pipes are in
/// [SubprocessPipesTest].
@DisabledOnOs(OS.WINDOWS)
class SubprocessTest {
  private static final SubprocessOptions OUTPUT = SubprocessOptions.DEFAULT.stdout(Stdio.PIPE);

  @TempDir
  private Path directory;

  // ---- Exit codes

  @Test
  void a_child_ends_with_its_exit_code() {
    onLoop(() -> {
      assertThat(createSubprocessExec("true").await()).isZero();
      assertThat(createSubprocessExec("false").await()).isOne();
      assertThat(createSubprocessShell("exit 255").await()).isEqualTo(255);
    });
  }

  @Test
  void there_is_no_exit_code_while_the_child_runs() {
    onLoop(() -> {
      try (var child = createSubprocessExec(List.of("cat"), SubprocessOptions.PIPES)) {
        assertThat(child.returnCode()).isNull();
        assertThat(child.pid()).isPositive();
        assertThat(child).hasToString("Subprocess[pid=%d, running]".formatted(child.pid()));

        child.stdin().close();
        assertThat(child.await()).isZero();
        assertThat(child.returnCode()).isZero();
        assertThat(child.await()).as("once more").isZero();
        assertThat(child).hasToString("Subprocess[pid=%d, exit code 0]".formatted(child.pid()));
      }
    });
  }

  @ParameterizedTest
  @CsvSource({
    "kill -9 $$, -9", // by a signal
    "kill -15 $$, -15",
    "exit 137, -9", // what the JDK cannot tell from it
    "exit 129, 129", // but this is nearly never a signal
    "exit 128, 128",
    "exit 160, 160"
  })
  void a_child_that_a_signal_ended_has_a_negative_exit_code(String command, int code) {
    onLoop(() -> assertThat(createSubprocessShell(command).await()).isEqualTo(code));
  }

  @Test
  void several_tasks_wait_for_the_same_child() {
    onLoop(() -> {
      try (var child = createSubprocessExec(List.of("cat"), SubprocessOptions.PIPES)) {
        var codes = Asyncio.<Integer>gather(child::await, child::await);
        pass();
        child.stdin().close();
        assertThat(codes.await()).containsExactly(0, 0);
      }
    });
  }

  // ---- What a child is started with

  @Test
  void arguments_are_what_they_are() {
    onLoop(() -> {
      var child =
          createSubprocessExec(List.of("printf", "%s,", "a b", "$HOME", "*", "\"", ""), OUTPUT);
      assertThat(text(child.communicate().stdout())).isEqualTo("a b,$HOME,*,\",,");
    });
  }

  @Test
  void a_shell_has_pipelines() {
    onLoop(() -> {
      var child = createSubprocessShell("printf 'b\\na\\n' | sort", OUTPUT);
      assertThat(text(child.communicate().stdout())).isEqualTo("a\nb\n");
    });
  }

  @Test
  void a_child_has_a_directory_and_an_environment() throws IOException {
    onLoop(() -> {
      var options = OUTPUT.cwd(directory).env(Map.of("NAME", "value"));
      var child = createSubprocessShell("/bin/pwd -P; echo $NAME; echo $HOME", options);
      assertThat(text(child.communicate().stdout()))
          .isEqualTo(directory.toRealPath() + "\nvalue\n\n");
    });
  }

  @Test
  void standard_error_can_go_where_standard_output_goes() {
    onLoop(() -> {
      var child = createSubprocessShell("echo out; echo err >&2", OUTPUT.stderr(Stdio.STDOUT));
      assertThat(text(child.communicate().stdout())).isEqualTo("out\nerr\n");
    });
  }

  @Test
  void files_can_take_the_place_of_pipes() throws IOException {
    Path input = directory.resolve("in");
    Path output = directory.resolve("out");
    onLoop(() -> {
      Files.writeString(input, "hello\n");
      Files.writeString(output, "replaced");
      var options = SubprocessOptions.DEFAULT.stdin(Stdio.file(input)).stdout(Stdio.file(output));
      assertThat(createSubprocessExec(List.of("cat"), options).await()).isZero();
      options = options.stdout(Stdio.appendTo(output));
      assertThat(createSubprocessExec(List.of("cat"), options).await()).isZero();
      assertThat(output).hasContent("hello\nhello\n");
    });
  }

  @Test
  void nothing_can_take_the_place_of_pipes() {
    onLoop(() -> {
      var options = SubprocessOptions.PIPES.stdin(Stdio.DEVNULL).stderr(Stdio.DEVNULL);
      var child = createSubprocessShell("cat; echo err >&2; echo out", options);
      var output = child.communicate();
      assertThat(text(output.stdout())).isEqualTo("out\n");
      assertThat(output.stderr()).isEmpty();
      assertThat(output).hasToString("SubprocessOutput[stdout=4 bytes, stderr=0 bytes]");
    });
  }

  // ---- Mistakes

  @Test
  void a_program_that_does_not_exist_is_named() {
    onLoop(() -> assertThatThrownBy(() -> createSubprocessExec("no-such-program", "x"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("no-such-program")
        .hasMessageContaining("No such file or directory")
        .hasCauseInstanceOf(IOException.class));
  }

  @Test
  void a_file_that_cannot_be_run_and_a_directory_that_does_not_exist_are_named() {
    Path nowhere = directory.resolve("nowhere");
    onLoop(() -> {
      assertThatThrownBy(() -> createSubprocessExec(directory.toString()))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining(directory.toString());
      assertThatThrownBy(() -> createSubprocessExec(List.of("cat"), OUTPUT.cwd(nowhere)))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining(nowhere.toString());
      assertThatThrownBy(
              () -> createSubprocessExec(List.of("cat"), OUTPUT.stdin(Stdio.file(nowhere))))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining(nowhere.toString());
    });
  }

  @Test
  void a_start_that_fails_throws_where_it_was_asked_for() {
    onLoop(() -> assertThatThrownBy(() -> createSubprocessExec("no-such-program"))
        .satisfies(e -> assertThat(e.getStackTrace())
            .anyMatch(frame -> frame.getClassName().startsWith(SubprocessTest.class.getName()))));
  }

  @Test
  void a_command_has_a_program() {
    onLoop(() -> assertThatIllegalArgumentException()
        .isThrownBy(() -> createSubprocessExec(List.of(), OUTPUT))
        .withMessage("Expected a program to start, found an empty command"));
  }

  @Test
  void only_a_task_starts_a_child() {
    assertThatIllegalStateException()
        .isThrownBy(() -> createSubprocessExec("true"))
        .withMessageStartingWith("A subprocess must be started in a task");
  }

  @Test
  void what_is_not_a_pipe_cannot_be_read_or_written() {
    onLoop(() -> {
      var child = createSubprocessExec(List.of("true"), OUTPUT);
      assertThatIllegalStateException()
          .isThrownBy(child::stdin)
          .withMessageStartingWith(
              "Expected a child started with stdin(Stdio.PIPE), found Subprocess[pid=");
      assertThatIllegalStateException().isThrownBy(child::stderr);
      assertThatIllegalStateException().isThrownBy(() -> child.communicate(bytes("input")));
      assertThat(child.communicate().stdout()).isEmpty();
    });
  }

  @Test
  void options_that_make_no_sense_are_refused() {
    var options = SubprocessOptions.DEFAULT;

    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.stdout(Stdio.STDOUT))
        .withMessage(
            "Expected Stdio[stdout] for stderr only, and what is appended to not for stdin;"
                + " found stdin Stdio[inherit], stdout Stdio[stdout]");
    assertThatIllegalArgumentException().isThrownBy(() -> options.stdin(Stdio.STDOUT));
    assertThatIllegalArgumentException().isThrownBy(() -> options.stdin(Stdio.appendTo(directory)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.limit(0))
        .withMessage("Expected a limit of 1 byte or more, found 0");
  }
}
