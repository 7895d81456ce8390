// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Runs programs from their start to their end.
final class Processes {
  static final Charset CHARSET = StandardCharsets.UTF_8;

  // a shell knows what its children took; its own times come first
  private static final String TIMED = "\"$@\" || exit; times";
  private static final Pattern TIME = Pattern.compile("(\\d+)m([0-9.]+)s");

  private Processes() {}

  /// What a program printed and took.
  ///
  /// @param output its lines
  /// @param elapsedSeconds from the start of the process to its end
  /// @param cpuSeconds the processor time of the whole process, with that of the kernel
  record Ended(List<String> output, double elapsedSeconds, double cpuSeconds) {

    /// Returns the number in the line that begins with `label`.
    double number(String label) {
      return output.stream()
          .filter(line -> line.startsWith(label))
          .map(line -> line.substring(label.length()).strip())
          .mapToDouble(Double::parseDouble)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException(
              "Expected a line that begins with " + label + ", found " + output));
    }
  }

  /// Runs a command to its end.
  ///
  /// @throws IllegalStateException if it fails
  static Ended run(List<String> command) {
    List<String> timed = new ArrayList<>(List.of("sh", "-c", TIMED, "sh"));
    timed.addAll(command);
    try {
      Path errors = Files.createTempFile("bench", ".err");
      try {
        return run(timed, errors);
      } finally {
        Files.deleteIfExists(errors);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Ended run(List<String> command, Path errors) throws IOException {
    long start = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    List<String> output =
        new String(process.getInputStream().readAllBytes(), CHARSET).lines().toList();
    int status = process.onExit().join().exitValue();
    double elapsedSeconds = (System.nanoTime() - start) / 1e9;
    if (status != 0) {
      throw new IllegalStateException("%s ended with status %d:%n%s"
          .formatted(String.join(" ", command), status, Files.readString(errors, CHARSET)));
    }
    int ownTimes = output.size() - 2;
    return new Ended(
        output.subList(0, ownTimes), elapsedSeconds, seconds(output.get(ownTimes + 1)));
  }

  /// Returns the sum of the times in a line like `0m4.401s 0m1.147s`.
  static double seconds(String times) {
    return TIME.matcher(times).results().mapToDouble(Processes::seconds).sum();
  }

  private static double seconds(MatchResult time) {
    return 60 * Double.parseDouble(time.group(1)) + Double.parseDouble(time.group(2));
  }
}
