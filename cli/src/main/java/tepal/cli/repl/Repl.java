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

/// `tepal repl`: the loop on this thread, the shell on another.
public final class Repl {
  /*
   * As in `python -m asyncio` [1] the loop has the main thread and turns all the time, also while
   * somebody types; the shell's thread hands it one snippet after the other. It is a daemon, which
   * may still wait for input when the loop is over.
   *
   * On a terminal Ctrl-C cancels the snippet that runs. A script it ends, as it ends a program:
   * the tasks are cancelled, and the status is 130. In either case Ctrl-C while the tasks of the
   * end are awaited ends the process at once.
   *
   * [1] https://github.com/python/cpython/blob/3.14/Lib/asyncio/__main__.py
   */
  private static final Duration GRACE = Duration.ofMillis(300);
  private static final int INTERRUPTED = 130;

  private final EventLoop loop;
  private final LoopExecution execution;
  private final Future<Integer> exit;
  private final Snippets snippets;
  private final BackgroundFailures failures;

  // read by the threads of signals
  private volatile boolean ending;

  private Repl(EventLoop loop, @Nullable String classPath) {
    this.loop = loop;
    this.exit = loop.createFuture();
    this.execution = new LoopExecution(loop, new SnippetLoader(), GRACE);
    this.snippets = new Snippets(execution, classPath);
    this.failures = new BackgroundFailures(loop, execution, snippets);
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
    Repl repl = new Repl(runner.getLoop(), classPath);
    // The runner is closed first, so that what tasks print at their end is seen.
    try (Console console = repl.console(version, history);
        runner) {
      repl.begin(console);
      return repl.runLoop();
    }
  }

  private Console console(String version, Path history) throws IOException {
    if (!isTerminal()) {
      LineInput input =
          new LineInput(System.in, Charset.forName(System.getProperty("stdin.encoding")));
      System.setIn(input);
      Interrupts.handle(this::interruptScript);
      return new PipedConsole(input, snippets);
    }
    TerminalConsole console = new TerminalConsole(snippets, history);
    console.onInterrupt(this::interruptSnippet);
    console.takeStandardStreams();
    System.out.println(version + ". /help tells more, Ctrl-D ends the shell.");
    return console;
  }

  @SuppressWarnings("SystemConsoleNull") // which it is again, since Java 25
  private static boolean isTerminal() {
    var console = System.console();
    return console != null && console.isTerminal();
  }

  private void begin(Console console) {
    loop.setExceptionHandler(failures);
    loop.setTaskFactory(failures);
    Thread thread = new Thread(() -> runShell(console), "tepal-repl");
    thread.setDaemon(true);
    thread.start();
  }

  private int runLoop() {
    for (; ; ) {
      try {
        return loop.runUntilComplete(exit);
      } catch (VirtualMachineError e) {
        // A task in the background had it. The loop can go on, as it does for a snippet.
        System.err.print(Failure.describe(e, List.of(), snippets));
      }
    }
  }

  // ---- On the shell's thread

  private void runShell(Console console) {
    int status = 1;
    try {
      status = new Shell(console, snippets, execution, this::snippetEnded).run();
    } catch (Exception e) {
      System.err.print(Failure.describe(e, List.of(), snippets));
    } finally {
      end(status);
    }
  }

  private void snippetEnded() {
    var _ = loop.callSoonThreadsafe(failures::snippetEnded);
  }

  private void end(int status) {
    ending = true;
    var _ = loop.callSoonThreadsafe(() -> {
      if (!exit.done()) {
        exit.setResult(status);
      }
    });
  }

  // ---- On the threads of signals

  private void interruptSnippet() {
    if (ending) {
      System.exit(INTERRUPTED);
    }
    execution.interrupt();
  }

  private void interruptScript() {
    if (ending) {
      System.exit(INTERRUPTED);
    }
    end(INTERRUPTED);
  }
}
