// SPDX-License-Identifier: Apache-2.0
//
// The lines of a child process as they come, while another task ticks. Leaving the block kills the
// child, if it still runs.
//
//   ./tepal run examples/SubprocessLines.java

import static tepal.Asyncio.*;
import static tepal.process.Subprocess.*;

import tepal.process.*;

void main() {
  run(() -> {
    var ticking = createTask(this::tick);
    var output = SubprocessOptions.DEFAULT.stdout(Stdio.PIPE);
    try (var child = createSubprocessShell("for i in 1 2 3; do sleep 0.3; echo $i; done", output)) {
      for (String line : child.stdout().lines()) {
        IO.println("line: " + line);
      }
      IO.println("exit code " + child.await());
    }
    ticking.cancel();
  });
}

int ticks = 0;

void tick() {
  try {
    while (true) {
      sleep(Duration.ofMillis(50));
      ticks++;
    }
  } finally {
    IO.println(ticks >= 5 ? "the loop went on meanwhile" : "it did not");
  }
}
