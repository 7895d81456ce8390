// SPDX-License-Identifier: Apache-2.0
//
// Standard input and output as streams: lines are echoed as they come, while a timer runs beside.
// The end of the input ends it; at a terminal that is Ctrl-D.
//
//   ./tepal run examples/StandardInput.java

import static java.nio.charset.StandardCharsets.UTF_8;
import static tepal.Asyncio.*;

import tepal.pipes.*;
import tepal.streams.*;

int ticks = 0;

void main() {
  run(() -> {
    var ticking = createTask(this::tick);
    StreamWriter out = Pipes.standardOutput();
    for (String line : Pipes.standardInput().lines()) {
      out.write("%s (after %d ticks)\n".formatted(line, ticks).getBytes(UTF_8));
      out.drain(); // waits if nobody takes the output
    }
    ticking.cancel();
    out.write("bye\n".getBytes(UTF_8)); // the end of run() writes what is left
  });
}

void tick() {
  while (true) {
    sleep(Duration.ofMillis(10));
    ticks++;
  }
}
