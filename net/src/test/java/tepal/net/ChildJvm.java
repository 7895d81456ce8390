// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A program of the tests in a process of its own, which is told and says lines.
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader said;

  private ChildJvm(Process process) {
    this.process = process;
    this.said = process.inputReader(StandardCharsets.UTF_8);
  }

  /// Starts a program in the mode that is being tested, with at most so many descriptors.
  static ChildJvm start(int descriptors, Class<?> program, Object... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        "sh",
        "-c",
        "ulimit -n " + descriptors + " && exec \"$@\"",
        "sh",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED",
        "-Dslf4j.internal.verbosity=ERROR",
        "-Dtepal.mode=" + System.getProperty("tepal.mode", "auto")));
    if ("opened".equals(System.getProperty("tepal.mode"))) {
      command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return new ChildJvm(new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start());
  }

  /// Returns the next line that it says. Blocks.
  String line() throws IOException {
    String line = said.readLine();
    if (line == null) {
      throw new IOException("Expected a line of the child, but it has ended");
    }
    return line;
  }

  /// Tells it a line.
  void tell(String line) throws IOException {
    OutputStream input = process.getOutputStream();
    input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    input.flush();
  }

  /// Ends it at once, as if the machine had lost its power: nothing is flushed.
  void kill() {
    var _ = process.destroyForcibly();
    var _ = process.onExit().join();
  }

  @Override
  public void close() {
    kill();
  }
}
