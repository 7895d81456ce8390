// SPDX-License-Identifier: Apache-2.0

/// The `tepal` command, from its arguments to the running program.
///
/// [tepal.cli.Tepal] is the entry point, [tepal.cli.RunCommand] one of its subcommands.
/// [tepal.cli.SourceFile] becomes a [tepal.cli.Program], by way of the compiler or of the
/// [tepal.cli.ProgramCache].
package tepal.cli;
