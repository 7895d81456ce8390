// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// The `tepal` command.
@Command(
    name = "tepal",
    header = "asyncio for the JVM.",
    synopsisHeading = "%nUsage: ",
    customSynopsis = "tepal run [--debug] FILE.java [ARGUMENT...]",
    optionListHeading = "%n",
    commandListHeading = "%n",
    footer = {
      "",
      "Try: ./tepal run examples/Hello.java",
      "Options for the JVM, such as -Xmx8g, are taken from TEPAL_JAVA_OPTIONS."
    },
    versionProvider = Tepal.Version.class,
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = RunCommand.class)
final class Tepal {
  private Tepal() {}

  /// Does what the command line says. A program that it runs has this thread, and ends the
  /// process as if the JVM had started it.
  ///
  /// @param arguments the command line
  /// @throws Throwable what the program throws
  public static void main(String[] arguments) throws Throwable {
    CommandLine commandLine = commandLine();
    int status = commandLine.execute(arguments);
    if (status != CommandLine.ExitCode.OK) {
      System.exit(status);
    }
    Program program = programOf(commandLine.getParseResult());
    if (program != null) {
      program.run();
    }
  }

  /// Returns the parser of the command line, which also carries it out up to the start of a
  /// program.
  static CommandLine commandLine() {
    return new CommandLine(new Tepal())
        .setParameterExceptionHandler((exception, _) -> refuse(exception))
        .setExecutionExceptionHandler((exception, command, _) -> fail(exception, command));
  }

  private static @Nullable Program programOf(ParseResult result) {
    return result.hasSubcommand()
            && result.subcommand().commandSpec().userObject() instanceof RunCommand run
        ? run.program()
        : null;
  }

  /// Says what is wrong with the command line and how it is meant.
  private static int refuse(ParameterException exception) {
    CommandLine command = exception.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("tepal: " + exception.getMessage());
    err.println("Try 'tepal --help'.");
    return CommandLine.ExitCode.USAGE;
  }

  /// Says why something could not be done; what nobody expected comes with its stack.
  private static int fail(Exception exception, CommandLine command) {
    PrintWriter err = command.getErr();
    switch (exception) {
      case CannotRunException expected -> err.println("tepal: " + expected.getMessage());
      case IOException failed -> err.println("tepal: " + failed);
      default -> exception.printStackTrace(err);
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  /// Reads the version that the build wrote.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      Properties properties = new Properties();
      try (InputStream in = Tepal.class.getResourceAsStream("version.properties")) {
        properties.load(in);
      }
      return new String[] {
        "tepal %s (Java %s)".formatted(properties.getProperty("version"), Runtime.version())
      };
    }
  }
}
