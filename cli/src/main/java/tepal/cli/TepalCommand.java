// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;
import tepal.EventLoop;
import tepal.net.Net;

/// `tepal`: its subcommands and options.
@Command(
    name = "tepal",
    header = "asyncio for the JVM",
    synopsisHeading = "%n",
    customSynopsis = {
      "Usage: tepal run [--debug] FILE.java [ARGUMENT...]",
      "       tepal repl [--debug] [--class-path PATH]",
      "       tepal --help | --version"
    },
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%n",
    footer = {
      "Try it:  ./tepal run examples/Hello.java",
      "Options for the JVM, such as -Xmx8g, come from the variable TEPAL_JAVA_OPTIONS."
    },
    mixinStandardHelpOptions = true,
    versionProvider = TepalCommand.Version.class,
    sortOptions = false,
    subcommands = {RunCommand.class, ReplCommand.class})
final class TepalCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  /// Carries out a command line, except for the subcommand that it names.
  ///
  /// Ends the process with status 2 if it makes no sense.
  ///
  /// @return what to start, or null if there is nothing left to do
  static @Nullable Subcommand parse(String[] arguments) {
    CommandLine commandLine = new CommandLine(new TepalCommand())
        .setStopAtPositional(true) // what follows FILE is the program's
        .setParameterExceptionHandler((exception, _) -> refuse(exception));
    int status = commandLine.execute(arguments);
    if (status != CommandLine.ExitCode.OK) {
      System.exit(status);
    }
    ParseResult result = commandLine.getParseResult();
    if (result.isVersionHelpRequested()) {
      commandLine.getOut().println(loops());
    }
    boolean starts = result.hasSubcommand()
        && commandLine.getExecutionResult() == null
        && !result.subcommand().isUsageHelpRequested()
        && !result.subcommand().isVersionHelpRequested();
    return starts ? (Subcommand) result.subcommand().commandSpec().userObject() : null;
  }

  /// `tepal` alone.
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /// Says what is wrong with the command line, in two lines.
  private static int refuse(ParameterException exception) {
    PrintWriter err = exception.getCommandLine().getErr();
    err.println("tepal: " + explanation(exception));
    err.println("Try 'tepal --help'.");
    return CommandLine.ExitCode.USAGE;
  }

  private static @Nullable String explanation(ParameterException exception) {
    return exception instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()
        ? "There is no command " + unmatched.getUnmatched().getFirst()
        : exception.getMessage();
  }

  /// Says what loops run on. Asks a loop, so that this is what a program gets.
  private static String loops() {
    try (EventLoop loop = EventLoop.builder().build()) {
      String mode = loop.mode().name().toLowerCase(Locale.ROOT);
      try {
        String transport = Net.of(loop).transport().name().toLowerCase(Locale.ROOT);
        return "loops in %s mode, sockets wait in %s".formatted(mode, transport);
      } catch (IllegalStateException | IllegalArgumentException e) {
        return "loops in %s mode, no sockets: %s".formatted(mode, e.getMessage());
      }
    }
  }

  /// Reads the version that the build wrote. picocli asks in any case, so that this is all it does.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      Properties properties = new Properties();
      try (InputStream in = TepalCommand.class.getResourceAsStream("version.properties")) {
        properties.load(in);
      }
      return new String[] {
        "tepal %s, Java %s".formatted(properties.getProperty("version"), Runtime.version())
      };
    }
  }
}
