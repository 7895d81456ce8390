// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/// The entry point of the `tepal` command.
final class Tepal {
  private Tepal() {}

  /// Does what the command line says. A program that it runs has this thread, and ends the
  /// process as if the JVM had started it.
  ///
  /// @param arguments the command line
  /// @throws Throwable what the program throws
  public static void main(String[] arguments) throws Throwable {
    // Half of the time of a start goes into the parser; `run FILE` has no need of it.
    RunCommand run = RunCommand.ifPlain(arguments);
    if (run == null) {
      run = TepalCommand.parse(arguments);
    }
    Program program = run == null ? null : load(run);
    if (program != null) {
      program.run();
    }
  }

  private static @Nullable Program load(RunCommand run) {
    PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
    try {
      return run.load(err);
    } catch (CannotRunException e) {
      err.println("tepal: " + e.getMessage());
    } catch (IOException e) {
      err.println("tepal: " + e);
    }
    System.exit(1);
    return null;
  }
}
