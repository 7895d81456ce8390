// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.util.Locale;
import java.util.stream.Collectors;
import jdk.jshell.Diag;

/// An error of the compiler, told as it does: the message, the line, below it where, and the
/// rest of the message.
final class CompileError {
  private CompileError() {}

  static String describe(String source, Diag error) {
    int start = Math.clamp(error.getStartPosition(), 0, source.length());
    int lineStart = start == 0 ? 0 : source.lastIndexOf('\n', start - 1) + 1;
    int nextLine = source.indexOf('\n', start);
    int lineEnd = nextLine < 0 ? source.length() : nextLine;
    int end = Math.clamp(error.getEndPosition(), start + 1, Math.max(start + 1, lineEnd));
    String[] message = error.getMessage(Locale.getDefault()).split("\\R", 2);
    return "error: %s%n  %s%n  %s%s"
            .formatted(
                message[0],
                source.substring(lineStart, lineEnd),
                source.substring(lineStart, start).replaceAll("[^\t]", " "),
                "^".repeat(end - start))
        + (message.length == 1 ? "" : rest(message[1]));
  }

  /// Returns the further lines, without the class that JShell puts snippets in, whose name it
  /// has removed.
  private static String rest(String lines) {
    return lines
        .lines()
        .filter(line -> !line.strip().equals("location: class"))
        .map(line -> "\n" + line)
        .collect(Collectors.joining());
  }
}
