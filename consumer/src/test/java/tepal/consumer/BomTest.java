// SPDX-License-Identifier: Apache-2.0
package tepal.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the BOM manages: the modules that people use, and nothing else.
class BomTest {
  private static final Path ROOT = Path.of("..");

  @Test
  void it_lists_every_module_that_exports_a_package() throws IOException {
    List<String> exporting = new ArrayList<>();
    for (String module : all("<module>(.*?)</module>", read("pom.xml"))) {
      Path file = ROOT.resolve(module, "src", "main", "java", "module-info.java");
      if (Files.exists(file) && Files.readString(file).contains("\n  exports ")) {
        exporting.add("tepal-" + module);
      }
    }

    assertThat(all("<artifactId>(.*?)</artifactId>", managed()))
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(exporting);
  }

  @Test
  void it_brings_no_versions_but_its_own() throws IOException {
    assertThat(read("bom/pom.xml")).doesNotContain("<parent>");
    assertThat(all("<groupId>(.*?)</groupId>", managed())).containsOnly("dev.tepal");
    assertThat(all("<version>(.*?)</version>", managed())).containsOnly("${project.version}");
  }

  @Test
  void its_version_is_that_of_the_build() throws IOException {
    String version = all("<version>(.*?)</version>", read("pom.xml")).getFirst();

    assertThat(all("<version>(.*?)</version>", read("bom/pom.xml"))).startsWith(version);
  }

  private static String managed() throws IOException {
    return all("<dependencyManagement>(.*)</dependencyManagement>", read("bom/pom.xml"))
        .getFirst();
  }

  private static String read(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }

  /// Returns what a pattern's group matches.
  private static List<String> all(String pattern, String text) {
    return Pattern.compile(pattern, Pattern.DOTALL)
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .toList();
  }
}
