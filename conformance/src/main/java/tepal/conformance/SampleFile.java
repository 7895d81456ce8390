// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A file of programs and their traces, one JSON object a line.
final class SampleFile {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private SampleFile() {}

  /// What a line holds.
  sealed interface Entry {

    /// A program that can be run.
    record Legible(Sample sample) implements Entry {}

    /// Something else.
    ///
    /// @param id the program's name, or the file and line if even that cannot be read
    /// @param reason why it cannot be read
    record Illegible(String id, String reason) implements Entry {}
  }

  /// Passes each entry of a file on as soon as it is read, so that files of any length can be read.
  /// Lines with nothing but blanks hold no entry.
  ///
  /// @throws IOException if the file cannot be read
  static void forEach(Path file, Consumer<? super Entry> action) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (!line.isBlank()) {
          action.accept(entry(line, file + ":" + number));
        }
      }
    }
  }

  /// Reads one line.
  ///
  /// @param line the line
  /// @param place the file and number of the line, for messages
  static Entry entry(String line, String place) {
    JsonNode node;
    try {
      node = MAPPER.readTree(line);
    } catch (JacksonException e) {
      return new Entry.Illegible(place, "not JSON: " + e.getOriginalMessage());
    }
    if (!node.path("id").isString()) {
      return new Entry.Illegible(place, "has no \"id\"");
    }
    String id = node.path("id").stringValue();
    try {
      Program program = ProgramReader.program(node.path("program"));
      return new Entry.Legible(new Sample(id, program, ProgramReader.trace(node.path("trace"))));
    } catch (UnreadableProgramException e) {
      return new Entry.Illegible(id, String.valueOf(e.getMessage()));
    }
  }
}
