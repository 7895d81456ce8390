// SPDX-License-Identifier: Apache-2.0
//
// A child process that takes too long: the timeout cancels the wait for it, and leaving the block
// kills it. A signal lets it clean up first.
//
//   ./tepal run examples/SubprocessTimeout.java

import static tepal.Asyncio.*;
import static tepal.process.Subprocess.*;

import tepal.TimeoutException;
import tepal.process.*;

void main() {
  run(() -> {
    try (var child = createSubprocessExec("sleep", "3600")) {
      timeout(Duration.ofMillis(300), () -> child.await());
    } catch (TimeoutException e) {
      IO.println("killed");
    }
    askFirst();
  });
}

void askFirst() {
  String script = "trap 'echo cleaned up; exit 1' TERM; echo ready; while :; do sleep 0.1; done";
  var output = SubprocessOptions.DEFAULT.stdout(Stdio.PIPE);
  try (var child = createSubprocessShell(script, output)) {
    for (String line : child.stdout().lines()) {
      IO.println(line);
      child.terminate();
    }
    IO.println("exit code " + child.await());
  }
}
