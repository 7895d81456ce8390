// SPDX-License-Identifier: Apache-2.0
package tepal.cli;

/// A subcommand that takes the process over, once all of the command line has been read.
///
/// picocli only fills it in; [Tepal] starts it, so that nothing else is on its stack.
interface Subcommand extends Runnable {

  /// Nothing, while the command line is being parsed.
  @Override
  default void run() {}

  /// Does what the subcommand is for, on the current thread.
  ///
  /// @throws Throwable what a user's program throws
  void start() throws Throwable;
}
