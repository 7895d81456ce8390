// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

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
    // Half of the time of a start goes into the parser, which the plain forms have no need of.
    @Nullable Subcommand subcommand = RunCommand.ifPlain(arguments);
    if (subcommand == null) {
      subcommand = ReplCommand.ifPlain(arguments);
    }
    if (subcommand == null) {
      subcommand = TepalCommand.parse(arguments);
    }
    if (subcommand != null) {
      subcommand.start();
    }
  }
}
