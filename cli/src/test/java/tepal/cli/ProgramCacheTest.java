// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramCacheTest {
  private static final String HELLO = "void main() { IO.println(\"hello\"); }";

  private final StringWriter messages = new StringWriter();

  @TempDir
  Path directory;

  @Test
  void an_unchanged_program_is_compiled_once() throws Exception {
    ProgramCache cache = new ProgramCache(directory);
    CompiledClasses first = classes(cache, "A.java", HELLO);
    mark(onlySlot());

    assertThat(classes(cache, "A.java", HELLO).mainClass()).isEqualTo("B");
    assertThat(first.mainClass()).isEqualTo("A");
  }

  @Test
  void a_changed_program_is_compiled_again() throws Exception {
    ProgramCache cache = new ProgramCache(directory);
    classes(cache, "A.java", HELLO);

    assertThat(classes(cache, "A.java", HELLO + " class Other {}").files())
        .containsOnlyKeys("A", "A$Other");
    assertThat(onlySlot()).exists();
  }

  @Test
  void a_broken_file_is_replaced() throws Exception {
    ProgramCache cache = new ProgramCache(directory);
    classes(cache, "A.java", HELLO);
    Files.writeString(onlySlot(), "broken");

    assertThat(classes(cache, "A.java", HELLO).mainClass()).isEqualTo("A");
    assertThat(Files.size(onlySlot())).isGreaterThan(100);
  }

  @Test
  void a_program_that_does_not_compile_is_not_kept() throws Exception {
    ProgramCache cache = new ProgramCache(directory);

    assertThatThrownBy(() -> classes(cache, "A.java", "void main() { return 1; }"))
        .isInstanceOf(CannotRunException.class)
        .hasMessage("A.java does not compile");
    assertThat(messages.toString()).contains("A.java:1: error:");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void a_cache_that_cannot_be_written_stops_nobody() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    ProgramCache cache = new ProgramCache(file);

    assertThat(classes(cache, "A.java", HELLO).mainClass()).isEqualTo("A");
  }

  @Test
  void the_first_class_of_a_file_is_the_program() throws Exception {
    ProgramCache cache = new ProgramCache(null);
    String two = "package p; class First { static void main() {} } public class Second {}";

    assertThat(classes(cache, "A.java", two).mainClass()).isEqualTo("p.First");
  }

  @Test
  void a_file_without_a_class_is_no_program() {
    ProgramCache cache = new ProgramCache(null);

    assertThatThrownBy(() -> classes(cache, "A.java", "// nothing"))
        .hasMessage("Expected a program in A.java, but it declares nothing");
  }

  @Test
  void a_class_without_a_main_method_is_no_program() throws Exception {
    SourceFile source = new SourceFile(Path.of("A.java"), "class A { private void main() {} }");
    CompiledClasses classes = SourceCompiler.compile(source, messages);

    assertThatThrownBy(() -> Program.load(source, classes, java.util.List.of()))
        .isInstanceOf(CannotRunException.class)
        .hasMessageContaining("in the first class of A.java, but A has neither");
  }

  private CompiledClasses classes(ProgramCache cache, String path, String text)
      throws IOException, CannotRunException {
    return cache.classesOf(new SourceFile(Path.of(path), text), messages);
  }

  private Path onlySlot() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .reduce((one, other) -> {
            throw new AssertionError("Expected one file, got " + one + " and " + other);
          })
          .orElseThrow();
    }
  }

  /// Changes the main class that a slot names from A to B, so that its use can be seen.
  private static void mark(Path slot) throws IOException {
    byte[] bytes = Files.readAllBytes(slot);
    int at = indexOf(bytes, HELLO) + HELLO.length() + 2;
    assertThat(bytes[at]).isEqualTo((byte) 'A');
    bytes[at] = 'B';
    Files.write(slot, bytes);
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(text);
  }
}
