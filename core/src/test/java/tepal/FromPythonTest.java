// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The tables of `docs/from-python.md`, between asyncio's public names, which CPython has
/// printed, and Tepal's public API, as the files `api.txt` pin it.
class FromPythonTest {
  private static final Pattern TYPE =
      Pattern.compile("\\btepal(?:\\.[a-z]+)*\\.(?:[A-Z]\\w*\\.)*([A-Z]\\w*)");
  private static final Pattern MEMBER = Pattern.compile("(\\w+)\\(|static final \\S+ (\\w+)$");
  private static final Path NAMES =
      MarkdownFile.ROOT.resolve("core/src/test/resources/tepal/asyncio-names.txt");
  private static final Pattern ANSWER = Pattern.compile("`.+|none: .+");

  private static List<Row> rows = List.of();
  private static Set<String> asyncio = Set.of();

  @BeforeAll
  static void read() throws IOException {
    rows = MarkdownFile.read("docs/from-python.md").tableRows().stream()
        .map(Row::of)
        .toList();
    try (var lines = Files.lines(NAMES)) {
      asyncio = lines
          .filter(line -> !line.startsWith("#"))
          .collect(Collectors.toCollection(LinkedHashSet::new));
    }
  }

  @Test
  void every_name_of_asyncio_has_a_row() {
    Set<String> missing = new LinkedHashSet<>(asyncio);
    rows.forEach(row -> missing.removeAll(row.python()));

    assertThat(missing).isEmpty();
    assertThat(asyncio).hasSizeGreaterThan(300);
  }

  @Test
  void names_of_asyncio_are_asyncios() {
    Set<String> owners = asyncio.stream().map(FromPythonTest::owner).collect(Collectors.toSet());

    assertThat(rows.stream()
            .filter(row -> !row.text().contains("(Python 3.15)"))
            .flatMap(row -> row.python().stream())
            .filter(name -> owners.contains(owner(name)) && !name.contains("._"))
            .filter(name -> !asyncio.contains(name)))
        .isEmpty();
  }

  @Test
  void no_cell_is_empty() {
    assertThat(rows.stream().filter(row -> row.cells().stream().anyMatch(String::isBlank)))
        .isEmpty();
  }

  @Test
  void a_python_name_has_a_java_name_or_a_reason() {
    assertThat(rows.stream().filter(row -> !ANSWER.matcher(row.answer()).matches()))
        .isEmpty();
  }

  @Test
  void a_name_has_one_answer() {
    Map<String, String> answers = new HashMap<>();
    List<String> twice = new ArrayList<>();
    for (Row row : rows) {
      row.answers().forEach((name, answer) -> {
        String other = answers.putIfAbsent(name, answer);
        if (other != null && !other.equals(answer)) {
          twice.add(name + " is " + other + ", and " + answer);
        }
      });
    }

    assertThat(twice).isEmpty();
  }

  @Test
  void java_names_exist() throws IOException {
    Set<String> existing = publicNames();

    assertThat(rows.stream()
            .flatMap(row -> row.java().stream())
            .filter(name -> !existing.contains(name)))
        .isEmpty();
    assertThat(existing).hasSizeGreaterThan(300);
  }

  /// A row of a table.
  ///
  /// @param cells what is in it
  private record Row(List<String> cells) {
    static Row of(List<String> cells) {
      assertThat(cells).hasSize(3);
      return new Row(cells);
    }

    String text() {
      return cells.getFirst();
    }

    String answer() {
      return cells.get(1);
    }

    /// Returns the names of Python, each with its owner: in "`Future.done()`, `cancelled()`" the
    /// second one has that of the first.
    List<String> python() {
      List<String> names = new ArrayList<>();
      String owner = "";
      for (String span : MarkdownFile.code(text())) {
        String name = span.replaceFirst("\\(.*", "");
        if (name.contains(".")) {
          owner = owner(name);
        }
        names.add(name.contains(".") || owner.isEmpty() ? name : owner + "." + name);
      }
      return names;
    }

    List<String> java() {
      return answer().startsWith("`") ? MarkdownFile.code(answer()) : List.of();
    }

    /// Returns what each name of Python is: one of as many Java names, or all of the cell.
    Map<String, String> answers() {
      Map<String, String> answers = new HashMap<>();
      List<String> names = python();
      boolean pairs = names.size() == java().size();
      for (int i = 0; i < names.size(); i++) {
        answers.put(names.get(i), pairs ? java().get(i) : answer());
      }
      return answers;
    }
  }

  private static String owner(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(0, dot);
  }

  /// Returns types and `Type.member`, members of a supertype included where it is ours.
  private static Set<String> publicNames() throws IOException {
    Set<String> names = new HashSet<>();
    for (String module : List.of("core", "junit", "net")) {
      names.addAll(publicNames(MarkdownFile.ROOT.resolve(module).resolve("api.txt")));
    }
    return names;
  }

  private static Set<String> publicNames(Path api) throws IOException {
    Set<String> names = new HashSet<>();
    String type = "";
    for (String line : Files.readAllLines(api)) {
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
