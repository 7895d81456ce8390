// SPDX-License-Identifier: Apache-2.0
//
// A cancelled task gets a CancelledError where it waits: it cleans up and lets it pass. As it
// is an Error, `catch (Exception e)` does not catch it by accident.
//
//   ./tepal run examples/Cancellation.java

import static tepal.Asyncio.*;

import tepal.CancelledError;

void main() {
  run(() -> {
    var task = createTask(this::cancelMe);
    sleep(Duration.ofMillis(300));
    task.cancel("enough");
    try {
      task.await();
    } catch (CancelledError e) {
      IO.println("main: cancelled with \"" + e.getMessage() + "\"");
    }
  });
}

void cancelMe() {
  IO.println("task: before the sleep");
  try {
    sleep(Duration.ofHours(1));
    IO.println("task: never printed");
  } catch (Exception e) {
    IO.println("task: never printed either");
  } catch (CancelledError e) {
    IO.println("task: cancelled");
    throw e;
  } finally {
    sleep(Duration.ofMillis(100)); // cleaning up may wait, too
    IO.println("task: cleaned up");
  }
}
