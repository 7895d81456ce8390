// SPDX-License-Identifier: Apache-2.0
package tepal.blocking;

import java.io.IOException;

/// Where a [WritePipe] has its bytes written, which may block.
public interface Sink {

  /// Writes bytes, so that they have left this process. Blocks until that is done.
  ///
  /// @param data where they are
  /// @param offset the first one
  /// @param length how many
  /// @throws IOException if that fails
  void write(byte[] data, int offset, int length) throws IOException;

  /// Lets a write on another thread end soon, if that can be done. Must not block, and may be
  /// called from any thread, also if nobody writes.
  default void stop() {}

  /// Closes this. May block, and may be called twice.
  void close();
}
