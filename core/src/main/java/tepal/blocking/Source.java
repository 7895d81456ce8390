// SPDX-License-Identifier: Apache-2.0
package tepal.blocking;

import java.io.IOException;

/// Where a [PipeReader] reads, which may block.
public interface Source {

  /// Reads some bytes. Blocks until there is one.
  ///
  /// @param into where to put them
  /// @return how many, at least one; -1 at the end
  /// @throws IOException if that fails
  int read(byte[] into) throws IOException;

  /// Lets a read on another thread end soon, if that can be done. Must not block, and may be
  /// called from any thread, also if nobody reads.
  default void stop() {}

  /// Closes this. Called once, on the thread that reads, after the last read.
  ///
  /// @param complete whether it was read to its end
  void close(boolean complete);

  /// Runs what reads, to the end, and closes this.
  ///
  /// @param reading what to run
  default void whileReading(Runnable reading) {
    reading.run();
  }
}
