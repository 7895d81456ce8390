// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.streams.StreamWriter;

/// The standard output or standard error of this process: a writer for each loop, so that what
/// its tasks write stays in order.
final class StandardOutput {
  /*
   * The descriptor, and not System.out: that swallows exceptions, such as of a reader that is gone, and
   * lets other threads wait meanwhile.
   */
  static final StandardOutput OUT =
      new StandardOutput("standard output", new FileOutputStream(FileDescriptor.out));
  static final StandardOutput ERR =
      new StandardOutput("standard error", new FileOutputStream(FileDescriptor.err));

  private final String name;
  private final OutputStream stream;

  // of loops that are open; guarded by this
  private final Map<EventLoop, StreamWriter> writers = new HashMap<>(2);

  /// Creates what writes to a stream that is not to be closed.
  StandardOutput(String name, OutputStream stream) {
    this.name = name;
    this.stream = stream;
  }

  /// Returns the current loop's writer.
  StreamWriter writer() {
    EventLoop loop = Asyncio.getRunningLoop();
    synchronized (this) {
      StreamWriter present = writers.get(loop);
      if (present == null || present.isClosing()) {
        present = connect(loop);
        writers.put(loop, present);
      }
      return present;
    }
  }

  private StreamWriter connect(EventLoop loop) {
    WritingProtocol protocol = new WritingProtocol(() -> forget(loop));
    PipeTransport transport =
        PipeTransport.writing(protocol, null, name, new StreamSink(stream, /* closes= */ false));
    transport.atLoopClose(() -> {
      transport.finish();
      forget(loop);
    });
    return new StreamWriter(transport, protocol.flowControl(), null);
  }

  /// Forgets the writer of a loop, unless it is a later one that is still open.
  private synchronized void forget(EventLoop loop) {
    StreamWriter present = writers.get(loop);
    if (present != null && (loop.isClosed() || present.isClosing())) {
      writers.remove(loop);
    }
  }
}
