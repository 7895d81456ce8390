// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `tepal run`: which program to run, and how.
@Command(
    name = "run",
    header = "Runs a program that is one Java source file.",
    synopsisHeading = "%n",
    customSynopsis = "Usage: tepal run [--debug] FILE.java [ARGUMENT...]",
    parameterListHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%n",
    footer = "What follows FILE.java belongs to the program.",
    mixinStandardHelpOptions = true,
    versionProvider = TepalCommand.Version.class,
    sortOptions = false)
final class RunCommand implements Subcommand {
  @Option(
      names = "--debug",
      description = "Debug mode: reports slow turns, tasks that JDK code suspended, and more.")
  private boolean debug;

  @Parameters(
      index = "0",
      paramLabel = "FILE.java",
      description = "The program; 'void main() { ... }' is enough.")
  private Path file = Path.of("");

  @Parameters(index = "1..*", paramLabel = "ARGUMENT", description = "What its main method gets.")
  private List<String> arguments = List.of();

  /// Returns the command that `run FILE ARGUMENT...` is, or null for any other command line.
  static @Nullable RunCommand ifPlain(String[] commandLine) {
    if (commandLine.length < 2 || !commandLine[0].equals("run") || commandLine[1].startsWith("-")) {
      return null;
    }
    RunCommand run = new RunCommand();
    run.file = Path.of(commandLine[1]);
    run.arguments = Arrays.asList(commandLine).subList(2, commandLine.length);
    return run;
  }

  /// Runs the program, or says why that is not possible and ends the process with status 1.
  @Override
  public void start() throws Throwable {
    Program program = loadOrSayWhyNot();
    if (program == null) {
      System.exit(1);
    } else {
      program.run();
    }
  }

  private @Nullable Program loadOrSayWhyNot() {
    PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
    try {
      return load(err);
    } catch (CannotRunException e) {
      err.println("tepal: " + e.getMessage());
    } catch (IOException e) {
      err.println("tepal: " + e);
    }
    return null;
  }

  /// Compiles the program if necessary, and loads it.
  private Program load(PrintWriter err) throws IOException, CannotRunException {
    if (!Files.isRegularFile(file)) {
      throw new CannotRunException(
          (Files.exists(file) ? "Expected a regular file, but this is none: " : "There is no file ")
              + file);
    }
    if (debug) {
      System.setProperty("tepal.debug", "true");
    }
    SourceFile source = SourceFile.read(file);
    CompiledClasses classes = ProgramCache.ofThisInstallation().classesOf(source, err);
    return Program.load(source, classes, arguments);
  }
}
