// SPDX-License-Identifier: Apache-2.0
package tepal.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/// What an example prints, from `src/test/expected`: line by line, where `<digits>` stands for
/// any number and `<maybe>` at its beginning for a line that may be missing.
///
/// @param lines the lines
record ExpectedOutput(List<String> lines) {

  /// Returns what is expected of an example; a mode of the loop may have its own.
  static ExpectedOutput of(String name) throws IOException {
    Path directory = Path.of("src/test/expected");
    Path ofMode = directory.resolve(name + "." + System.getProperty("tepal.mode") + ".txt");
    Path file = Files.exists(ofMode) ? ofMode : directory.resolve(name + ".txt");
    return new ExpectedOutput(Files.readAllLines(file));
  }

  void check(String output) {
    StringBuilder pattern = new StringBuilder();
    for (String line : lines) {
      boolean optional = line.startsWith("<maybe>");
      String text = Pattern.quote(optional ? line.substring("<maybe>".length()) : line);
      pattern.append("(").append(text.replace("<digits>", "\\E[0-9]+\\Q")).append("\\R)");
      pattern.append(optional ? "?" : "");
    }
    assertThat(output).matches(pattern.toString());
  }
}
