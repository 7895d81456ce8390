// SPDX-License-Identifier: Apache-2.0
//
// Hello world, with a second in between in which other tasks could run.
//
//   ./tepal run examples/Hello.java

import static tepal.Asyncio.*;

void main() {
  run(() -> {
    IO.println("Hello ...");
    sleep(Duration.ofSeconds(1));
    IO.println("... World!");
  });
}
