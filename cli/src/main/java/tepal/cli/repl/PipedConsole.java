// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads a script from the standard input.
final class PipedConsole implements Console {
  private final LineInput input;
  private final Snippets snippets;

  PipedConsole(LineInput input, Snippets snippets) {
    this.input = input;
    this.snippets = snippets;
  }

  @Override
  public @Nullable String read() throws IOException {
    String text = input.readLine();
    while (text != null && !Command.isOne(text) && !snippets.isComplete(text)) {
      String more = input.readLine();
      if (more == null) {
        return text;
      }
      text = text + "\n" + more;
    }
    return text;
  }

  @Override
  public boolean isTerminal() {
    return false;
  }

  @Override
  public void close() {}
}
