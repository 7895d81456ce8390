// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.net.Net;

/// The snippets so far, and what they declare: JShell, with the imports that a shell for this
/// library needs.
///
/// Used by the shell's thread, except where it says otherwise.
final class Snippets implements Failure.SnippetNames {
  // what the imports of the beginning are called
  private static final String NOT_TYPED = "import";

  private final JShell shell;
  private final SourceCodeAnalysis analysis;

  // by the numbers that JShell gives to snippets; read by any thread
  private final Map<Integer, String> names = new ConcurrentHashMap<>();

  // how many were typed; -1 while those of the beginning are evaluated
  private int count = -1;

  Snippets(LoopExecution execution, @Nullable String classPath) {
    shell = JShell.builder()
        .executionEngine(execution, Map.of())
        .idGenerator(this::name)
        .fileManager(PlainClassFiles::of)
        .build();
    if (classPath != null) {
      shell.addToClasspath(classPath);
    }
    imports().forEach(shell::eval);
    count = 0;
    analysis = shell.sourceCodeAnalysis();
  }

  /// Returns the imports of the beginning: all that the library exports, and `java.base`. A type
  /// that is imported on demand goes before one of a module, so that `Future` is the library's.
  private static List<String> imports() {
    List<String> imports = new ArrayList<>(List.of("import module java.base;"));
    for (Class<?> words : List.of(Asyncio.class, Net.class)) {
      imports.add("import static " + words.getName() + ".*;");
      ModuleFinder.of(placeOf(words)).findAll().stream()
          .flatMap(module -> module.descriptor().exports().stream())
          .forEach(each -> imports.add("import " + each.source() + ".*;"));
    }
    return imports;
  }

  private static Path placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private String name(Snippet snippet, int number) {
    String name = count < 0 ? NOT_TYPED : Integer.toString(++count);
    names.put(number, name);
    return name;
  }

  /// Returns a snippet's name, given the number in the name of its class. May be called from any
  /// thread.
  @Override
  public String nameOf(int number) {
    return names.getOrDefault(number, "?");
  }

  SourceCodeAnalysis analysis() {
    return analysis;
  }

  /// Returns the first snippet of a text, and what is left of the text.
  CompletionInfo first(String text) {
    return analysis.analyzeCompletion(text);
  }

  /// Returns whether a text consists of whole snippets.
  boolean isComplete(String text) {
    String rest = text;
    while (!rest.isBlank()) {
      CompletionInfo info = first(rest);
      if (info.completeness() == Completeness.EMPTY) {
        return true;
      }
      if (!info.completeness().isComplete()) {
        return false;
      }
      rest = info.remaining();
    }
    return true;
  }

  List<SnippetEvent> evaluate(String source) {
    return shell.eval(source);
  }

  /// Returns the snippets that are in force, without the imports of the beginning.
  List<Snippet> active() {
    return shell
        .snippets()
        .filter(each -> shell.status(each).isActive() && !each.id().equals(NOT_TYPED))
        .toList();
  }

  List<Diag> errors(Snippet snippet) {
    return shell.diagnostics(snippet).filter(Diag::isError).toList();
  }

  List<String> unresolved(DeclarationSnippet snippet) {
    return shell.unresolvedDependencies(snippet).toList();
  }
}
