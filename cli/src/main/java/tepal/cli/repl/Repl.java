// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tepal.EventLoop;
import tepal.Future;
import tepal.Runner;

/// `tepal repl`: the loop on one thread, the shell on another.
public final class Repl {
  /*
   * As in `python -m asyncio` [1] the loop has the main thread and turns all the time, also while
   * somebody types; the shell's thread hands it one snippet after the other. It is a daemon: it
   * may still wait for input when the loop is over.
   *
   * On a terminal Ctrl-C cancels the snippet that runs. A script it ends, as it ends a program:
   * the tasks are cancelled, and the status is 130. Once more while the tasks that are left are
   * awaited, it ends the process at once.
   *
   * [1] https://github.com/python/cpython/blob/3.14/Lib/asyncio/__main__.py
   */
  private static final Duration GRACE = Duration.ofMillis(300);
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final int INTERRUPTED = 130;

  private final EventLoop loop;
  private final LoopExecution execution;
  private final Snippets snippets;
  private final BackgroundFailures failures;
  private final Future<Integer> exit;

  // whether the shell has ended; read by the threads of signals
  private volatile boolean ending;

  /// @param grace how long a snippet has to react to Ctrl-C before harder means are used
  Repl(EventLoop loop, @Nullable String classPath, Duration grace) {
    this.loop = loop;
    this.execution = new LoopExecution(loop, new SnippetLoader(), grace);
    this.snippets = new Snippets(execution, classPath);
    this.failures = new BackgroundFailures(loop, execution, snippets);
    this.exit = loop.createFuture();
  }

  /// Runs a shell on the standard streams until it ends.
  ///
  /// Blocks the calling thread, which runs the loop.
  ///
  /// @param version what the greeting says
  /// @param classPath what else snippets can use; null for nothing
  /// @param history the file in which the history of a terminal is kept
  /// @return the exit status
  /// @throws IOException if the terminal cannot be used
  public static int run(String version, @Nullable String classPath, Path history)
      throws IOException {
    Runner runner = new Runner();
    Repl repl = new Repl(runner.getLoop(), classPath, GRACE);
    // The runner is closed first, so that what tasks print at their end is seen.
    try (Console console = isTerminal() ? repl.terminal(version, history) : repl.script();
        runner) {
      return repl.run(console);
    }
  }

  @SuppressWarnings("SystemConsoleNull") // which it is again, since Java 25
  private static boolean isTerminal() {
    var console = System.console();
    return console != null && console.isTerminal();
  }

  private Console script() {
    Charset charset = Charset.forName(System.getProperty("stdin.encoding"));
    LineInput input = new LineInput(System.in, charset);
    System.setIn(input);
    Interrupts.handle(this::interruptScript);
    return new PipedConsole(input, snippets);
  }

  private Console terminal(String version, Path history) throws IOException {
    TerminalConsole console = TerminalConsole.ofProcess(snippets, history);
    console.onInterrupt(this::interruptSnippet);
    System.setOut(console.above(System.out));
    System.setErr(console.above(System.err));
    System.out.println(version + ". /help tells more, Ctrl-D ends the shell.");
    return console;
  }

  /// Runs the loop until the shell has ended.
  ///
  /// @return the exit status
  int run(Console console) {
    loop.setExceptionHandler(failures);
    if (console.isTerminal()) {
      loop.setTaskFactory(failures);
    }
    Thread thread = new Thread(() -> runShell(console), "tepal-repl");
    thread.setDaemon(true);
    thread.start();
    try {
      return runLoop();
    } finally {
      ending = true;
      loop.setTaskFactory(null); // closing the loop needs tasks too
    }
  }

  private int runLoop() {
    for (; ; ) {
      try {
        return loop.runUntilComplete(exit);
      } catch (VirtualMachineError e) {
        // A task in the background had it. The loop can go on, as it does for a snippet.
        System.err.print(Failure.describe(e, List.of(), snippets));
      } catch (IllegalStateException e) {
        return 0; // a snippet has stopped the loop
      }
    }
  }

  // ---- On the shell's thread

  private void runShell(Console console) {
    int status = 1;
    try {
      status = new Shell(console, snippets, execution, this::lineEnded).run();
    } catch (Exception e) {
      System.err.print(Failure.describe(e, List.of(), snippets));
    } finally {
      end(status);
    }
    if (console.isTerminal()) {
      tellIfItTakesLong();
    }
  }

  private void lineEnded() {
    onLoop(failures::lineEnded);
  }

  private void end(int status) {
    ending = true;
    onLoop(() -> {
      if (!exit.done()) {
        exit.setResult(status);
      }
    });
  }

  private void onLoop(Runnable action) {
    try {
      var _ = loop.callSoonThreadsafe(action);
    } catch (IllegalStateException e) {
      ending = true; // a snippet has stopped the loop, which is closed by now
    }
  }

  private void tellIfItTakesLong() {
    try {
      Thread.sleep(PATIENCE);
      if (!loop.isClosed()) {
        System.err.println("Cancelled tasks have not ended yet; Ctrl-C ends the shell at once");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- On the threads of signals

  private void interruptSnippet() {
    System.out.println(); // the terminal has shown ^C
    if (ending) {
      System.exit(INTERRUPTED);
    }
    interrupt();
  }

  /// Cancels the snippet that runs.
  void interrupt() {
    execution.interrupt();
  }

  private void interruptScript() {
    if (ending) {
      System.exit(INTERRUPTED);
    }
    end(INTERRUPTED);
  }
}
