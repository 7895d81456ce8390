// SPDX-License-Identifier: Apache-2.0
package tepal.process;

/// How a child ended, as asyncio says it.
final class ExitCode {
  /*
   * asyncio has -n for a child that signal n ended. The JDK reports 128+n [1], as shells do, and so a
   * child that exits with 128+n by itself looks the same; by the time it is known the child has been
   * reaped, and nobody can be asked. A shell or a JVM that ends so says by it that a signal ended what
   * it ran or itself, so that -n is the right idea there too. The one number of these that programs
   * use for something else is 129 (git: wrong usage), and signal 1, HUP, hardly ever ends a child of
   * a living parent unless that sends it.
   *
   * No other code is negative, so that nothing is lost: 128 - code is what the JDK has.
   *
   * [1] JDK 25, ProcessHandleImpl_unix.c, waitForProcessExit0
   */
  static final boolean POSIX = java.io.File.separatorChar == '/';

  private static final int SIGNALLED = 128;
  private static final int HUP = 1;
  private static final int LAST_SIGNAL = 31;

  private ExitCode() {}

  /// Waits for the end of a process, on a thread that may block and that nobody interrupts.
  /// Returns what the JDK reports.
  static int await(Process process) {
    while (true) {
      try {
        return process.waitFor();
      } catch (InterruptedException e) {
        // There is nothing else to do here.
      }
    }
  }

  /// @param value what the JDK reports
  /// @param hangupSent whether the child was sent a HUP from here
  static int of(int value, boolean hangupSent) {
    int signal = value - SIGNALLED;
    boolean signalled = signal >= (hangupSent ? HUP : HUP + 1) && signal <= LAST_SIGNAL;
    return POSIX && signalled ? -signal : value;
  }
}
