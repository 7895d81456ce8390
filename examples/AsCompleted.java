// SPDX-License-Identifier: Apache-2.0
//
// Takes results in the order in which they come, tells which task each is from, and stops in time.
//
//   ./tepal run examples/AsCompleted.java

import static tepal.Asyncio.*;

import tepal.*;

void main() {
  run(() -> {
    Map<Future<?>, String> cities = new LinkedHashMap<>();
    cities.put(createTask(() -> forecast(450)), "Oslo");
    cities.put(createTask(() -> forecast(150)), "Quito");
    cities.put(createTask(() -> forecast(60_000)), "Atlantis");
    cities.put(createTask(() -> forecast(300)), "Perth");
    try {
      for (Future<?> city : asCompleted(cities.keySet(), Duration.ofSeconds(1))) {
        IO.println(cities.remove(city) + ": " + city.await());
      }
    } catch (TimeoutException e) {
      IO.println("no word from " + cities.values());
    }
  });
}

String forecast(int millis) {
  return sleep(Duration.ofMillis(millis), "sunny, said after " + millis + " ms");
}
