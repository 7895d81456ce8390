// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import tepal.Asyncio;
import tepal.CancelledError;

/// What the loops and methods of snippets call now and then, so that a computation without end
/// can be stopped. Public for the snippets.
public final class StopCheck {
  // set by whoever handles Ctrl-C; cleared by what is stopped, or on the loop
  private static volatile boolean requested;

  private StopCheck() {}

  /// Throws [CancelledError] if what runs on the loop is to be stopped.
  public static void here() {
    if (requested && isOnLoop()) {
      requested = false;
      throw new CancelledError("Ctrl-C");
    }
  }

  /// Lets the next check on a loop throw.
  static void request() {
    requested = true;
  }

  static void withdraw() {
    requested = false;
  }

  private static boolean isOnLoop() {
    try {
      return Asyncio.getRunningLoop().isRunning();
    } catch (IllegalStateException e) {
      return false; // a thread of the user's
    }
  }
}
