// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.Awaitable;
import tepal.streams.StreamReader;
import tepal.streams.StreamWriter;
import tepal.streams.SubprocessProtocol;
import tepal.streams.SubprocessTransport;
import tepal.streams.TransportAndProtocol;

/// A child process.
///
/// ```java
/// var options = SubprocessOptions.DEFAULT.stdout(Stdio.PIPE);
/// try (var child = Subprocess.createSubprocessExec(List.of("ls", "-l"), options)) {
///   for (String line : child.stdout().lines()) {
///     IO.println(line);
///   }
///   IO.println("exit code " + child.await());
/// }
/// ```
///
/// Nothing here blocks the loop. A child does not outlive its loop: when that is closed, it
/// is killed and the loop's exception handler told, unless the child is
/// [detached][SubprocessOptions#asDetached()]. A task that is cancelled while it waits for a
/// child leaves the child alone; [#close()], best by `try`-with-resources, does not.
///
/// A child that writes more than the pipe and the buffers hold waits until somebody reads. So
/// [#await()] alone never ends if its output is a pipe, large, and not read: use
/// [#communicate()].
///
/// Under a virtual clock a child takes real time: while it runs, the clock does not jump.
///
/// Where the program `mkfifo` is there, a child's output comes through named pipes, in a
/// directory `tepal-…` of the temporary directory, which is deleted when this process ends.
/// Elsewhere it comes through pipes of the JDK's, and what a grandchild writes after the
/// child has exited may be lost.
///
/// Not thread-safe: confined to the loop. Mirrors
/// [`asyncio.subprocess.Process`](https://docs.python.org/3.14/library/asyncio-subprocess.html).
///
/// ## Differences from Python
/// An exit code that the JDK reports as 130 to 159 is taken for a signal, `-2` to `-31`: the
/// JDK does not tell a child that exits with such a number, as shells do for what they ran,
/// from one that the signal ended. 129 is, if the child was sent a `HUP` by this object. That
/// a child has closed its standard input shows when something is written to it, or when the
/// child exits; what it started itself and that shares its input sees the end of it then.
public final class Subprocess implements AutoCloseable {
  private static final byte[] NOTHING = {};

  private final ChildTransport transport;
  private final SubprocessStreamProtocol protocol;

  private Subprocess(ChildTransport transport, SubprocessStreamProtocol protocol) {
    this.transport = transport;
    this.protocol = protocol;
  }

  // ---- Starting

  /// Starts a program with the standard input and outputs of this process. Suspends the
  /// current task until it runs.
  ///
  /// @param program the program: a path, or a name to look for on the `PATH` of this process
  /// @param arguments its arguments, as they are: no shell looks at them
  /// @return the child
  /// @throws UncheckedIOException if it cannot be started, such as if there is no such
  ///     program
  /// @throws tepal.CancelledError if the task is cancelled meanwhile; no child is left then
  /// @throws IllegalStateException if the calling thread runs no task
  public static Subprocess createSubprocessExec(String program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(arguments));
    return createSubprocessExec(command, SubprocessOptions.DEFAULT);
  }

  /// Starts a program. Suspends the current task until it runs.
  ///
  /// @param command the program, a path or a name to look for on the `PATH` of this process,
  ///     and its arguments, as they are: no shell looks at them
  /// @param options its standard input and outputs, directory, environment and more
  /// @return the child
  /// @throws UncheckedIOException if it cannot be started, such as if there is no such
  ///     program
  /// @throws IllegalArgumentException if the command is empty
  /// @throws tepal.CancelledError if the task is cancelled meanwhile; no child is left then
  /// @throws IllegalStateException if the calling thread runs no task
  public static Subprocess createSubprocessExec(List<String> command, SubprocessOptions options) {
    SubprocessStreamProtocol protocol = new SubprocessStreamProtocol(options.limit());
    return new Subprocess(start(protocol, command, options), protocol);
  }

  /// Runs a command of the shell with the standard input and outputs of this process.
  /// Suspends the current task until the shell runs.
  ///
  /// @param command the command, for `/bin/sh -c`, or `cmd /c` on Windows
  /// @return the child, which is the shell
  /// @throws UncheckedIOException if the shell cannot be started
  /// @throws tepal.CancelledError if the task is cancelled meanwhile; no child is left then
  /// @throws IllegalStateException if the calling thread runs no task
  public static Subprocess createSubprocessShell(String command) {
    return createSubprocessShell(command, SubprocessOptions.DEFAULT);
  }

  /// Runs a command of the shell. Suspends the current task until the shell runs.
  ///
  /// @param command the command, for `/bin/sh -c`, or `cmd /c` on Windows
  /// @param options its standard input and outputs, directory, environment and more
  /// @return the child, which is the shell
  /// @throws UncheckedIOException if the shell cannot be started
  /// @throws tepal.CancelledError if the task is cancelled meanwhile; no child is left then
  /// @throws IllegalStateException if the calling thread runs no task
  public static Subprocess createSubprocessShell(String command, SubprocessOptions options) {
    return createSubprocessExec(shell(command), options);
  }

  /// Starts a program at the lower level, with a protocol. Suspends the current task until it
  /// runs and the protocol's `connectionMade` was called.
  ///
  /// Mirrors `loop.subprocess_exec`.
  ///
  /// @param protocolFactory makes the protocol
  /// @param command the program, a path or a name to look for on the `PATH` of this process,
  ///     and its arguments
  /// @param options its standard input and outputs, directory, environment; the limit is not
  ///     used
  /// @param <P> the type of the protocol
  /// @return the transport and the protocol
  /// @throws UncheckedIOException if it cannot be started, such as if there is no such
  ///     program
  /// @throws IllegalArgumentException if the command is empty
  /// @throws tepal.CancelledError if the task is cancelled meanwhile; no child is left then
  /// @throws IllegalStateException if the calling thread runs no task
  public static <P extends SubprocessProtocol>
      TransportAndProtocol<SubprocessTransport, P> subprocessExec(
          Supplier<P> protocolFactory, List<String> command, SubprocessOptions options) {
    P protocol = protocolFactory.get();
    return new TransportAndProtocol<>(start(protocol, command, options), protocol);
  }

  /// Runs a command of the shell at the lower level, with a protocol; see [#subprocessExec].
  ///
  /// Mirrors `loop.subprocess_shell`.
  ///
  /// @param protocolFactory makes the protocol
  /// @param command the command, for `/bin/sh -c`, or `cmd /c` on Windows
  /// @param options its standard input and outputs, directory, environment; the limit is not
  ///     used
  /// @param <P> the type of the protocol
  /// @return the transport and the protocol
  /// @throws UncheckedIOException if the shell cannot be started
  /// @throws tepal.CancelledError if the task is cancelled meanwhile; no child is left then
  /// @throws IllegalStateException if the calling thread runs no task
  public static <P extends SubprocessProtocol>
      TransportAndProtocol<SubprocessTransport, P> subprocessShell(
          Supplier<P> protocolFactory, String command, SubprocessOptions options) {
    return subprocessExec(protocolFactory, shell(command), options);
  }

  private static List<String> shell(String command) {
    return ExitCode.POSIX ? List.of("/bin/sh", "-c", command) : List.of("cmd", "/c", command);
  }

  private static ChildTransport start(
      SubprocessProtocol protocol, List<String> command, SubprocessOptions options) {
    if (Asyncio.currentTask() == null) {
      throw new IllegalStateException(
          "A subprocess must be started in a task, but this was called on "
              + Thread.currentThread());
    }
    if (command.isEmpty()) {
      throw new IllegalArgumentException("Expected a program to start, found an empty command");
    }
    ChildTransport transport =
        new ChildTransport(Asyncio.getRunningLoop(), protocol, List.copyOf(command), options);
    transport.start();
    return transport;
  }

  // ---- What it is

  /// Returns the child's process id.
  ///
  /// @return the id
  public long pid() {
    return transport.getPid();
  }

  /// Returns the child's exit code, or null while it runs.
  ///
  /// @return the code; `-n` if signal `n` ended the child, on systems that have signals
  public @Nullable Integer returnCode() {
    return transport.getReturncode();
  }

  /// Returns the transport of the lower level.
  ///
  /// @return the transport
  public SubprocessTransport transport() {
    return transport;
  }

  /// Returns the child's standard input, to write to.
  ///
  /// @return the writer
  /// @throws IllegalStateException if it is not a pipe
  public StreamWriter stdin() {
    return requirePipe(protocol.stdin(), "stdin");
  }

  /// Returns the child's standard output, to read from.
  ///
  /// @return the reader
  /// @throws IllegalStateException if it is not a pipe
  public StreamReader stdout() {
    return requirePipe(protocol.stdout(), "stdout");
  }

  /// Returns the child's standard error, to read from.
  ///
  /// @return the reader
  /// @throws IllegalStateException if it is not a pipe of its own
  public StreamReader stderr() {
    return requirePipe(protocol.stderr(), "stderr");
  }

  private <T> T requirePipe(@Nullable T stream, String name) {
    if (stream == null) {
      throw new IllegalStateException(
          "Expected a child started with %s(Stdio.PIPE), found %s".formatted(name, this));
    }
    return stream;
  }

  // ---- Waiting

  /// Suspends the current task until the child has exited and its pipes are closed, and
  /// returns its exit code.
  ///
  /// Returns immediately, without suspending, if it has exited. Reads nothing: where output
  /// is a pipe, read it or use [#communicate()]. If cancelled while waiting, the child runs
  /// on. Mirrors `Process.wait`.
  ///
  /// @return the code; `-n` if signal `n` ended the child, on systems that have signals
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and the calling thread runs no
  ///     task
  public int await() {
    return transport.awaitExit();
  }

  /// Closes the child's standard input, reads all that it writes, and waits for its end; see
  /// [#communicate(byte\[\])].
  ///
  /// @return what it wrote
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if the calling thread runs no task
  public SubprocessOutput communicate() {
    return communicate(null);
  }

  /// Writes `input` to the child's standard input and closes it, reads all that the child
  /// writes to those of its outputs that are pipes, all at once, and waits for its end.
  /// Suspends the current task until then.
  ///
  /// The output is collected in memory. A child that does not want its input is no error. If
  /// cancelled while waiting, the child runs on, and what it wrote can still be read.
  ///
  /// @param input what to write; null for nothing
  /// @return what it wrote
  /// @throws UncheckedIOException if a pipe cannot be read
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if there is input and standard input is not a pipe, or the
  ///     calling thread runs no task
  public SubprocessOutput communicate(byte @Nullable [] input) {
    Awaitable<byte[]> out = reading(protocol.stdout());
    Awaitable<byte[]> err = reading(protocol.stderr());
    Awaitable<byte[]> in = feeding(input);
    List<byte[]> read = Asyncio.<byte[]>gather(in, out, err).await();
    int _ = await();
    return new SubprocessOutput(read.get(1), read.get(2));
  }

  private Awaitable<byte[]> feeding(byte @Nullable [] input) {
    StreamWriter to = input == null ? protocol.stdin() : stdin();
    return () -> {
      if (to != null) {
        feed(to, input);
      }
      return NOTHING;
    };
  }

  private static void feed(StreamWriter to, byte @Nullable [] input) {
    try (to) {
      if (input != null) {
        to.write(input);
      }
      to.drain();
    } catch (UncheckedIOException e) {
      // The child did not read all of it, which is its own business.
    }
  }

  private static Awaitable<byte[]> reading(@Nullable StreamReader from) {
    return () -> from == null ? NOTHING : from.read();
  }

  // ---- Ending

  /// Sends the child a signal. Returns immediately; does nothing if the child has ended.
  ///
  /// Signals arrive in the order in which they were sent. All but `TERM` and `KILL` take a
  /// shell, which is started for it. If a signal cannot be sent, the loop's exception handler
  /// is told.
  ///
  /// @param signal its name without the prefix, such as `INT`, `HUP`, `USR1`
  /// @throws IllegalArgumentException if there is no such signal on this system; on Windows
  ///     there are `TERM` and `KILL`, which are the same
  public void sendSignal(String signal) {
    transport.sendSignal(signal);
  }

  /// Asks the child to end: `SIGTERM`, or what the system has in its place. Returns
  /// immediately; does nothing if the child has ended.
  public void terminate() {
    transport.terminate();
  }

  /// Ends the child: `SIGKILL`, or what the system has in its place. Returns immediately;
  /// does nothing if the child has ended.
  public void kill() {
    transport.kill();
  }

  /// Closes the pipes, and kills the child if it still runs and is not detached. Returns
  /// immediately. Closing twice does nothing.
  ///
  /// What the child started itself is not killed. [#await()] still returns the exit code.
  @Override
  public void close() {
    transport.close();
  }

  /// Returns the child's id and state, as in `Subprocess[pid=123, running]`.
  @Override
  public String toString() {
    return "Subprocess[" + transport.describe() + "]";
  }
}
