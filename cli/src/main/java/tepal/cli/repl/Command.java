// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A line to the shell itself: `/exit 1`.
///
/// @param name what follows the slash
/// @param argument what follows the name; may be empty
record Command(String name, String argument) {
  // a comment begins with a slash too
  private static final Pattern FORM = Pattern.compile("\\s*/([a-z?]+)(?:\\s+(.*?))?\\s*");

  static boolean isOne(String line) {
    return FORM.matcher(line).matches();
  }

  /// Returns the command that a line is, or null if it is none.
  static @Nullable Command of(String line) {
    Matcher matcher = FORM.matcher(line);
    if (!matcher.matches()) {
      return null;
    }
    String argument = matcher.group(2);
    return new Command(matcher.group(1), argument == null ? "" : argument);
  }
}
