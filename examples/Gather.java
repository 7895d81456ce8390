// SPDX-License-Identifier: Apache-2.0
//
// Three factorials computed at once: gather runs them as tasks and returns the values in order.
//
//   ./tepal run examples/Gather.java

import static tepal.Asyncio.*;

void main() {
  run(() -> {
    List<Integer> values =
        gather(() -> factorial("A", 2), () -> factorial("B", 3), () -> factorial("C", 4)).await();
    IO.println(values);
  });
}

int factorial(String name, int number) {
  int product = 1;
  for (int i = 2; i <= number; i++) {
    IO.println("%s: %d * %d".formatted(name, product, i));
    sleep(Duration.ofMillis(200));
    product *= i;
  }
  IO.println("%s: factorial(%d) = %d".formatted(name, number, product));
  return product;
}
