// SPDX-License-Identifier: Apache-2.0
//
// Two waits, one after the other: a second.
//
//   ./tepal run examples/tutorial/Waiting.java

import static tepal.Asyncio.*;

void main() {
  run(() -> {
    IO.println(fetch("/home"));
    IO.println(fetch("/about"));
  });
}

/// Stands for a request to a server that takes half a second to answer.
String fetch(String page) {
  sleep(Duration.ofMillis(500));
  return page + ": 200 OK";
}
