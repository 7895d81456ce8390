// SPDX-License-Identifier: Apache-2.0
//
// A pipeline of two child processes: by the shell, and by a task that carries the bytes from one to
// the other. `drain` waits where the second one is slower.
//
//   ./tepal run examples/ShellPipeline.java

import static java.nio.charset.StandardCharsets.UTF_8;
import static tepal.Asyncio.*;
import static tepal.process.Subprocess.*;

import tepal.process.*;
import tepal.streams.*;

SubprocessOptions output = SubprocessOptions.DEFAULT.stdout(Stdio.PIPE);

void main() {
  run(() -> {
    var shell = createSubprocessShell("seq 1 100000 | grep 7 | wc -l", output);
    IO.println("shell: " + new String(shell.communicate().stdout(), UTF_8).strip());

    try (var numbers = createSubprocessExec(List.of("seq", "1", "100000"), output);
        var count = createSubprocessExec(List.of("wc", "-l"), output.stdin(Stdio.PIPE))) {
      createTask(() -> linesWith("7", numbers.stdout(), count.stdin()));
      IO.println("tasks: " + new String(count.stdout().read(), UTF_8).strip());
    }
  });
}

/// Writes the lines that have a word in them, and ends with the input.
void linesWith(String word, StreamReader from, StreamWriter to) {
  try (to) {
    for (String line : from.lines()) {
      if (line.contains(word)) {
        to.write((line + "\n").getBytes(UTF_8));
        to.drain();
      }
    }
  }
}
