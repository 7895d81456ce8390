// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.io.InputStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// What happens on the thread of one child: it starts the child, reads its first pipe, and
/// waits for its end.
final class Child implements Callable<@Nullable Void> {
  /*
   * When a child exits, the JDK's reaper takes what is in its output pipes at that moment and closes
   * them [1], so that what a grandchild writes later would be lost. It needs the monitors of the
   * streams for that: first of standard output's, then of standard error's. So whoever reads a stream
   * holds its monitor until the end, and the first one is entered here, right after the start, by the
   * thread that started the child; it is not left before the other pipe has ended too. The reaper
   * waits that long. It has told everybody who waits for the exit before.
   *
   * The exit is told by the JDK's own completion, on a thread of the common pool, which others may
   * keep busy; and by this thread once the pipes have ended. Whichever is first.
   *
   * [1] JDK 25, ProcessImpl.ProcessPipeInputStream.processExited
   */
  private final ProcessBuilder builder;
  private final LoopCalls calls;
  private final ChildTransport transport;

  // in the order in which the reaper wants their monitors
  private final List<ReadPipe> pipes;

  private final AtomicBoolean exitTold = new AtomicBoolean();

  // null until it is started; set by the child's thread, read by any. Written before `unwanted` is
  // read, as that is written before this is read: one of the two sees the other
  private volatile @Nullable Process process;

  // whether the child is not to live, set by any thread
  private volatile boolean unwanted;

  Child(ProcessBuilder builder, LoopCalls calls, ChildTransport transport, List<ReadPipe> pipes) {
    this.builder = builder;
    this.calls = calls;
    this.transport = transport;
    this.pipes = pipes;
  }

  /// Kills the child; before it was started, lets it not be. May be called from any thread.
  void kill() {
    unwanted = true;
    killIfStarted();
  }

  private void killIfStarted() {
    Process started = process;
    if (started != null) {
      // Not the process's own method, which closes streams that others read.
      boolean _ = started.toHandle().destroyForcibly();
    }
  }

  /// Runs on the child's thread, to the end of the child and of its pipes.
  @Override
  public @Nullable Void call() {
    if (unwanted) {
      boolean _ = calls.call(() -> transport.notStarted(null));
      return null;
    }
    Process started;
    try {
      started = builder.start();
    } catch (Throwable e) {
      boolean _ = calls.call(() -> transport.notStarted(e));
      return null;
    }
    if (pipes.isEmpty()) {
      begun(started);
    } else {
      readPipes(started);
    }
    tellExit(started);
    return null;
  }

  private void begun(Process started) {
    process = started;
    if (unwanted) {
      killIfStarted();
    }
    boolean _ = calls.call(() -> transport.started(started));
    ChildThreads.STARTS.begun();
  }

  private void readPipes(Process started) {
    ReadPipe first = pipes.getFirst();
    InputStream stream = first.streamOf(started);
    synchronized (stream) {
      begun(started);
      var _ = started.onExit().thenRun(() -> tellExit(started));
      List<ReadPipe> others = pipes.subList(1, pipes.size());
      others.forEach(other -> readElsewhere(other, started));
      first.readAll(stream);
      others.forEach(ReadPipe::awaitEnd);
    }
  }

  private static void readElsewhere(ReadPipe pipe, Process started) {
    try {
      ChildThreads.execute(() -> pipe.readAll(pipe.streamOf(started)));
    } catch (Throwable noThread) {
      pipe.end(noThread);
    }
  }

  private void tellExit(Process started) {
    int value = exitValue(started);
    if (exitTold.compareAndSet(false, true)) {
      boolean _ = calls.call(() -> transport.exited(value));
    }
  }

  private static int exitValue(Process started) {
    while (true) {
      try {
        return started.waitFor();
      } catch (InterruptedException e) {
        // Nobody interrupts this thread for a reason: there is nothing else to do on it.
      }
    }
  }
}
