// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import jdk.jshell.ExpressionSnippet;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.VarSnippet;
import org.jspecify.annotations.Nullable;

/// What the shell shows of a snippet that went well.
final class Values {
  private Values() {}

  /// Returns what to show, or null for nothing.
  ///
  /// In a script that is the value of an expression, unless it only assigns; a person is also
  /// told the variable that has the value.
  static @Nullable String textOf(SnippetEvent event, boolean forPerson) {
    Snippet snippet = event.snippet();
    String value = event.value();
    if (value == null) {
      return null;
    }
    return switch (snippet.subKind()) {
      case TEMP_VAR_EXPRESSION_SUBKIND -> {
        VarSnippet variable = (VarSnippet) snippet;
        yield variable.typeName().equals("Void") ? null : text(variable.name(), value, forPerson);
      }
      case VAR_VALUE_SUBKIND -> text(((ExpressionSnippet) snippet).name(), value, forPerson);
      case ASSIGNMENT_SUBKIND ->
        forPerson ? text(((ExpressionSnippet) snippet).name(), value, forPerson) : null;
      case VAR_DECLARATION_WITH_INITIALIZER_SUBKIND ->
        forPerson ? text(((VarSnippet) snippet).name(), value, forPerson) : null;
      default -> null;
    };
  }

  private static String text(String name, String value, boolean forPerson) {
    return forPerson ? name + " ==> " + value : value;
  }
}
