// SPDX-License-Identifier: Apache-2.0
//
// Two waits one after the other take three seconds; as two tasks they take two.
//
//   ./tepal run examples/TwoTasks.java

import static tepal.Asyncio.*;

void main() {
  run(() -> {
    Duration start = getRunningLoop().time();
    sayAfter(1, "one");
    sayAfter(2, "two");
    printElapsed("one after the other", start);

    start = getRunningLoop().time();
    var one = createTask(() -> sayAfter(1, "one"));
    var two = createTask(() -> sayAfter(2, "two"));
    one.await();
    two.await();
    printElapsed("as tasks", start);
  });
}

void sayAfter(int seconds, String what) {
  sleep(Duration.ofSeconds(seconds));
  IO.println(what);
}

void printElapsed(String how, Duration start) {
  Duration elapsed = getRunningLoop().time().minus(start);
  IO.println("%s: %.1f s".formatted(how, elapsed.toMillis() / 1000.0));
}
