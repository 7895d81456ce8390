// SPDX-License-Identifier: Apache-2.0
//
// Bytes through a child process: one task writes to it, another one reads what comes out. They have
// to be at it at once, as the pipes hold less than all of it.
//
//   ./tepal run examples/PipeThroughSubprocess.java

import static java.nio.charset.StandardCharsets.UTF_8;
import static tepal.Asyncio.*;
import static tepal.process.Subprocess.*;

import tepal.*;
import tepal.process.*;
import tepal.streams.*;

void main() {
  run(() -> {
    try (var gzip = createSubprocessShell("gzip -c | gunzip -c", SubprocessOptions.PIPES)) {
      TaskGroup.run(group -> {
        group.createTask(() -> writeNumbers(gzip.stdin()));
        var sum = group.createTask(() -> sum(gzip.stdout()));
        IO.println("sum: " + sum.await());
      });
      IO.println("exit code " + gzip.await());
    }
  });
}

void writeNumbers(StreamWriter to) {
  for (int i = 1; i <= 1_000_000; i++) {
    to.write((i + "\n").getBytes(UTF_8));
    to.drain(); // suspends only while the child is slower
  }
  to.writeEof();
}

long sum(StreamReader from) {
  long sum = 0;
  for (String line : from.lines()) {
    sum += Long.parseLong(line);
  }
  return sum;
}
