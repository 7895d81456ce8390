// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tepal.conformance.SampleFile.Entry;

/// Same program, same trace: once with the loop's opened mode and once with its portable one, as
/// all tests of the build.
class PublishedProgramsTest {
  private static final Path PROGRAMS = Path.of("programs");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "callbacks",
        "cancel",
        "combinators",
        "everything",
        "futures",
        "locks",
        "queues",
        "scopes",
        "tasks"
      })
  void every_program_gives_the_trace_that_CPython_printed(String feature) {
    Cli cli = Cli.run("run", PROGRAMS.resolve(feature + ".jsonl"));

    assertThat(cli.out()).isEqualTo("passed 60 of 60\n");
    assertThat(cli.err()).isEmpty();
    assertThat(cli.status()).isZero();
  }

  @Test
  void a_program_is_written_as_it_was_read() {
    lines().forEach(line -> {
      var entry = (Entry.Legible) SampleFile.entry(line, "here");
      String written = ProgramWriter.line(entry.sample());
      assertThat(SampleFile.entry(written, "there")).isEqualTo(entry);
    });
  }

  private static Stream<String> lines() {
    try (Stream<Path> files = Files.list(PROGRAMS)) {
      return files.toList().stream().flatMap(PublishedProgramsTest::lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
