// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The entry point of `conformance/run` and `conformance/fuzz`.
@Command(
    name = "conformance",
    description = "Compares what Tepal does with what CPython's asyncio does.",
    subcommands = {RunCommand.class, FuzzCommand.class},
    mixinStandardHelpOptions = true)
final class Conformance {
  /// Everything that was asked for holds.
  static final int HOLDS = 0;

  /// A program differs, cannot be read, or breaks a property.
  static final int FAILS = 1;

  /// There was nothing to check, or it could not be got at; also what picocli gives for a wrong
  /// usage.
  static final int UNUSABLE = 2;

  private Conformance() {}

  /// Runs a command and ends the JVM with its status.
  ///
  /// @param arguments `run` or `fuzz`, and its arguments
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Conformance()).setCaseInsensitiveEnumValuesAllowed(true);
  }
}
