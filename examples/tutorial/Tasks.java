// SPDX-License-Identifier: Apache-2.0
//
// The same two waits as tasks: half a second.
//
//   ./tepal run examples/tutorial/Tasks.java

import static tepal.Asyncio.*;

void main() {
  run(() -> {
    var home = createTask(() -> fetch("/home"));
    var about = createTask(() -> fetch("/about"));
    IO.println("both tasks are made");
    IO.println(home.await());
    IO.println(about.await());
  });
}

String fetch(String page) {
  IO.println("asking for " + page);
  sleep(Duration.ofMillis(500));
  return page + ": 200 OK";
}
