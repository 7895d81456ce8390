// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunCommandTest {
  private static final String RIGHT = """
      {"id": "right", "program": {"objects": {}, "main": [["sleep", 3]]}, \
      "trace": ["0 main start", "3 main sleep 3 -> none", "3 main returned none"]}
      """;

  private static final String WRONG = """
      {"id": "wrong", "program": {"objects": {}, "main": [["sleep", 3]]}, \
      "trace": ["0 main start", "4 main sleep 3 -> none", "4 main returned none"]}
      """;

  private static final String SHORT = """
      {"id": "short", "program": {"objects": {}, "main": [["sleep", 3]]}, \
      "trace": ["0 main start", "3 main sleep 3 -> none"]}
      """;

  @TempDir
  private Path directory = Path.of("");

  @Test
  void a_right_trace_passes() throws IOException {
    Cli cli = Cli.run("run", file(RIGHT));

    assertThat(cli).isEqualTo(new Cli(0, "passed 1 of 1\n", ""));
  }

  @Test
  void a_wrong_trace_is_reported_with_the_first_line_that_differs() throws IOException {
    Cli cli = Cli.run("run", file(RIGHT + WRONG));

    assertThat(cli.outLines())
        .containsExactly(
            "wrong differs in line 2",
            "  CPython: 4 main sleep 3 -> none",
            "  Tepal:   3 main sleep 3 -> none",
            "passed 1 of 2");
    assertThat(cli.status()).isEqualTo(1);
  }

  @Test
  void a_trace_that_ends_too_early_differs() throws IOException {
    Cli cli = Cli.run("run", file(SHORT));

    assertThat(cli.outLines())
        .containsExactly(
            "short differs in line 3",
            "  CPython: (the trace ends)",
            "  Tepal:   3 main returned none",
            "passed 0 of 1");
    assertThat(cli.status()).isEqualTo(1);
  }

  @Test
  void several_files_are_one_run() throws IOException {
    Path first = Files.writeString(directory.resolve("first.jsonl"), RIGHT + "\n" + RIGHT);
    Path second = Files.writeString(directory.resolve("second.jsonl"), RIGHT);

    assertThat(Cli.run("run", first, second).lastLine()).isEqualTo("passed 3 of 3");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          [["jump", 3]]           | main: jump: Unknown operation ["jump",3]
          [["sleep"]]             | main: sleep: Expected 1 arguments, got ["sleep"]
          [["sleep", "long"]]     | main: sleep: Expected a number of ticks, got "long"
          [["get", "Q0"]]         | main: get: No queue is declared as Q0
          [["repeat", 2, [1]]]    | main: repeat: Expected an operation, got 1
          [["wait", ["t"], 1, 2]] | main: wait: Expected when to return, got 2
          [["call_soon", "k", [["sleep", 1]]]] | main: call_soon: Expected an operation that needs no \
          task in a callback, got ["sleep",1]
          {}                      | main: Expected a list of operations, got {}
          """)
  void a_program_that_is_not_of_the_grammar_is_an_error_with_its_id(String main, String reason)
      throws IOException {
    String odd = "{\"id\": \"odd\", \"program\": {\"objects\": {}, \"main\": %s}, \"trace\": []}\n"
        .formatted(main);

    Cli cli = Cli.run("run", file(odd + RIGHT));

    assertThat(cli.err()).isEqualTo("odd cannot be read: " + reason + "\n");
    assertThat(cli.out()).isEqualTo("passed 1 of 2\n");
    assertThat(cli.status()).isEqualTo(1);
  }

  @Test
  void an_object_that_cannot_be_made_is_an_error() throws IOException {
    String odd = """
        {"id": "odd", "program": {"objects": {"barriers": {"B0": 0}}, "main": []}, "trace": []}
        """;

    Cli cli = Cli.run("run", file(odd));

    assertThat(cli.err())
        .isEqualTo("odd cannot be read: objects: Expected a number of at least 1, got 0\n");
  }

  @Test
  void a_line_without_an_id_is_named_by_its_place() throws IOException {
    Path file = file(RIGHT + "{}\n{\"id\": ");

    Cli cli = Cli.run("run", file);

    assertThat(cli.err().lines())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo(file + ":2 cannot be read: has no \"id\""),
            line -> assertThat(line).startsWith(file + ":3 cannot be read: not JSON: "));
    assertThat(cli.status()).isEqualTo(1);
  }

  @Test
  void a_program_without_a_trace_is_an_error() throws IOException {
    Cli cli =
        Cli.run("run", file("{\"id\": \"bare\", \"program\": {\"objects\": {}, \"main\": []}}"));

    assertThat(cli.err())
        .isEqualTo(
            "bare cannot be read: Expected a trace, which is a list of lines, got nothing\n");
  }

  @Test
  void an_empty_file_is_an_error() throws IOException {
    Path file = file("\n");

    Cli cli = Cli.run("run", file);

    assertThat(cli).isEqualTo(new Cli(2, "passed 0 of 0\n", "No programs in " + file + "\n"));
  }

  @Test
  void a_missing_file_is_an_error() {
    Path file = directory.resolve("missing.jsonl");

    Cli cli = Cli.run("run", file);

    assertThat(cli.err()).isEqualTo("There is no file " + file + "\n");
    assertThat(cli.status()).isEqualTo(2);
  }

  @Test
  void a_directory_is_an_error() {
    Cli cli = Cli.run("run", directory);

    assertThat(cli.err()).startsWith("Cannot read " + directory);
    assertThat(cli.status()).isEqualTo(2);
  }

  @Test
  void no_files_are_an_error() {
    Cli cli = Cli.run("run");

    assertThat(cli.err()).contains("FILE");
    assertThat(cli.status()).isEqualTo(2);
  }

  @Test
  void an_explanation_shows_the_program_and_both_traces() throws IOException {
    Cli cli = Cli.run("run", "--explain", "wrong", file(RIGHT + WRONG));

    assertThat(cli.out()).isEqualTo("""
            wrong

            main
              sleep 3

              CPython                | Tepal
              0 main start           | 0 main start
            * 4 main sleep 3 -> none |
            * 4 main returned none   |
            *                        | 3 main sleep 3 -> none
            *                        | 3 main returned none

            The traces differ from line 2 on; lines marked * are in one of them only.
            """);
    assertThat(cli.status()).isEqualTo(1);
  }

  @Test
  void an_explanation_of_a_program_that_passes_says_so() throws IOException {
    Cli cli = Cli.run("run", "--explain", "right", file(WRONG + RIGHT));

    assertThat(cli.lastLine()).isEqualTo("The traces are the same.");
    assertThat(cli.status()).isZero();
  }

  @Test
  void an_explanation_of_an_unknown_program_is_an_error() throws IOException {
    Path file = file(RIGHT);

    Cli cli = Cli.run("run", "--explain", "left", file);

    assertThat(cli.err()).isEqualTo("No program left in [" + file + "]\n");
    assertThat(cli.status()).isEqualTo(2);
  }

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("programs.jsonl"), content);
  }
}
