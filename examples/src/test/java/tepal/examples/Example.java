// SPDX-License-Identifier: Apache-2.0
package tepal.examples;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/// A program of this directory.
///
/// @param file its source file
record Example(Path file) {
  /// How a program ended.
  ///
  /// @param status its exit status
  /// @param out its standard output
  /// @param err its standard error
  record Finished(int status, String out, String err) {}

  /// Returns the programs of this directory, and those of the tutorial.
  static List<Example> all() throws IOException {
    List<Example> examples = new ArrayList<>(in(Path.of("")));
    examples.addAll(in(Path.of("tutorial")));
    return examples;
  }

  private static List<Example> in(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .sorted()
          .map(Example::new)
          .toList();
    }
  }

  String name() {
    String fileName = file.getFileName().toString();
    return fileName.substring(0, fileName.length() - ".java".length());
  }

  List<String> lines() throws IOException {
    return Files.readAllLines(file);
  }

  /// Returns the commands that the header gives.
  List<String> commands() throws IOException {
    return lines().stream()
        .filter(line -> line.startsWith("//   "))
        .map(line -> line.substring(5))
        .toList();
  }

  static void compileAll(Path classes) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(
        "-d",
        classes.toString(),
        "-Xlint:all,-path",
        "-Werror",
        "-cp",
        System.getProperty("java.class.path")));
    all().forEach(each -> arguments.add(each.file().toString()));
    int status = ToolProvider.getSystemJavaCompiler()
        .run(null, null, null, arguments.toArray(String[]::new));
    if (status != 0) {
      throw new AssertionError("Expected the examples to compile without a warning");
    }
  }

  /// Starts the program as its first command says, in the mode that is being tested.
  Process start(Path classes, Path out, Path err) throws IOException {
    List<String> words = words();
    return start(
        words.subList(words.indexOf("examples/" + file) + 1, words.size()), classes, out, err);
  }

  private List<String> words() throws IOException {
    return Arrays.asList(commands().getFirst().split(" "));
  }

  /// Starts the program with other arguments than its first command has.
  Process start(List<String> arguments, Path classes, Path out, Path err) throws IOException {
    List<String> words = words();
    int at = words.indexOf("examples/" + file);
    List<String> command = new ArrayList<>();
    if (envRestoresSignals()) {
      // What was started in the background ignores Ctrl-C.
      command.addAll(List.of("env", "--default-signal=INT"));
    }
    command.addAll(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "--enable-native-access=ALL-UNNAMED",
        // the class path of the tests has a logger that nobody reads, and Netty finds it
        "-Dslf4j.internal.verbosity=ERROR",
        "-Dtepal.mode=" + System.getProperty("tepal.mode", "auto"),
        "-Dtepal.debug=" + words.subList(0, at).contains("--debug"),
        "-cp",
        classes + System.getProperty("path.separator") + System.getProperty("java.class.path"),
        name()));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
  }

  private static boolean envRestoresSignals() throws IOException {
    try {
      return new ProcessBuilder("env", "--default-signal=INT", "true").start().waitFor() == 0;
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    } catch (IOException e) {
      return false; // there is no such program
    }
  }

  Finished run(Path classes, Path directory) throws IOException, InterruptedException {
    Path out = Files.createTempFile(directory, name(), ".out");
    Path err = Files.createTempFile(directory, name(), ".err");
    Process process = start(classes, out, err);
    if (!process.waitFor(50, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("Expected %s to end; it wrote: %s%s"
          .formatted(name(), Files.readString(out), Files.readString(err)));
    }
    return new Finished(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
