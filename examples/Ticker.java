// SPDX-License-Identifier: Apache-2.0
//
// An asynchronous iterator: a generator whose body sleeps, read by a plain for.
//
//   ./tepal run examples/Ticker.java

import static tepal.Asyncio.*;

import tepal.*;

void main() {
  run(() -> {
    var cooking = createTask(() -> sleep(Duration.ofMillis(350), "the egg is done"));
    for (int tick : ticker(Duration.ofMillis(100))) {
      IO.println("tick " + tick);
      if (cooking.done()) {
        IO.println(cooking.await());
        break;
      }
    }
    IO.println(tenths(ticker(Duration.ofMillis(10)).stream().limit(3)));
  });
}

Generator<Integer> ticker(Duration period) {
  return Generator.of(self -> {
    for (int tick = 1; ; tick++) {
      sleep(period);
      self.yield(tick);
    }
  });
}

// Streams suspend as well.
List<Double> tenths(Stream<Integer> numbers) {
  return numbers.map(number -> number / 10.0).toList();
}
