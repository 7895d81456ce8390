// SPDX-License-Identifier: Apache-2.0
//
// A task keeps its turn until it waits.
//
//   ./tepal run examples/tutorial/Turns.java

import static tepal.Asyncio.*;

void main() {
  run(() -> {
    var left = createTask(() -> count("left"));
    var right = createTask(() -> count("right"));
    left.await();
    right.await();
  });
}

void count(String name) {
  IO.println(name + " one");
  IO.println(name + " two");
  sleep(Duration.ZERO); // lets the others have a turn
  IO.println(name + " three");
}
