// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.nio.file.Path;
import java.util.List;

/// Where the files of this module are: `bench/run` says so.
final class Home {
  private static final Path BENCH = Path.of(System.getProperty("tepal.bench.home", "."));
  static final Path PYTHON = BENCH.resolve("python");
  static final Path TARGET = BENCH.resolve("target");

  /// Runs Hello from its source.
  static final List<String> HELLO_COMMAND = List.of(
      BENCH.resolveSibling("tepal").toString(),
      "run",
      BENCH.resolve("hello/Hello.java").toString());

  private Home() {}
}
