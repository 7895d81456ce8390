// SPDX-License-Identifier: Apache-2.0
//
// A cancelled task cleans up, and may wait while it does.
//
//   ./tepal run examples/tutorial/Cleanup.java

import static tepal.Asyncio.*;

import tepal.CancelledError;

void main() {
  run(() -> {
    var watcher = createTask(this::watch);
    sleep(Duration.ofMillis(500));
    watcher.cancel();
    try {
      watcher.await();
    } catch (CancelledError e) {
      IO.println("the watcher is gone");
    }
  });
}

void watch() {
  try {
    while (true) {
      sleep(Duration.ofMillis(300));
      IO.println("still there");
    }
  } catch (Exception e) {
    IO.println("not reached: a cancellation is no Exception");
  } finally {
    IO.println("saying good-bye");
    sleep(Duration.ofMillis(100));
  }
}
