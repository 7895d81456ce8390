// SPDX-License-Identifier: Apache-2.0
package tepal.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What `docs/tutorial.md` says that its programs print, against what they are tested to print.
class TutorialTest {
  private static final Pattern CONSOLE = Pattern.compile(
      "```console\n\\$ \\./tepal run examples/(tutorial/\\w+\\.java)\n(.*?)```", Pattern.DOTALL);

  @Test
  void it_shows_what_the_programs_print() throws IOException {
    for (MatchResult console : consoles()) {
      Example example = new Example(Path.of(console.group(1)));

      ExpectedOutput.of(example.name()).check(console.group(2));
    }
  }

  @Test
  void it_runs_all_of_its_programs() throws IOException {
    List<String> run = consoles().stream().map(console -> console.group(1)).toList();

    assertThat(run)
        .containsExactlyInAnyOrderElementsOf(Example.all().stream()
            .map(example -> example.file().toString())
            .filter(file -> file.startsWith("tutorial"))
            .toList());
  }

  private static List<MatchResult> consoles() throws IOException {
    return CONSOLE
        .matcher(Files.readString(Path.of("../docs/tutorial.md")))
        .results()
        .toList();
  }
}
