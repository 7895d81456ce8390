// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import org.jline.utils.Signals;

/// Ctrl-C where there is no terminal to edit on.
final class Interrupts {
  private Interrupts() {}

  /// Lets `action` run on each Ctrl-C, unless whoever started this process lets it ignore the
  /// signal, as shells do for what runs in the background.
  static void handle(Runnable action) {
    Object before = Signals.register("INT", action);
    if (before != null && before == ignored()) {
      Signals.unregister("INT", before);
    }
  }

  private static Object ignored() {
    try {
      return Class.forName("sun.misc.SignalHandler").getField("SIG_IGN").get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
