// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.util.List;
import java.util.Optional;
import jdk.jshell.SourceCodeAnalysis.Documentation;
import jdk.jshell.SourceCodeAnalysis.Suggestion;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/// Tells the line editor, in terms of Java, when a line is whole and what can follow.
final class SnippetCompletion implements Parser, Completer {
  private final Snippets snippets;

  SnippetCompletion(Snippets snippets) {
    this.snippets = snippets;
  }

  @Override
  public ParsedLine parse(String text, int cursor, ParseContext context) {
    if (context == ParseContext.COMPLETE) {
      int[] anchor = {cursor};
      List<Suggestion> suggestions =
          snippets.analysis().completionSuggestions(text, cursor, anchor);
      return new Word(text, cursor, suggestions.isEmpty() ? cursor : anchor[0], suggestions);
    }
    if (context == ParseContext.ACCEPT_LINE && !Command.isOne(text) && !snippets.isComplete(text)) {
      throw new EOFError(-1, cursor, "more is needed");
    }
    return new Word(text, cursor, 0, List.of());
  }

  /// Offers what can follow. Where nothing of it has been typed yet, and all there is would do,
  /// that is only what has the type of the place; and the signatures of the method whose
  /// arguments are being typed are shown.
  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    if (line instanceof Word word) {
      boolean begun = !word.word().isEmpty() || word.line.startsWith(".", word.cursor - 1);
      if (!begun) {
        signatures(word).ifPresent(reader::printAbove);
      }
      word.suggestions.stream()
          .filter(each -> begun || each.matchesType())
          .map(Suggestion::continuation)
          .distinct()
          .map(each -> new Candidate(each, each, null, null, null, null, /* complete= */ false))
          .forEach(candidates::add);
    }
  }

  private Optional<String> signatures(Word word) {
    return snippets
        .analysis()
        .documentation(word.line, word.cursor, /* computeJavadoc= */ false)
        .stream()
        .map(Documentation::signature)
        .distinct()
        .reduce((all, one) -> all + "\n" + one);
  }

  /// What stands before the cursor and is to be completed; all of it is one word to the editor.
  ///
  /// @param line all of the text
  /// @param cursor where the cursor is in it
  /// @param start where the word begins
  /// @param suggestions what it may become
  private record Word(String line, int cursor, int start, List<Suggestion> suggestions)
      implements CompletingParsedLine {

    @Override
    public String word() {
      return line.substring(start, cursor);
    }

    @Override
    public int wordCursor() {
      return cursor - start;
    }

    @Override
    public int wordIndex() {
      return 0;
    }

    @Override
    public List<String> words() {
      return List.of(word());
    }

    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      return candidate;
    }

    @Override
    public int rawWordCursor() {
      return wordCursor();
    }

    @Override
    public int rawWordLength() {
      return wordCursor();
    }
  }
}
