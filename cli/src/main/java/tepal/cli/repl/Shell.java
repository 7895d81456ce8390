// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.io.IOException;
import java.util.List;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.Status;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.UnresolvedReferenceException;
import org.jspecify.annotations.Nullable;

/// Reads snippets, has them evaluated, and shows what came of it. What it shows goes to the
/// standard output, what went wrong to the standard error.
///
/// Used by the shell's thread.
final class Shell {
  private static final String HELP = """
      A line is Java: statements, expressions, declarations, imports. It runs as a task of a loop
      that goes on between the lines, so that sleep(...), task.await() and the like can be used
      as they are, and createTask(...) runs something in the background.

      Ctrl-C cancels what runs, a second one lets the shell go on without it. Tab completes.
      Ctrl-D or /exit ends the shell, after the tasks that are left were cancelled.

      /exit [STATUS]  ends the shell, with an exit status
      /help           shows this
      /list           shows the snippets, with the numbers that stack traces have

      The packages of java.base and of tepal, and the functions of Asyncio and Net, are imported.
      """;

  private final Console console;
  private final Snippets snippets;
  private final LoopExecution execution;
  private final Runnable lineEnded;

  // the exit status, once it is known that the shell ends; null before
  private @Nullable Integer status;

  /// @param lineEnded what to do after each line of snippets
  Shell(Console console, Snippets snippets, LoopExecution execution, Runnable lineEnded) {
    this.console = console;
    this.snippets = snippets;
    this.execution = execution;
    this.lineEnded = lineEnded;
  }

  /// Runs until the end of the input, or until `/exit`.
  ///
  /// @return the exit status
  int run() throws IOException {
    while (status == null) {
      String text = console.read();
      if (text == null) {
        return 0;
      }
      Command command = Command.of(text);
      if (command == null) {
        evaluateSafely(text);
        lineEnded.run();
      } else {
        obey(command);
      }
    }
    return status;
  }

  // ---- Commands

  private void obey(Command command) {
    switch (command.name()) {
      case "exit" -> exit(command.argument());
      case "help", "?" -> System.out.print(HELP);
      case "list" -> snippets.active().forEach(Shell::list);
      default -> complain("Expected /exit, /help or /list, got /" + command.name());
    }
  }

  private void exit(String argument) {
    try {
      status = argument.isEmpty() ? 0 : Integer.parseInt(argument);
    } catch (NumberFormatException e) {
      complain("Expected a number after /exit, got " + argument);
    }
  }

  private static void list(Snippet snippet) {
    String first = "#" + snippet.id() + " ";
    String source = snippet.source().strip();
    System.out.println(first + source.replace("\n", "\n" + " ".repeat(first.length())));
  }

  // ---- Snippets

  private void evaluateSafely(String text) {
    try {
      evaluateAll(text);
    } catch (RuntimeException | Error e) {
      // The compiler has met its limits; the next line may be within them.
      System.err.print(Failure.describe(e, List.of(), snippets));
    }
  }

  /// Evaluates the snippets of a text one after the other, until one fails.
  private void evaluateAll(String text) {
    execution.lineBegins();
    String rest = text;
    boolean good = true;
    while (good && !rest.isBlank()) {
      CompletionInfo info = snippets.first(rest);
      if (info.completeness() == Completeness.EMPTY) {
        return;
      }
      // The end of a script may come too early; then this finds out what is wrong.
      boolean whole = info.completeness().isComplete();
      good = evaluate(whole ? info.source() : rest) && !saysThatItWasInterrupted();
      rest = whole ? info.remaining() : "";
    }
  }

  private boolean evaluate(String source) {
    List<SnippetEvent> events = snippets.evaluate(source);
    Evaluation.Ended end = execution.takeEnd();
    boolean good = true;
    for (SnippetEvent event : events) {
      if (event.causeSnippet() == null) {
        good &= show(event, end);
      }
    }
    if (end instanceof Evaluation.Abandoned) {
      complain("It has not ended since Ctrl-C, and goes on in the background");
      return false;
    }
    return good;
  }

  private boolean saysThatItWasInterrupted() {
    boolean interrupted = execution.wasInterrupted();
    if (interrupted) {
      complain("Interrupted");
    }
    return interrupted;
  }

  private boolean show(SnippetEvent event, Evaluation.@Nullable Ended end) {
    Snippet snippet = event.snippet();
    if (event.status() == Status.REJECTED) {
      snippets
          .errors(snippet)
          .forEach(each -> complain(CompileError.describe(snippet.source(), each)));
      return false;
    }
    if (event.exception() instanceof UnresolvedReferenceException e) {
      complain(unresolved(e.getSnippet()));
      return false;
    }
    if (event.exception() != null && end instanceof Evaluation.Failed(var failure)) {
      System.err.print(Failure.describe(failure, Failure.stacks(event.exception()), snippets));
      return false;
    }
    if (snippet instanceof DeclarationSnippet declaration
        && !snippets.unresolved(declaration).isEmpty()) {
      complain(unresolved(declaration));
    }
    String value = Values.textOf(event, console.isTerminal());
    if (value != null) {
      System.out.println(value);
    }
    return true;
  }

  private String unresolved(DeclarationSnippet snippet) {
    return "%s cannot be used until there is: %s"
        .formatted(snippet.name(), String.join(", ", snippets.unresolved(snippet)));
  }

  private static void complain(String message) {
    System.err.println(message);
  }
}
