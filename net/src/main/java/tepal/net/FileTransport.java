// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import tepal.streams.Transport;

/// A transport that a file can be sent over. Its methods are called by the task that sends the
/// file.
interface FileTransport extends Transport {

  /// Returns whether the system can send a file by itself.
  boolean canSendFiles();

  /// Refuses writes from now on.
  ///
  /// @throws IllegalStateException if the transport is closing, has ended its stream, or a
  ///     file is being sent already
  void beginFile();

  /// Allows writes again.
  void endFile();

  /// Suspends the current task until everything that was written is sent.
  ///
  /// @throws java.io.UncheckedIOException if the connection is lost before that
  void awaitSent();

  /// Sends bytes of a file that the system reads itself; suspends the current task until they are
  /// sent. Says how many were, also if the task is cancelled.
  long sendFromFile(Sendfile sendfile, FileChannel file, long offset, long count);

  /// Writes bytes in spite of [#beginFile].
  void writeOfFile(ByteBuffer data);
}
