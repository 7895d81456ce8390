// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tepal.Asyncio;
import tepal.EventLoop;

/// Keys that are pressed on a terminal, and what becomes of them.
class TerminalConsoleTest {
  private static final String ENTER = "\r";
  private static final String TAB = "\t";
  private static final String UP = "\u001bOA";
  private static final String CTRL_C = "\u0003";
  private static final String CTRL_D = "\u0004";

  @TempDir
  Path directory;

  private final EventLoop loop = Asyncio.newEventLoop();
  private final Snippets snippets =
      new Snippets(new LoopExecution(loop, new SnippetLoader(), Duration.ZERO), null);
  private PipedOutputStream keys = new PipedOutputStream();
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private TerminalConsole console;

  @BeforeEach
  void open() throws IOException {
    console = newConsole();
  }

  private TerminalConsole newConsole() throws IOException {
    keys = new PipedOutputStream();
    Terminal terminal = new ExternalTerminal(
        "test", "xterm", new PipedInputStream(keys, 10_000), screen, StandardCharsets.UTF_8);
    return new TerminalConsole(terminal, snippets, directory.resolve("history"));
  }

  @AfterEach
  void close() throws IOException {
    console.close();
    loop.close();
  }

  @Test
  void a_line_is_read() throws IOException {
    press("6 * 7" + ENTER);

    assertThat(console.read()).isEqualTo("6 * 7");
  }

  @Test
  void a_line_that_is_not_whole_is_continued() throws IOException {
    press("void f() {" + ENTER + "  g();" + ENTER + "}" + ENTER);

    assertThat(console.read()).isEqualTo("void f() {\n  g();\n}");
  }

  @Test
  void a_command_is_whole() throws IOException {
    press("/exit 3" + ENTER);

    assertThat(console.read()).isEqualTo("/exit 3");
  }

  @Test
  void an_exclamation_mark_is_java() throws IOException {
    press("!true" + ENTER);

    assertThat(console.read()).isEqualTo("!true");
  }

  @Test
  void tab_completes_names() throws IOException {
    press("createTa" + TAB + "() -> Duration.ofMil" + TAB + "3)))" + ENTER);

    assertThat(console.read()).isEqualTo("createTask(() -> Duration.ofMillis(3)))");
  }

  @Test
  void tab_shows_the_signatures_of_what_is_called() throws IOException {
    press("sleep(" + TAB + "null)" + ENTER);

    assertThat(console.read()).isEqualTo("sleep(null)");
    assertThat(screen.toString(StandardCharsets.UTF_8)).contains("void Asyncio.sleep(Duration)");
  }

  @Test
  void ctrl_c_drops_what_was_typed() {
    CompletableFuture<String> line = startReading();
    press("drop me");
    while (!screen.toString(StandardCharsets.UTF_8).contains("drop me")) {
      Thread.onSpinWait();
    }
    press(CTRL_C);
    assertThat(line.join()).isEmpty();

    press("6" + ENTER);
    assertThat(console.read()).isEqualTo("6");
  }

  @Test
  void ctrl_d_is_the_end() throws IOException {
    press(CTRL_D);

    assertThat(console.read()).isNull();
  }

  @Test
  void the_history_goes_from_session_to_session() throws IOException {
    press("void f() {" + ENTER + "}" + ENTER);
    assertThat(console.read()).isNotNull();
    console.close();
    console = newConsole();
    press(UP + ENTER);

    assertThat(console.read()).isEqualTo("void f() {\n}");
    assertThat(Files.readString(directory.resolve("history"))).contains("void f() {");
  }

  @Test
  void what_is_printed_meanwhile_does_not_end_up_in_the_line() {
    ByteArrayOutputStream direct = new ByteArrayOutputStream();
    PrintStream out = console.above(new PrintStream(direct, true, StandardCharsets.UTF_8));
    out.print("before, ");
    press("6 * ");
    CompletableFuture<String> line = startReading();
    out.print("mean");
    out.println("while");
    press("7" + ENTER);

    assertThat(line.join()).isEqualTo("6 * 7");
    out.print("after");
    assertThat(direct.toString(StandardCharsets.UTF_8)).isEqualTo("before, after");
    assertThat(screen.toString(StandardCharsets.UTF_8)).contains("meanwhile");
  }

  private CompletableFuture<String> startReading() {
    CompletableFuture<String> line = CompletableFuture.supplyAsync(console::read);
    while (!console.isReading()) {
      Thread.onSpinWait();
    }
    return line;
  }

  private void press(String text) {
    try {
      keys.write(text.getBytes(StandardCharsets.UTF_8));
      keys.flush();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
