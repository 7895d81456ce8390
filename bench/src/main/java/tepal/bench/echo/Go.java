// SPDX-License-Identifier: Apache-2.0
package tepal.bench.echo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The server in Go, where there is a compiler for it.
final class Go {
  private Go() {}

  /// Compiles the server, and returns it; empty where that is not possible.
  static Optional<EchoServer> server(Path home) {
    Path binary = home.resolve("target").resolve("echo-go");
    List<String> command = List.of(
        "go",
        "build",
        "-o",
        binary.toString(),
        home.resolve("go").resolve("echo.go").toString());
    try {
      Process compiling = new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
      return compiling.onExit().join().exitValue() == 0 && Files.isExecutable(binary)
          ? Optional.of(new EchoServer("Go", List.of(binary.toString()), ""))
          : Optional.empty();
    } catch (IOException notInstalled) {
      return Optional.empty();
    }
  }
}
