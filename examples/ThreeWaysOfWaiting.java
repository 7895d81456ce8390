// SPDX-License-Identifier: Apache-2.0
//
// Waiting for several tasks: gather for all values, wait for a condition, asCompleted for each.
//
//   ./tepal run examples/ThreeWaysOfWaiting.java

import static tepal.Asyncio.*;

import tepal.*;

void main() {
  run(() -> {
    IO.println("gather: " + gather(tasks()).await());

    var tasks = tasks();
    var first = Asyncio.wait(tasks, ReturnWhen.FIRST_COMPLETED);
    IO.println("wait: done %d, pending %d".formatted(first.done().size(), first.pending().size()));
    var all = Asyncio.wait(tasks);
    IO.println("wait: done %d, pending %d".formatted(all.done().size(), all.pending().size()));

    for (var task : asCompleted(tasks())) {
      IO.println("asCompleted: " + task.await());
    }
  });
}

List<Task<String>> tasks() {
  return Stream.of(600, 200, 400).map(delay -> createTask(() -> after(delay))).toList();
}

String after(int millis) {
  return sleep(Duration.ofMillis(millis), millis + " ms");
}
