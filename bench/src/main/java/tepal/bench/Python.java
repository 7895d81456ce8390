// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A CPython that can run the same work.
///
/// @param command the interpreter
/// @param version its version, as in `3.14.0`
/// @param seconds what a short piece of work took, to tell fast builds of a release from slow ones
/// @param hasUvloop whether uvloop can be imported
record Python(String command, Runtime.Version version, double seconds, boolean hasUvloop) {
  // for asyncio.timeout and asyncio.Runner
  private static final Runtime.Version OLDEST = Runtime.Version.parse("3.11");

  private static final String PROBE = """
      import importlib.util, platform, sys, time
      def work():
          start = time.process_time()
          for i in range(100_000):
              len([i])
          return time.process_time() - start
      print(platform.python_implementation(), "%d.%d.%d" % sys.version_info[:3],
            min(work() for _ in range(5)), importlib.util.find_spec("uvloop") is not None)
      """;

  /// Returns what the variable BENCH_PYTHON names, or else the newest of those on the PATH, and of
  /// several of one release the fastest. Null if there is none.
  static @Nullable Python find() {
    String named = System.getenv("BENCH_PYTHON");
    return (named == null ? onPath() : Stream.of(named))
        .map(Python::probe)
        .filter(Objects::nonNull)
        .filter(python -> python.version.compareTo(OLDEST) >= 0)
        .max(Comparator.comparingInt((Python python) -> python.version.interim())
            .thenComparing(Comparator.comparingDouble(Python::seconds).reversed()))
        .orElse(null);
  }

  private static Stream<String> onPath() {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    return Stream.of(path.split(File.pathSeparator, -1))
        .distinct()
        .flatMap(directory -> Stream.concat(
                Stream.of("python3"), IntStream.range(11, 20).mapToObj(minor -> "python3." + minor))
            .map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .map(Path::toString);
  }

  /// Returns what the interpreter says of itself, or null if it does not run (a version manager's
  /// placeholder) or is no CPython.
  private static @Nullable Python probe(String command) {
    try {
      Process process = new ProcessBuilder(command, "-c", PROBE)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
      String[] words = new String(process.getInputStream().readAllBytes(), Processes.CHARSET)
          .strip()
          .split(" ", -1);
      if (words.length != 4 || !words[0].equals("CPython")) {
        return null;
      }
      return new Python(
          command,
          Runtime.Version.parse(words[1]),
          Double.parseDouble(words[2]),
          words[3].equals("True"));
    } catch (IOException e) {
      return null;
    }
  }

  /// Returns the command that runs one of the files in bench/python.
  List<String> command(List<String> flags, String file, String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(command);
    words.add(Home.PYTHON.resolve(file).toString());
    words.addAll(flags);
    words.addAll(List.of(arguments));
    return words;
  }

  String description() {
    return "CPython %s (%s), %s"
        .formatted(
            String.join(".", version.version().stream().map(String::valueOf).toList()),
            command,
            hasUvloop ? "with uvloop" : "without uvloop");
  }
}
