// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `tepal run`: makes a source file runnable. [Tepal] runs it when the command line has been
/// dealt with, so that nothing of picocli is on the program's stack.
@Command(
    name = "run",
    header = "Runs a program that is one Java source file.",
    description = {
      "",
      "A file with nothing but 'void main() { ... }' is a program. Everything after FILE.java is its own."
    },
    synopsisHeading = "%nUsage: ",
    customSynopsis = "tepal run [--debug] FILE.java [ARGUMENT...]",
    optionListHeading = "%n",
    parameterListHeading = "%n",
    mixinStandardHelpOptions = true,
    versionProvider = Tepal.Version.class,
    sortOptions = false)
final class RunCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--debug",
      description = "Debug mode: slow callbacks, calls from the wrong thread and more are reported.")
  private boolean debug;

  @Parameters(index = "0", paramLabel = "FILE.java", description = "The program.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path file;

  @Parameters(index = "1..*", paramLabel = "ARGUMENT", description = "What its main method gets.")
  private List<String> arguments = List.of();

  // null until the command has been carried out
  private @Nullable Program program;

  @Override
  public Integer call() throws IOException, CannotRunException {
    if (!Files.isRegularFile(file)) {
      throw new ParameterException(
          spec.commandLine(),
          Files.exists(file) ? file + " is not a file" : "There is no file " + file);
    }
    if (debug) {
      System.setProperty("tepal.debug", "true");
    }
    PrintWriter err = spec.commandLine().getErr();
    SourceFile source = SourceFile.read(file);
    CompiledClasses classes = ProgramCache.ofThisInstallation().classesOf(source, err);
    program = Program.load(source, classes, arguments);
    return ExitCode.OK;
  }

  @Nullable Program program() {
    return program;
  }
}
