// SPDX-License-Identifier: Apache-2.0
//
// When a task of a group fails, the others are cancelled. The group waits for all, and throws
// the failures as one ExceptionGroup, which is handled by type, as `except*` does in Python.
//
//   ./tepal run examples/TaskGroupFailure.java

import static tepal.Asyncio.*;
import static tepal.ExceptionGroup.on;

import tepal.*;

void main() {
  run(() -> {
    try {
      TaskGroup.run(group -> {
        group.createTask(this::waitForever);
        group.createTask(() -> fail(new IllegalArgumentException("bad page")));
        group.createTask(() -> fail(new IllegalStateException("no disk")));
      });
    } catch (ExceptionGroup e) {
      e.handle(
          on(IllegalArgumentException.class, part -> IO.println("argument: " + part.exceptions())),
          on(IllegalStateException.class, part -> IO.println("state: " + part.exceptions())));
    }
    IO.println("main goes on");
  });
}

void waitForever() {
  try {
    sleep(Duration.ofHours(1));
  } finally {
    IO.println("the sibling was cancelled");
  }
}

void fail(RuntimeException reason) {
  sleep(Duration.ofMillis(100));
  throw reason;
}
