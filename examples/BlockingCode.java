// SPDX-License-Identifier: Apache-2.0
//
// JDK code that blocks, such as Thread.sleep, suspends its task and not the loop.
//
//   ./tepal run examples/BlockingCode.java

import static tepal.Asyncio.*;

void main() {
  run(() -> {
    var blocking = createTask(this::block);
    for (int i = 1; !blocking.done(); i++) {
      IO.println("tick " + i);
      sleep(Duration.ofMillis(200));
    }
  });
}

void block() throws InterruptedException {
  IO.println("blocking code begins");
  Thread.sleep(500);
  IO.println("blocking code ends");
}
