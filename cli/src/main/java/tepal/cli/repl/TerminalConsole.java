// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/// Reads what somebody types, with editing, a history and completion.
final class TerminalConsole implements Console {
  private static final String PROMPT = "tepal> ";
  private static final String CONTINUATION = "  ...> ";

  private static final int HISTORY_LINES = 10_000;

  private final Terminal terminal;
  private final LineReader reader;

  /// @param history the file that the history is kept in
  TerminalConsole(Terminal terminal, Snippets snippets, Path history) {
    this.terminal = terminal;
    SnippetCompletion completion = new SnippetCompletion(snippets);
    reader = LineReaderBuilder.builder()
        .terminal(terminal)
        .appName("tepal")
        .parser(completion)
        .completer(completion)
        .variable(LineReader.SECONDARY_PROMPT_PATTERN, CONTINUATION)
        .variable(LineReader.HISTORY_FILE, history)
        .variable(LineReader.HISTORY_SIZE, HISTORY_LINES)
        .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_LINES)
        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true) // `!` is Java
        .build();
  }

  /// Returns the console on the terminal that this process has.
  static TerminalConsole ofProcess(Snippets snippets, Path history) throws IOException {
    Terminal terminal = TerminalBuilder.builder().nativeSignals(true).build();
    return new TerminalConsole(terminal, snippets, history);
  }

  /// Lets `action` run on Ctrl-C while no line is being read.
  void onInterrupt(Runnable action) {
    var _ = terminal.handle(Signal.INT, _ -> action.run());
  }

  /// Returns a stream that prints above the line that is being typed, and at other times to
  /// `direct`.
  PrintStream above(PrintStream direct) {
    return new PrintStream(
        new OutputAbove(reader, direct), /* autoFlush= */ true, direct.charset());
  }

  boolean isReading() {
    return reader.isReading();
  }

  @Override
  public @Nullable String read() {
    try {
      return reader.readLine(PROMPT);
    } catch (UserInterruptException e) {
      return "";
    } catch (EndOfFileException e) {
      return null;
    }
  }

  @Override
  public boolean isTerminal() {
    return true;
  }

  @Override
  public void close() throws IOException {
    terminal.close();
  }
}
