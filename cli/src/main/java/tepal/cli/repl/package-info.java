// SPDX-License-Identifier: Apache-2.0

/// `tepal repl`: a shell whose snippets run as tasks of one loop, on the JDK's JShell.
///
/// [tepal.cli.repl.Repl] is the entry point and has the loop; [tepal.cli.repl.Shell] reads from
/// a [tepal.cli.repl.Console], on a thread of its own, and has [tepal.cli.repl.Snippets]
/// evaluate what it read. [tepal.cli.repl.LoopExecution] is where JShell calls us back to run
/// it.
package tepal.cli.repl;
