// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/// What a command printed, and its status.
record Cli(int status, String out, String err) {

  static Cli run(Object... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    CommandLine commandLine = Conformance.commandLine()
        .setOut(new PrintWriter(out, /* autoFlush= */ true))
        .setErr(new PrintWriter(err, /* autoFlush= */ true));
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    int status = commandLine.execute(words);
    return new Cli(status, out.toString(), err.toString());
  }

  List<String> outLines() {
    return out.lines().toList();
  }

  String lastLine() {
    return outLines().getLast();
  }
}
