// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tepal.Context;
import tepal.EventLoop;
import tepal.ExceptionContext;
import tepal.Future;
import tepal.blocking.LoopCalls;
import tepal.blocking.ReadPipe;
import tepal.blocking.WritePipe;
import tepal.streams.BaseProtocol;
import tepal.streams.BaseTransport;
import tepal.streams.ExtraInfo;
import tepal.streams.SubprocessProtocol;
import tepal.streams.SubprocessTransport;

/// What a loop knows of one child: its pipes, whether it has exited, and whom to tell.
final class ChildTransport implements SubprocessTransport {
  /*
   * Events come from the threads of the child through the loop's inbox, in the order in which each
   * thread saw them; `started` is the first one. The protocol is called in the callback that brings
   * the event, after what belongs to it here is done, so that a protocol that throws harms nobody.
   * As in asyncio [1], `connectionLost` comes last: when the child has exited and its pipes are lost.
   *
   * A child that is not wanted any more, because its start was cancelled or its loop closed, is
   * killed when it appears, and nobody is told of it.
   *
   * Confined to the loop, but for `child`.
   *
   * [1] https://github.com/python/cpython/blob/3.14/Lib/asyncio/base_subprocess.py
   */
  private static final SubprocessProtocol NOBODY = new SubprocessProtocol() {};

  private final EventLoop loop;
  private final LoopCalls calls;
  private final boolean detached;
  private final Child child;
  private final SignalQueue signals;
  private final @Nullable WritePipe stdin;
  private final @Nullable ReadPipe stdout;
  private final @Nullable ReadPipe stderr;

  // those of the child's outputs that are pipes
  private final List<ChildOutput> outputs = new ArrayList<>(2);

  private final Runnable loopClosed = this::loopClosed;

  // true when the child runs, false when it will never run
  private final Future<Boolean> begun;

  private final List<Future<Integer>> exitWaiters = new ArrayList<>(1);

  private SubprocessProtocol protocol;

  // null before the child runs
  private @Nullable Process process;

  // why the child could not be started; null if it could
  private @Nullable Throwable startFailure;

  // null while the child runs
  private @Nullable Integer returncode;

  private boolean neverStarted;
  private boolean closed;
  private boolean finished;

  ChildTransport(
      EventLoop loop,
      SubprocessProtocol protocol,
      List<String> command,
      SubprocessOptions options) {
    this.loop = loop;
    this.calls = new LoopCalls(loop, Context.copyContext());
    this.protocol = protocol;
    this.detached = options.detached();
    this.signals = new SignalQueue(loop);
    this.begun = loop.createWaiter(this);
    this.stdin = options.stdin() == Stdio.PIPE ? newInput() : null;
    this.stdout = options.stdout() == Stdio.PIPE ? newOutput(1) : null;
    this.stderr = options.stderr() == Stdio.PIPE ? newOutput(2) : null;
    this.child = new Child(options.builder(command), calls, this, outputs);
  }

  private WritePipe newInput() {
    return new WritePipe(calls, new ChildPipe(0, this));
  }

  private ReadPipe newOutput(int fd) {
    ChildOutput output = new ChildOutput(fd);
    outputs.add(output);
    return new ReadPipe(output.reader(), calls, new ChildPipe(fd, this));
  }

  private Stream<ReadPipe> readPipes() {
    return Stream.of(stdout, stderr).mapMulti((pipe, to) -> {
      if (pipe != null) {
        to.accept(pipe);
      }
    });
  }

  // ---- Starting

  /// Suspends the current task until the child runs. If cancelled meanwhile, no child is left
  /// when this throws, unless it is cancelled once more.
  void start() {
    loop.addCloseCallback(loopClosed);
    var _ = loop.runInExecutor(ChildThreads.STARTS, child);
    boolean runs;
    try {
      runs = begun.await();
    } catch (Throwable e) {
      abandon();
      throw e;
    }
    if (!runs) {
      throw unchecked(startFailure);
    }
  }

  private void abandon() {
    if (child.preventStart()) {
      loop.removeCloseCallback(loopClosed);
      return;
    }
    if (process == null) {
      protocol = NOBODY;
    }
    child.kill();
    close();
    if (!neverStarted && returncode == null) {
      int _ = awaitExit();
    }
  }

  /// Notes that the child runs. Called on the loop, before all other events.
  void started(Process running) {
    process = running;
    if (stdin != null) {
      stdin.connect(new ChildInput(running.getOutputStream()));
    }
    try {
      protocol.connectionMade(this);
    } finally {
      if (!begun.done()) {
        begun.setResult(true);
      }
    }
  }

  /// Notes that there will be no child, as it could not be started.
  void notStarted(Throwable failure) {
    neverStarted = true;
    startFailure = failure;
    loop.removeCloseCallback(loopClosed);
    if (!begun.done()) {
      begun.setResult(false);
    }
    wakeExitWaiters(0);
  }

  private static RuntimeException unchecked(@Nullable Throwable failure) {
    return switch (failure) {
      case Error error -> throw error;
      case RuntimeException exception -> exception;
      case IOException exception -> new UncheckedIOException(exception.getMessage(), exception);
      case null, default -> new IllegalStateException("Expected a child, found none", failure);
    };
  }

  // ---- Events of the child

  void pipeDataReceived(int fd, byte[] data) {
    protocol.pipeDataReceived(fd, data);
  }

  void pipeConnectionLost(int fd, @Nullable Throwable failure) {
    try {
      protocol.pipeConnectionLost(fd, failure);
    } finally {
      finishIfOver();
    }
  }

  /// Notes that the child has exited. What it wrote before may still be on its way.
  void exited(int value) {
    int code = ExitCode.of(value, signals.hangupSent());
    returncode = code;
    if (stdin != null) {
      calls.callSoon(stdin::readerGone);
    }
    try {
      protocol.processExited();
    } finally {
      finishIfOver();
    }
  }

  private void finishIfOver() {
    boolean pipesLost = (stdin == null || stdin.isLost()) && readPipes().allMatch(ReadPipe::isLost);
    if (returncode != null && pipesLost && !finished) {
      finished = true;
      calls.callSoon(this::connectionLost);
    }
  }

  private void connectionLost() {
    loop.removeCloseCallback(loopClosed);
    try {
      protocol.connectionLost(null);
    } finally {
      wakeExitWaiters(returncode == null ? 0 : returncode);
    }
  }

  private void wakeExitWaiters(int code) {
    for (var waiter : exitWaiters) {
      if (!waiter.done()) {
        waiter.setResult(code);
      }
    }
  }

  /// Returns the exit code. Suspends the current task until the child has exited and its
  /// pipes are lost; not if it has exited already.
  int awaitExit() {
    Integer known = returncode;
    if (known != null) {
      return known;
    }
    Future<Integer> waiter = loop.createWaiter(this);
    exitWaiters.add(waiter);
    try {
      return waiter.await();
    } finally {
      exitWaiters.remove(waiter);
    }
  }

  // ---- Closing

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (returncode == null && !detached) {
      child.kill(); // before it can end by itself for want of input
    }
    if (stdin != null) {
      stdin.close();
    }
    readPipes().forEach(ReadPipe::close);
  }

  /// Lets no child be left that nobody can reach any more. Called on the thread that closes
  /// the loop.
  private void loopClosed() {
    boolean kept = detached && process != null;
    if (!kept && !closed && process != null && process.isAlive()) {
      loop.callExceptionHandler(new ExceptionContext(
          "A child process ran when its loop was closed, and is killed: " + this, null));
    }
    if (!kept) {
      child.kill();
    }
    if (stdin != null) {
      stdin.stop();
    }
    outputs.forEach(output -> output.reader().stop());
  }

  // ---- Signals

  @Override
  public void sendSignal(String signal) {
    SignalQueue.check(signal);
    if (process != null && returncode == null) {
      signals.send(signal, process);
    }
  }

  @Override
  public void terminate() {
    sendSignal("TERM");
  }

  @Override
  public void kill() {
    if (returncode == null) {
      child.kill();
    }
  }

  // ---- State

  @Override
  public long getPid() {
    if (process == null) {
      throw new IllegalStateException("Expected a child that was started, found none");
    }
    return process.pid();
  }

  @Override
  public @Nullable Integer getReturncode() {
    return returncode;
  }

  @Override
  public @Nullable BaseTransport getPipeTransport(int fd) {
    return switch (fd) {
      case 0 -> stdin;
      case 1 -> stdout;
      case 2 -> stderr;
      default -> null;
    };
  }

  @Override
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    Process running = process;
    return running != null && key.equals(SUBPROCESS) ? key.type().cast(running.toHandle()) : null;
  }

  @Override
  public boolean isClosing() {
    return closed;
  }

  @Override
  public void setProtocol(BaseProtocol<?> newProtocol) {
    if (!(newProtocol instanceof SubprocessProtocol subprocessProtocol)) {
      throw new IllegalArgumentException("Expected a SubprocessProtocol, found " + newProtocol);
    }
    protocol = subprocessProtocol;
  }

  @Override
  public BaseProtocol<?> getProtocol() {
    return protocol;
  }

  /// Returns what to throw if a pipe is given a protocol of its own.
  UnsupportedOperationException refusal(BaseProtocol<?> refused) {
    return new UnsupportedOperationException("Expected a protocol to be set for all of " + this
        + ", found one for a single pipe: " + refused);
  }

  /// Returns the child's id and state, as in `SubprocessTransport[pid=123, running]`.
  @Override
  public String toString() {
    return "SubprocessTransport[" + describe() + (closed ? ", closed" : "") + "]";
  }

  /// Returns `pid=123, running` or `pid=123, exit code 0`.
  String describe() {
    if (process == null) {
      return "not started";
    }
    String state = returncode == null ? "running" : "exit code " + returncode;
    return "pid=" + process.pid() + ", " + state;
  }
}
