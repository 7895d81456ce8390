// SPDX-License-Identifier: Apache-2.0
package tepal.consumer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A project of `src/it`, after Maven has built it against the installed artifacts.
///
/// @param target where its archive is, with what it needs in `lib`
record BuiltProject(Path target) {
  /// How a program ended.
  ///
  /// @param status its exit status
  /// @param out its standard output
  /// @param err its standard error
  record Finished(int status, String out, String err) {}

  static BuiltProject named(String name) {
    return new BuiltProject(Path.of("target", "it", name, "target").toAbsolutePath());
  }

  Path archive() {
    return target.resolve("app.jar");
  }

  Path library(String name) throws IOException {
    try (var jars = Files.list(target.resolve("lib"))) {
      return jars.filter(jar -> jar.getFileName().toString().startsWith(name))
          .findFirst()
          .orElseThrow();
    }
  }

  /// Returns the program and the library, and nothing else that is in `lib`.
  String path() throws IOException {
    return archive() + System.getProperty("path.separator") + library("tepal-core");
  }

  /// Runs a command of this JDK.
  ///
  /// @param name the command
  /// @param options the value of `JDK_JAVA_OPTIONS`; may be empty
  /// @param arguments what follows the name
  static Finished jdk(String name, String options, String... arguments) throws Exception {
    return start(Path.of(System.getProperty("java.home"), "bin", name), options, arguments);
  }

  static Finished start(Path program, String options, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile("tepal", ".out");
    Path err = Files.createTempFile("tepal", ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      Map<String, String> environment = builder.environment();
      environment.keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
      if (!options.isEmpty()) {
        environment.put("JDK_JAVA_OPTIONS", options);
      }
      Process process = builder.start();
      if (!process.waitFor(50, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("Expected " + command + " to end");
      }
      return new Finished(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
