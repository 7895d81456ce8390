// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A document of the project, taken apart as far as the tests of the documents need it.
///
/// @param path where it is
/// @param lines what it says
record MarkdownFile(Path path, List<String> lines) {
  /// Tests run in the directory of their module.
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /// A fenced block.
  ///
  /// @param language what stands after the fence
  /// @param line the number of the fence's line
  /// @param code what is in it
  record Block(String language, int line, String code) {}

  static MarkdownFile read(String name) throws IOException {
    Path path = ROOT.resolve(name);
    return new MarkdownFile(path, Files.readAllLines(path));
  }

  /// Returns all documents that belong to the project.
  static List<MarkdownFile> all() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT, 4)) {
      List<String> names = files
          .map(ROOT::relativize)
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> Stream.of(".git", "target", "node_modules")
              .noneMatch(each -> file.startsWith(each) || file.toString().contains("/" + each)))
          .map(Path::toString)
          .sorted()
          .toList();
      List<MarkdownFile> documents = new ArrayList<>();
      for (String name : names) {
        documents.add(read(name));
      }
      return documents;
    }
  }

  String name() {
    return ROOT.relativize(path).toString();
  }

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    int fence = -1;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("```")) {
        if (fence >= 0) {
          String language = lines.get(fence).substring(3).strip();
          String code = String.join("\n", lines.subList(fence + 1, i));
          blocks.add(new Block(language, fence + 1, code));
          fence = -1;
        } else {
          fence = i;
        }
      }
    }
    return blocks;
  }

  /// Returns what is not in a fenced block.
  List<String> prose() {
    List<String> prose = new ArrayList<>();
    boolean inBlock = false;
    for (String line : lines) {
      if (line.startsWith("```")) {
        inBlock = !inBlock;
      } else if (!inBlock) {
        prose.add(line);
      }
    }
    return prose;
  }

  /// Returns the cells of all rows of tables, without their headings.
  List<List<String>> tableRows() {
    List<List<String>> rows = new ArrayList<>();
    List<String> prose = prose();
    for (int i = 0; i < prose.size(); i++) {
      boolean isHeading = i + 1 < prose.size() && prose.get(i + 1).startsWith("|---");
      if (prose.get(i).startsWith("| ") && !isHeading) {
        String row = prose.get(i).strip();
        rows.add(Stream.of(row.substring(1, row.length() - 1).split("\\|", -1))
            .map(String::strip)
            .toList());
      }
    }
    return rows;
  }

  /// Returns the lines below a heading, up to the next one of its level.
  List<String> section(String heading) {
    int start = lines.indexOf(heading);
    if (start < 0) {
      throw new IllegalArgumentException("Expected a heading '" + heading + "' in " + name());
    }
    String level = heading.substring(0, heading.indexOf(' ') + 1);
    int end = start + 1;
    while (end < lines.size() && !lines.get(end).startsWith(level)) {
      end++;
    }
    return lines.subList(start + 1, end);
  }

  /// Returns the targets of links to files of the project and to headings.
  List<String> internalLinks() {
    return prose().stream()
        .flatMap(line -> LINK.matcher(line).results())
        .map(match -> match.group(1))
        .filter(target -> !target.matches("[a-z]+:.*"))
        .toList();
  }

  /// Returns the anchors of the headings, as GitHub makes them.
  Set<String> anchors() {
    return prose().stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  /// Returns what stands between backticks in a line.
  static List<String> code(String line) {
    List<String> spans = new ArrayList<>();
    Matcher matcher = CODE.matcher(line);
    while (matcher.find()) {
      spans.add(matcher.group(1));
    }
    return spans;
  }
}
