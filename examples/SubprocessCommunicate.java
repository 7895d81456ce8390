// SPDX-License-Identifier: Apache-2.0
//
// Input for a child process, all that it wrote, and its exit code.
//
//   ./tepal run examples/SubprocessCommunicate.java

import static java.nio.charset.StandardCharsets.UTF_8;
import static tepal.Asyncio.*;
import static tepal.process.Subprocess.*;

import tepal.process.*;

void main() {
  run(() -> {
    var sort = createSubprocessExec(List.of("sort", "-r"), SubprocessOptions.PIPES);
    var output = sort.communicate("tulip\nrose\ntepal\n".getBytes(UTF_8));
    IO.print(new String(output.stdout(), UTF_8));

    var failing = createSubprocessShell("echo oops >&2; exit 3", SubprocessOptions.PIPES);
    output = failing.communicate();
    IO.print("standard error: " + new String(output.stderr(), UTF_8));
    IO.println("exit code " + failing.returnCode());

    try {
      createSubprocessExec("no-such-program");
    } catch (UncheckedIOException e) {
      IO.println("not started: " + e.getMessage().contains("no-such-program"));
    }
  });
}
