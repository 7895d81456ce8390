// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import tepal.blocking.BlockingThreads;
import tepal.blocking.PipeReader;
import tepal.blocking.Source;

/// One of a child's output pipes, as its threads see it: made before the child is started, and
/// read after that.
final class ChildOutput implements Source {
  /*
   * A read from a named pipe is ended by closing it. A read from one of the JDK's own pipes is ended
   * by nobody: there the thread ends with the next byte or the end of the pipe.
   */
  private final int fd;
  private final PipeReader reader = new PipeReader(this);

  // null before the child is to be started, and where the JDK's own pipe has to do
  private volatile @Nullable NamedPipe named;

  // set before the loop is told of the child's start
  private volatile InputStream stream = InputStream.nullInputStream();

  ChildOutput(int fd) {
    this.fd = fd;
  }

  PipeReader reader() {
    return reader;
  }

  // ---- On the thread of the child

  /// Makes a pipe for a child that is about to be started.
  void prepare(ProcessBuilder builder) {
    NamedPipe prepared = NamedPipe.open();
    named = prepared;
    if (prepared != null && fd == 1) {
      builder.redirectOutput(prepared.writingEnd());
    } else if (prepared != null) {
      builder.redirectError(prepared.writingEnd());
    }
  }

  /// Gives up the pipe of a child that could not be started.
  void unprepare() {
    NamedPipe prepared = named;
    if (prepared != null) {
      prepared.release();
    }
  }

  /// Takes the reading end, as the child has its own.
  void connect(Process child) {
    NamedPipe prepared = named;
    if (prepared == null) {
      stream = fd == 1 ? child.getInputStream() : child.getErrorStream();
    } else {
      stream = prepared.stream();
      prepared.connected();
    }
  }

  // ---- On the thread that reads

  @Override
  public void whileReading(Runnable reading) {
    // The JDK's reaper wants this monitor to close a pipe of its own: see NamedPipe.
    InputStream read = stream;
    synchronized (read) {
      reading.run();
    }
  }

  @Override
  public int read(byte[] into) throws IOException {
    return stream.read(into);
  }

  @Override
  public void close(boolean complete) {
    NamedPipe prepared = named;
    if (prepared == null) {
      closeStream();
    } else if (complete) {
      prepared.release();
    } else {
      prepared.discard();
    }
  }

  private void closeStream() {
    try {
      stream.close();
    } catch (IOException e) {
      // Nobody reads there any more.
    }
  }

  // ---- On other threads

  @Override
  public void stop() {
    if (named != null) {
      BlockingThreads.execute(this::closeStream);
    }
  }
}
