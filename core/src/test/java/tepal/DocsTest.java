// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the documents show and where they point exists. Other modules run it too, in their own
/// directories, for the blocks that need them.
class DocsTest {
  private static final ToolProvider JAVAC = ToolProvider.findFirst("javac").orElseThrow();
  private static final Path CLASSES = Path.of("target", "classes");
  private static final Pattern PACKAGE =
      Pattern.compile("^import (?:static )?(tepal(?:\\.[a-z]+)*)\\.", Pattern.MULTILINE);

  /// Around a block that is neither a class nor a program, but statements.
  private static final String BEFORE = """
      import static tepal.Asyncio.*;
      import static tepal.testing.Testing.*;
      import java.nio.charset.StandardCharsets;
      import java.nio.file.*;
      import java.time.Duration;
      import java.util.List;
      import java.util.concurrent.CompletableFuture;
      import java.util.stream.*;
      import tepal.*;
      import tepal.bridges.*;
      import tepal.files.*;
      import tepal.loops.*;
      import tepal.pipes.*;
      import tepal.streams.*;
      import tepal.testing.*;
      class Block {
        void block() throws Throwable {
      """;

  private static final String AFTER = """

        }
      }
      """;

  private static final Path CONSUMERS = MarkdownFile.ROOT.resolve("consumer/src/it");

  @TempDir
  Path scratch;

  /// Those of the tutorial are compiled where they are run, with the other examples.
  @Test
  void java_blocks_compile() throws IOException {
    List<String> errors = new ArrayList<>();
    int blocks = 0;
    for (MarkdownFile document : MarkdownFile.all()) {
      for (MarkdownFile.Block block : document.blocks()) {
        if (block.language().equals("java")
            && !document.name().equals("docs/tutorial.md")
            && belongsHere(block.code())) {
          blocks++;
          String error = compile(block.code());
          if (!error.isEmpty()) {
            errors.add("%s:%d: %s".formatted(document.name(), block.line(), error));
          }
        }
      }
    }

    assertThat(errors).isEmpty();
    assertThat(blocks).isPositive();
  }

  @Test
  void the_program_of_the_readme_is_the_example_that_it_runs() throws IOException {
    String shown = MarkdownFile.read("README.md").blocks().getFirst().code();

    assertThat(shown).isEqualTo(example("examples/Hello.java"));
  }

  @Test
  void the_programs_of_the_tutorial_are_the_examples_that_it_names() throws IOException {
    MarkdownFile tutorial = MarkdownFile.read("docs/tutorial.md");

    for (MarkdownFile.Block block : tutorial.blocks()) {
      if (block.language().equals("java")) {
        List<String> above = MarkdownFile.code(tutorial.lines().get(block.line() - 3));
        assertThat(above).as("the file above line %d", block.line()).hasSize(1);
        assertThat(block.code()).isEqualTo(example(above.getFirst()));
      }
    }
    assertThat(blocks("docs/tutorial.md", "java")).hasSizeGreaterThan(10);
  }

  @Test
  void the_application_is_the_one_that_is_built_from_installed_artifacts() throws IOException {
    String shown = blocks("docs/getting-started.md", "java")
        .filter(code -> code.startsWith("package app;"))
        .collect(Collectors.joining());

    for (String project : List.of("class-path", "module-path")) {
      Path built = CONSUMERS.resolve(project).resolve("src/main/java/app/App.java");
      assertThat(shown).isEqualToNormalizingNewlines(Files.readString(built).strip());
    }
  }

  @Test
  void parts_of_a_pom_are_in_a_project_that_is_built() throws IOException {
    String built = withoutIndentation(Files.readString(CONSUMERS.resolve("class-path/pom.xml"))
        + Files.readString(CONSUMERS.resolve("module-path/pom.xml")));

    for (String document : List.of("docs/getting-started.md", "docs/testing.md")) {
      assertThat(blocks(document, "xml"))
          .isNotEmpty()
          .allMatch(part -> built.contains(withoutIndentation(part)));
    }
  }

  @Test
  void links_lead_somewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (MarkdownFile document : MarkdownFile.all()) {
      for (String link : document.internalLinks()) {
        if (!leadsSomewhere(document, link)) {
          broken.add(document.name() + ": " + link);
        }
      }
    }

    assertThat(broken).isEmpty();
  }

  @Test
  void classes_of_the_code_map_exist() throws IOException {
    Set<String> existing = sourceFiles();

    List<String> named = MarkdownFile.read("ARCHITECTURE.md").section("## Code map").stream()
        .flatMap(line -> MarkdownFile.code(line).stream())
        .filter(span -> span.matches("[A-Z][A-Za-z]+"))
        .toList();

    assertThat(named).isNotEmpty().allMatch(existing::contains);
  }

  /// Returns a program without the comment at its top.
  private static String example(String file) throws IOException {
    String text = Files.readString(MarkdownFile.ROOT.resolve(file));
    return text.replaceAll("(?m)^//(?!/).*\\R", "").strip();
  }

  private static Stream<String> blocks(String document, String language) throws IOException {
    return MarkdownFile.read(document).blocks().stream()
        .filter(block -> block.language().equals(language))
        .map(MarkdownFile.Block::code);
  }

  private static String withoutIndentation(String xml) {
    return xml.lines().map(String::strip).collect(Collectors.joining("\n"));
  }

  /// Returns whether a block is to be compiled with this module, as it imports it and nothing
  /// that needs it; what imports no other module belongs to the core.
  private static boolean belongsHere(String code) {
    List<String> packages =
        PACKAGE.matcher(code).results().map(match -> match.group(1)).toList();
    boolean isCore = Files.exists(CLASSES.resolve("tepal/Asyncio.class"));
    return packages.stream().allMatch(DocsTest::isOnClassPath)
        && (isCore || packages.stream().anyMatch(DocsTest::isOfThisModule));
  }

  private static boolean isOnClassPath(String name) {
    return DocsTest.class.getResource("/" + name.replace('.', '/') + "/package-info.class") != null;
  }

  private static boolean isOfThisModule(String name) {
    return Files.isDirectory(CLASSES.resolve(name.replace('.', '/')));
  }

  /// Returns what javac says of a block; empty if it compiles.
  private String compile(String code) throws IOException {
    boolean complete =
        code.contains("void main(") || code.lines().anyMatch(line -> line.startsWith("class "));
    Path file = scratch.resolve("Block.java");
    Files.writeString(file, complete ? code : BEFORE + code + AFTER);
    StringWriter messages = new StringWriter();
    int status = JAVAC.run(
        new PrintWriter(messages),
        new PrintWriter(messages),
        "-proc:none",
        "-classpath",
        System.getProperty("java.class.path"),
        "-d",
        scratch.toString(),
        file.toString());
    return status == 0 ? "" : messages.toString();
  }

  private static boolean leadsSomewhere(MarkdownFile from, String link) throws IOException {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target =
        file.isEmpty() ? from.path() : from.path().resolveSibling(file).normalize();
    if (!Files.exists(target) || hash < 0) {
      return Files.exists(target);
    }
    String anchor = link.substring(hash + 1);
    return MarkdownFile.read(MarkdownFile.ROOT.relativize(target).toString())
        .anchors()
        .contains(anchor);
  }

  private static Set<String> sourceFiles() throws IOException {
    try (Stream<Path> modules = Files.list(MarkdownFile.ROOT)) {
      return modules
          .map(module -> module.resolve("src"))
          .filter(Files::isDirectory)
          .flatMap(DocsTest::filesIn)
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .collect(Collectors.toSet());
    }
  }

  private static Stream<Path> filesIn(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
