// SPDX-License-Identifier: Apache-2.0
//
// A week under a virtual clock, which jumps to the next timer when nothing is ready: for tests.
//
//   ./tepal run examples/VirtualTime.java

import static tepal.Asyncio.*;

import tepal.*;
import tepal.testing.VirtualClock;

void main() {
  try (var runner = new Runner(EventLoop.builder().clock(new VirtualClock()))) {
    runner.run(() -> {
      var rain = createTask(() -> sleep(Duration.ofDays(3), "rain"));
      for (int day = 1; day <= 7; day++) {
        sleep(Duration.ofDays(1));
        IO.println("day " + day + (rain.done() ? ": " + rain.result() : ""));
      }
      IO.println("by the loop's clock it is " + getRunningLoop().time());
    });
  }
}
