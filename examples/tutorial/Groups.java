// SPDX-License-Identifier: Apache-2.0
//
// A group: nothing outlives it, and when one task fails, the others are cancelled.
//
//   ./tepal run examples/tutorial/Groups.java

import static tepal.Asyncio.*;

import tepal.*;

void main() {
  run(() -> {
    try {
      TaskGroup.run(group -> {
        group.createTask(() -> fetch("/home", 100));
        group.createTask(() -> fetch("/missing", 300));
        group.createTask(() -> fetch("/news", 60_000));
      });
    } catch (ExceptionGroup e) {
      IO.println("failed: " + e.exceptions());
    }
  });
}

void fetch(String page, int millis) {
  boolean answered = false;
  try {
    sleep(Duration.ofMillis(millis));
    answered = true;
  } finally {
    IO.println(page + (answered ? ": answered" : ": given up"));
  }
  if (page.equals("/missing")) {
    throw new NoSuchElementException(page);
  }
}
