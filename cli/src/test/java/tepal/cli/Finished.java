// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// How a process ended, and what it wrote.
///
/// @param status its exit status
/// @param out its standard output
/// @param err its standard error
record Finished(int status, String out, String err) {

  /// A process whose output goes to files, so that nobody has to read it meanwhile.
  record Running(Process process, Path out, Path err) {

    /// Waits for the process, at most a minute.
    Finished finish() throws IOException, InterruptedException {
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("Expected the process to end; so far it wrote: "
            + Files.readString(out) + Files.readString(err));
      }
      return new Finished(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /// Writes to the standard input of the process and closes it.
    Running type(String text) throws IOException {
      try (var in = process.getOutputStream()) {
        in.write(text.getBytes(StandardCharsets.UTF_8));
      }
      return this;
    }

    /// Sends what Ctrl-C sends.
    void interrupt() throws IOException, InterruptedException {
      int _ = new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
          .start()
          .waitFor();
    }

    /// Waits until the process has written `text`.
    void awaitOutput(String text) throws IOException, InterruptedException {
      while (!Files.readString(out).contains(text)) {
        if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
          throw new AssertionError("Expected '%s', got '%s' and '%s'"
              .formatted(text, Files.readString(out), Files.readString(err)));
        }
      }
    }
  }

  static Running start(Path directory, ProcessBuilder builder) throws IOException {
    Path out = Files.createTempFile(directory, "out", null);
    Path err = Files.createTempFile(directory, "err", null);
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    return new Running(builder.start(), out, err);
  }

  /// Starts the command `tepal` with the class path and the mode of this process, such that
  /// [Running#interrupt] works.
  static Running startTepal(Path directory, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (envRestoresSignals()) {
      command.addAll(List.of("env", "--default-signal=INT"));
    }
    command.addAll(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "-Dtepal.mode=" + System.getProperty("tepal.mode", "auto"),
        "--class-path",
        System.getProperty("java.class.path"),
        "tepal.cli.Tepal"));
    command.addAll(List.of(arguments));
    return start(directory, new ProcessBuilder(command).directory(directory.toFile()));
  }

  /// Whether `env` can undo that what a shell starts in the background ignores Ctrl-C.
  private static boolean envRestoresSignals() throws InterruptedException {
    try {
      return new ProcessBuilder("env", "--default-signal=INT", "true").start().waitFor() == 0;
    } catch (IOException e) {
      return false; // there is no such program
    }
  }
}
