// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Where the shell reads from.
interface Console extends AutoCloseable {

  /// Waits for the next line, and for more if that is not a whole snippet.
  ///
  /// @return the text; null at the end of the input
  @Nullable String read() throws IOException;

  /// Returns whether somebody sits before it, who wants to see what each line has declared.
  boolean isTerminal();

  @Override
  void close() throws IOException;
}
