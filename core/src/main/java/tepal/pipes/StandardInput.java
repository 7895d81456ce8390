// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import java.io.InputStream;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.blocking.PipeReader;
import tepal.streams.StreamReader;
import tepal.streams.StreamReaderProtocol;

/// The standard input of this process, which loops read one after the other.
final class StandardInput {
  /*
   * Nobody can end a read from it, so the thread that reads belongs to the process and not to a loop.
   * When a loop is closed, what its stream has left goes back to the reader, and the thread, which may
   * be in a read, tells nobody any more: what it reads then waits there for the next loop.
   */

  // those that are read, or have something left; guarded by the class. System.in can be replaced
  private static final IdentityHashMap<InputStream, StandardInput> INPUTS =
      new IdentityHashMap<>(2);

  private final InputStream source;
  private final PipeReader reader;

  // ---- guarded by the class; null while no loop reads

  private @Nullable EventLoop loop;
  private @Nullable StreamReader stream;

  private StandardInput(InputStream source) {
    this.source = source;
    this.reader = new PipeReader(new StreamSource(source, /* closes= */ false));
  }

  /// Returns the current loop's stream over [System#in].
  static StreamReader stream() {
    EventLoop running = Asyncio.getRunningLoop();
    synchronized (StandardInput.class) {
      return INPUTS.computeIfAbsent(System.in, StandardInput::new).streamOf(running);
    }
  }

  private StreamReader streamOf(EventLoop running) {
    StreamReader present = stream;
    if (present == null) {
      present = connect(running);
      loop = running;
      stream = present;
    } else if (loop != running) {
      throw new IllegalStateException(
          "Expected standard input to be read by one loop at a time, found it read by " + loop);
    }
    return present;
  }

  private StreamReader connect(EventLoop running) {
    StreamReader made = new StreamReader();
    StreamReaderProtocol protocol = new StreamReaderProtocol(made);
    protocol.connectionMade(PipeTransport.reading(protocol, null, "standard input", reader));
    running.addCloseCallback(this::leave);
    reader.begin();
    return made;
  }

  /// Takes back what the loop has not read. Called on the thread that closes it.
  private void leave() {
    synchronized (StandardInput.class) {
      reader.detach();
      StreamReader left = stream;
      if (left != null && left.exception() == null) {
        left.feedEof();
        reader.unread(left.read());
      }
      stream = null;
      loop = null;
      if (!reader.isInUse()) {
        INPUTS.remove(source);
      }
    }
  }
}
