// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.nio.file.Path;

/// Where the files of this module are: `bench/run` says so.
final class Home {
  private static final Path BENCH = Path.of(System.getProperty("tepal.bench.home", "."));
  static final Path PYTHON = BENCH.resolve("python");
  static final Path TARGET = BENCH.resolve("target");

  private Home() {}
}
