// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tepal.blocking.LoopCalls;

/// What happens on the thread of one child: it starts the child and waits for its end. Its
/// pipes are read on threads of their own.
final class Child implements Callable<@Nullable Void> {
  private final ProcessBuilder builder;
  private final LoopCalls calls;
  private final ChildTransport transport;
  private final List<ChildOutput> outputs;

  // whether the start has begun, or was prevented; whoever sets it decides
  private final AtomicBoolean decided = new AtomicBoolean();

  // null until it is started; set by the child's thread, read by any. Written before `unwanted` is
  // read, as that is written before this is read: one of the two sees the other
  private volatile @Nullable Process process;

  // whether the child is not to live, set by any thread
  private volatile boolean unwanted;

  Child(
      ProcessBuilder builder,
      LoopCalls calls,
      ChildTransport transport,
      List<ChildOutput> outputs) {
    this.builder = builder;
    this.calls = calls;
    this.transport = transport;
    this.outputs = outputs;
  }

  /// Lets the child not be started. Returns false if it is too late for that. May be called
  /// from any thread.
  boolean preventStart() {
    return decided.compareAndSet(false, true);
  }

  /// Kills the child, or what is being started, or prevents that. May be called from any
  /// thread.
  void kill() {
    unwanted = true;
    if (!preventStart()) {
      killIfStarted();
    }
  }

  private void killIfStarted() {
    Process started = process;
    if (started != null) {
      // Not the process's own method, which closes streams that others use.
      boolean _ = started.toHandle().destroyForcibly();
    }
  }

  /// Runs on the child's thread, to the end of the child and of its pipes, so that a virtual
  /// clock knows that there is something to wait for.
  @Override
  public @Nullable Void call() {
    if (!decided.compareAndSet(false, true)) {
      return null;
    }
    Process started;
    try {
      started = start();
    } catch (Throwable e) {
      boolean _ = calls.call(() -> transport.notStarted(e));
      return null;
    }
    boolean _ = calls.call(() -> transport.started(started));
    ChildThreads.STARTS.begun();
    outputs.forEach(output -> output.reader().begin());
    int value = ExitCode.await(started);
    boolean _ = calls.call(() -> transport.exited(value));
    outputs.forEach(output -> output.reader().awaitEnd());
    return null;
  }

  private Process start() throws IOException {
    boolean there = false;
    try {
      for (ChildOutput output : outputs) {
        output.prepare(builder);
      }
      Process started = builder.start();
      there = true;
      process = started;
      if (unwanted) {
        killIfStarted();
      }
      for (ChildOutput output : outputs) {
        output.connect(started);
      }
      return started;
    } finally {
      if (!there) {
        outputs.forEach(ChildOutput::unprepare);
      }
    }
  }
}
