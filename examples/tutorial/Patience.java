// SPDX-License-Identifier: Apache-2.0
//
// Three attempts, each with a time limit.
//
//   ./tepal run examples/tutorial/Patience.java

import static tepal.Asyncio.*;

import tepal.TimeoutException;

void main() {
  run(() -> IO.println(patiently("/news")));
}

String patiently(String page) {
  for (int attempt : List.of(1, 2, 3)) {
    try {
      return timeout(Duration.ofMillis(500), () -> fetch(page, attempt));
    } catch (TimeoutException e) {
      IO.println("attempt " + attempt + " took too long");
    }
  }
  return page + ": no answer";
}

/// Stands for a server that is slow when it is asked first.
String fetch(String page, int attempt) {
  sleep(Duration.ofMillis(attempt == 1 ? 60_000 : 100));
  return page + ": 200 OK";
}
