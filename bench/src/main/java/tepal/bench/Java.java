// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The JDK that runs this, for the programs.
final class Java {
  private static final String OPENING = "--add-opens=java.base/java.lang=ALL-UNNAMED";

  /// Opens the hook of opened mode, and nothing else.
  static final List<String> OPEN = List.of(OPENING);

  /// What `./tepal` gives to `java`, whose jar's manifest opens the hook.
  static final List<String> TUNED = List.of(
      OPENING,
      "-XX:+UseSerialGC",
      "-XX:InitialRAMPercentage=25",
      "-XX:NewRatio=1",
      "-Xss64m",
      "-XX:+UseCompactObjectHeaders",
      "-Djdk.trackAllThreads=false");

  static final List<String> PORTABLE = List.of("-Dtepal.mode=portable");

  /// Lets the JDK start processes without a helper program.
  static final String VFORK = "-Djdk.lang.Process.launchMechanism=VFORK";

  private Java() {}

  static List<String> with(List<String> flags, String more) {
    List<String> all = new ArrayList<>(flags);
    all.add(more);
    return all;
  }

  /// Returns the command that runs a class of this project.
  static List<String> command(List<String> flags, Class<?> program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(program.getName());
    command.addAll(List.of(arguments));
    return command;
  }
}
