// SPDX-License-Identifier: Apache-2.0
//
// Runs until Ctrl-C, which cancels the main task: its `finally` blocks run, and the status is 130.
//
//   ./tepal run examples/Forever.java

import static tepal.Asyncio.*;

void main() {
  run(() -> {
    try {
      for (int i = 1; ; i++) {
        IO.println("tick " + i);
        sleep(Duration.ofSeconds(1));
      }
    } finally {
      IO.println("cleaning up");
      sleep(Duration.ofMillis(100)); // may wait: the loop still turns
      IO.println("bye");
    }
  });
}
