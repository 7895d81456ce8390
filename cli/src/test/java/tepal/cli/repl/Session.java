// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import tepal.Runner;

/// A shell in this process, with somebody who types and reads what the standard streams show.
final class Session implements AutoCloseable {
  private static final String END = "\0";

  private final BlockingQueue<String> typed = new LinkedBlockingQueue<>();
  private final Screen out = new Screen();
  private final Screen err = new Screen();
  private final PrintStream outBefore = System.out;
  private final PrintStream errBefore = System.err;
  private final CompletableFuture<Repl> repl = new CompletableFuture<>();
  private final CompletableFuture<Integer> status = new CompletableFuture<>();
  private final boolean person;

  private Session(boolean person, Duration grace) {
    this.person = person;
    System.setOut(new PrintStream(out, /* autoFlush= */ true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, /* autoFlush= */ true, StandardCharsets.UTF_8));
    Thread loop = new Thread(() -> runLoop(grace), "session");
    loop.setDaemon(true);
    loop.start();
  }

  /// Starts a shell that is told to read a script.
  static Session script() {
    return new Session(/* person= */ false, Duration.ofSeconds(10));
  }

  /// Starts a shell that is told to talk to a person.
  ///
  /// @param grace how long a snippet has to react to Ctrl-C
  static Session person(Duration grace) {
    return new Session(/* person= */ true, grace);
  }

  private void runLoop(Duration grace) {
    try {
      status.complete(statusOfRun(grace));
    } catch (RuntimeException | Error e) {
      repl.completeExceptionally(e);
      status.completeExceptionally(e);
    }
  }

  private int statusOfRun(Duration grace) {
    try (Runner runner = new Runner()) {
      Repl made = new Repl(runner.getLoop(), null, grace);
      repl.complete(made);
      return made.run(new Keyboard());
    }
  }

  /// Types a line, or several.
  Session type(String text) {
    typed.add(text);
    return this;
  }

  /// Presses Ctrl-C.
  Session interrupt() {
    repl.join().interrupt();
    return this;
  }

  /// Waits until the standard output shows `text`.
  Session awaitOut(String text) throws InterruptedException {
    out.await(text);
    return this;
  }

  Session awaitErr(String text) throws InterruptedException {
    err.await(text);
    return this;
  }

  /// Ends the input and waits for the shell.
  ///
  /// @return the exit status
  int end() {
    typed.add(END);
    return status.join();
  }

  String out() {
    return out.text();
  }

  String err() {
    return err.text();
  }

  @Override
  public void close() {
    typed.add(END);
    System.setOut(outBefore);
    System.setErr(errBefore);
  }

  private final class Keyboard implements Console {
    @Override
    public @Nullable String read() {
      try {
        String line = typed.take();
        return line.equals(END) ? null : line;
      } catch (InterruptedException e) {
        return null;
      }
    }

    @Override
    public boolean isTerminal() {
      return person;
    }

    @Override
    public void close() {}
  }

  private static final class Screen extends ByteArrayOutputStream {
    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      super.write(bytes, offset, length);
      notifyAll();
    }

    synchronized String text() {
      return toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    synchronized void await(String text) throws InterruptedException {
      while (!text().contains(text)) {
        wait();
      }
    }
  }
}
