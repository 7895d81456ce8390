// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The tables of `docs/from-python.md` against the public API, as `api.txt` pins it.
class FromPythonTest {
  private static final Pattern TYPE = Pattern.compile("\\btepal(?:\\.[a-z]+)*\\.([A-Z]\\w*)");
  private static final Pattern MEMBER = Pattern.compile("(\\w+)\\(|static final \\S+ (\\w+)$");

  @Test
  void java_names_exist() throws IOException {
    List<String> named = rows().stream()
        .filter(row -> !row.java().startsWith("none"))
        .flatMap(row -> MarkdownFile.code(row.java()).stream())
        .toList();
    Set<String> existing = publicNames();

    assertThat(named).hasSizeGreaterThan(100).allMatch(existing::contains);
  }

  @Test
  void a_python_name_has_a_java_name_or_a_reason() throws IOException {
    assertThat(rows()).allMatch(row -> row.java().startsWith("`") || row.java().startsWith("none"));
  }

  private record Row(String python, String java) {}

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : MarkdownFile.read("docs/from-python.md").lines()) {
      if (line.startsWith("| `") || line.startsWith("| event")) {
        String[] cells = line.split("\\|", -1);
        rows.add(new Row(cells[1].strip(), cells[2].strip()));
      }
    }
    return rows;
  }

  /// Returns types and `Type.member`, members of a supertype included where it is ours.
  private static Set<String> publicNames() throws IOException {
    Set<String> names = new HashSet<>();
    String type = "";
    for (String line : Files.readAllLines(Path.of("api.txt"))) {
      Matcher matcher = (line.startsWith("  ") ? MEMBER : TYPE).matcher(line);
      if (!matcher.find()) {
        continue;
      }
      if (line.startsWith("  ")) {
        String member = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        names.add(type + "." + member);
      } else {
        type = matcher.group(1);
        names.add(type);
      }
    }
    return names;
  }
}
