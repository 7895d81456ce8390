// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import org.jspecify.annotations.Nullable;
import tepal.streams.FlowControl;
import tepal.streams.ReadTransport;
import tepal.streams.StreamReader;
import tepal.streams.StreamWriter;
import tepal.streams.SubprocessProtocol;
import tepal.streams.SubprocessTransport;
import tepal.streams.WriteTransport;

/// Feeds what a child writes to readers, and lets a writer wait for what it reads.
///
/// Mirrors `asyncio.subprocess.SubprocessStreamProtocol`.
final class SubprocessStreamProtocol implements SubprocessProtocol {
  private final int limit;
  private final FlowControl stdinFlow = new FlowControl();
  private @Nullable SubprocessTransport transport;
  private @Nullable StreamWriter stdin;
  private @Nullable StreamReader stdout;
  private @Nullable StreamReader stderr;

  // output pipes that are not lost
  private int openPipes;
  private boolean exited;

  SubprocessStreamProtocol(int limit) {
    this.limit = limit;
  }

  @Nullable StreamWriter stdin() {
    return stdin;
  }

  @Nullable StreamReader stdout() {
    return stdout;
  }

  @Nullable StreamReader stderr() {
    return stderr;
  }

  @Override
  public void connectionMade(SubprocessTransport made) {
    transport = made;
    stdout = reader(made.getPipeTransport(1));
    stderr = reader(made.getPipeTransport(2));
    if (made.getPipeTransport(0) instanceof WriteTransport pipe) {
      stdin = new StreamWriter(pipe, stdinFlow, null);
    }
  }

  private @Nullable StreamReader reader(@Nullable Object pipe) {
    if (!(pipe instanceof ReadTransport reading)) {
      return null;
    }
    StreamReader reader = new StreamReader(limit);
    reader.setTransport(reading);
    openPipes++;
    return reader;
  }

  private @Nullable StreamReader reader(int fd) {
    return fd == 1 ? stdout : stderr;
  }

  @Override
  public void pipeDataReceived(int fd, byte[] data) {
    StreamReader reader = reader(fd);
    if (reader != null) {
      reader.feedData(data);
    }
  }

  @Override
  public void pipeConnectionLost(int fd, @Nullable Throwable exception) {
    if (fd == 0) {
      stdinFlow.connectionLost(exception);
      return;
    }
    StreamReader reader = reader(fd);
    if (reader != null) {
      end(reader, exception);
    }
    openPipes--;
    closeIfOver();
  }

  private static void end(StreamReader reader, @Nullable Throwable exception) {
    if (exception == null) {
      reader.feedEof();
    } else {
      reader.setException(exception);
    }
  }

  @Override
  public void processExited() {
    exited = true;
    closeIfOver();
  }

  private void closeIfOver() {
    if (exited && openPipes == 0 && transport != null) {
      transport.close();
    }
  }

  @Override
  public void pauseWriting() {
    stdinFlow.pauseWriting();
  }

  @Override
  public void resumeWriting() {
    stdinFlow.resumeWriting();
  }
}
