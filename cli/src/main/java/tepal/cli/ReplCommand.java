// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tepal.cli.repl.Repl;

/// `tepal repl`: a shell whose lines run as tasks of one loop.
@Command(
    name = "repl",
    header = "Runs what you type, line by line, as tasks of one loop.",
    synopsisHeading = "%n",
    customSynopsis = "Usage: tepal repl [--debug] [--class-path PATH]",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%n",
    footer = {
      "Piped in, it reads a script: values go to the standard output, errors to the",
      "standard error, and the exit status is 0 unless the script says otherwise."
    },
    mixinStandardHelpOptions = true,
    versionProvider = TepalCommand.Version.class,
    sortOptions = false)
final class ReplCommand implements Subcommand {
  @Option(
      names = "--debug",
      description = "Debug mode: reports slow turns, tasks that JDK code suspended, and more.")
  private boolean debug;

  @Option(
      names = {"--class-path", "-cp"},
      paramLabel = "PATH",
      description = "Jars and directories of classes that can be used, as for java.")
  private @Nullable String classPath;

  /// Returns the command that `repl` alone is, or null for any other command line.
  static @Nullable ReplCommand ifPlain(String[] commandLine) {
    return commandLine.length == 1 && commandLine[0].equals("repl") ? new ReplCommand() : null;
  }

  /// Runs the shell and ends the process.
  @Override
  public void start() throws Exception {
    if (debug) {
      System.setProperty("tepal.debug", "true");
    }
    System.exit(Repl.run(new TepalCommand.Version().getVersion()[0], classPath, historyFile()));
  }

  private static Path historyFile() {
    String given = System.getenv("TEPAL_HISTORY");
    return given == null || given.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".tepal_history")
        : Path.of(given);
  }
}
