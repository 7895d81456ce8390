// SPDX-License-Identifier: Apache-2.0
package tepal;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Pins the exported types and members, with their nullness, to `api.txt`, so that every
/// change to them is read. Other modules run it too, in their own directories.
class PublicApiTest {
  private static final Path CLASSES = Path.of("target", "classes");
  private static final Path PINNED = Path.of("api.txt");
  private static final Path MODULE = Path.of("").toAbsolutePath().getFileName();

  @Test
  void the_public_api_is_what_api_txt_says() throws Exception {
    List<String> actual = new ArrayList<>();
    for (Class<?> type : exportedTypes()) {
      actual.addAll(ApiDescription.of(type));
    }
    if (Boolean.getBoolean("tepal.updateApi")) {
      Files.write(PINNED, actual);
    }

    List<String> pinned = Files.exists(PINNED) ? Files.readAllLines(PINNED) : List.of();

    if (!actual.equals(pinned)) {
      fail("""
          The public API is not what %1$s/api.txt says (- only there, + only in the code):

          %2$s

          If that is meant, write the file anew, read its diff and commit it:
            ./mvnw test -pl %1$s -am -Dtest=PublicApiTest -Dtepal.updateApi=true
          """.formatted(MODULE, difference(pinned, actual)));
    }
  }

  private static List<Class<?>> exportedTypes() throws Exception {
    List<Class<?>> types = new ArrayList<>();
    for (String packageName : exportedPackages()) {
      for (String className : classNames(packageName)) {
        types.add(Class.forName(
            className, /* initialize= */ false, PublicApiTest.class.getClassLoader()));
      }
    }
    types.removeIf(type -> !ApiDescription.isExported(type));
    types.sort(comparing(Class::getName));
    return types;
  }

  private static List<String> exportedPackages() throws IOException {
    try (var in = Files.newInputStream(CLASSES.resolve("module-info.class"))) {
      return ModuleDescriptor.read(in).exports().stream()
          .filter(exports -> !exports.isQualified())
          .map(ModuleDescriptor.Exports::source)
          .toList();
    }
  }

  private static List<String> classNames(String packageName) throws IOException {
    try (Stream<Path> files = Files.list(CLASSES.resolve(packageName.replace('.', '/')))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".class") && !name.startsWith("package-info"))
          .map(name -> packageName + "." + name.substring(0, name.length() - ".class".length()))
          .toList();
    }
  }

  private static String difference(List<String> pinned, List<String> actual) {
    Set<String> before = underTheirTypes(pinned);
    Set<String> after = underTheirTypes(actual);
    Stream<String> gone = before.stream().filter(line -> !after.contains(line)).map("- "::concat);
    Stream<String> come = after.stream().filter(line -> !before.contains(line)).map("+ "::concat);
    return Stream.concat(gone, come)
        .sorted(comparing((String line) -> line.substring(2)))
        .collect(joining("\n"));
  }

  /// Puts the name of its type before each member, because two types can have equal members.
  private static Set<String> underTheirTypes(List<String> lines) {
    Set<String> result = new LinkedHashSet<>();
    String type = "";
    for (String line : lines) {
      if (line.startsWith("  ")) {
        result.add(type + ": " + line.strip());
      } else {
        type = line.replaceFirst(".*?\\b(tepal\\.[\\w.]+).*", "$1");
        result.add(type + ": " + line);
      }
    }
    return result;
  }
}
