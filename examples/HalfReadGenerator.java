// SPDX-License-Identifier: Apache-2.0
//
// A generator that is not read to its end is closed: by try with resources, or with its loop.
//
//   ./tepal run examples/HalfReadGenerator.java

import static tepal.Asyncio.*;

import tepal.*;

void main() {
  run(() -> {
    try (var lines = lines("a file")) {
      IO.println(lines.next());
      IO.println(lines.next());
    }
    IO.println("read enough of it");

    for (String line : lines("a pipe")) {
      IO.println(line);
      break;
    }
    IO.println("the program ends");
  });
}

Generator<String> lines(String name) {
  return Generator.of(self -> {
    IO.println("opening " + name);
    try {
      for (int number = 1; ; number++) {
        sleep(Duration.ofMillis(10));
        self.yield("line " + number + " of " + name);
      }
    } finally {
      sleep(Duration.ofMillis(10)); // a clean-up may suspend, too
      IO.println("closing " + name);
    }
  });
}
