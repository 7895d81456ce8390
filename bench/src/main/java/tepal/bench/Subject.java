// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.util.List;

/// Who does the work.
enum Subject {
  /// A loop that carries its tasks, with the flags of `./tepal run`.
  OPENED("Tepal"),

  /// The same under a plain `java`, but for the flag that opens the hook.
  PLAIN("Tepal, plain java"),

  PORTABLE("Tepal, portable"),

  CPYTHON("CPython"),

  UVLOOP("uvloop");

  static final List<Subject> IN_JAVA = List.of(OPENED, PLAIN, PORTABLE);

  final String title;

  Subject(String title) {
    this.title = title;
  }

  /// Returns the flags of Java's virtual machine, or of the program in Python.
  List<String> flags() {
    return switch (this) {
      case OPENED -> Java.TUNED;
      case PLAIN -> Java.OPEN;
      case PORTABLE -> Java.PORTABLE;
      case CPYTHON -> List.of();
      case UVLOOP -> List.of("--uvloop");
    };
  }
}
