// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import java.io.Closeable;
import java.io.IOException;

/// Closes what nobody needs any more.
final class Closing {
  private Closing() {}

  static void quietly(Closeable closed) {
    try {
      closed.close();
    } catch (IOException e) {
      // All was read or written before, or nobody wants it any more.
    }
  }
}
