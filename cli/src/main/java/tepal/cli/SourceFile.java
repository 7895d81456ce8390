// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A program's source file as it was when the command began.
///
/// @param path its path as the user wrote it, which messages repeat
/// @param text its contents
record SourceFile(Path path, String text) {

  /// Reads a file. What is not UTF-8 in it becomes `U+FFFD`, which the compiler refuses where
  /// it matters.
  static SourceFile read(Path path) throws IOException {
    return new SourceFile(path, new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
  }
}
