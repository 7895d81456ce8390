// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// Compiles small sources as a user of the library would, with nothing but the library on the
/// class path and every warning of the compiler switched on.
final class UserCode {
  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

  private UserCode() {}

  /// Compiles a source file.
  ///
  /// @param name the name of the class
  /// @param source the text of the file
  /// @return what the compiler has to say against it, one line of text each
  static List<String> complaints(String name, String source) throws IOException {
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    Path out = Files.createTempDirectory("tepal-user-code");
    List<String> options =
        List.of("-Xlint:all", "-cp", library().toString(), "-d", out.toString(), "-proc:none");
    try {
      COMPILER
          .getTask(null, null, found, options, null, List.of(new Source(name, source)))
          .call();
    } finally {
      delete(out);
    }
    return found.getDiagnostics().stream().map(UserCode::describe).toList();
  }

  private static String describe(Diagnostic<? extends JavaFileObject> diagnostic) {
    return "%s in line %d: %s"
        .formatted(
            diagnostic.getKind(), diagnostic.getLineNumber(), diagnostic.getMessage(Locale.ROOT));
  }

  private static Path library() {
    try {
      return Path.of(
          Asyncio.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path each : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(each);
      }
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
