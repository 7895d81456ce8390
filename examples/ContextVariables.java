// SPDX-License-Identifier: Apache-2.0
//
// A context variable has a value for each task: a task begins with a copy of its maker's context.
//
//   ./tepal run examples/ContextVariables.java

import static tepal.Asyncio.*;

import tepal.*;

ContextVar<String> user = new ContextVar<>("user", "nobody");

void main() {
  run(() -> {
    TaskGroup.run(group -> {
      group.createTask(() -> serve("alice"));
      group.createTask(() -> serve("bob"));
    });
    IO.println("main: " + user.get());

    try (var _ = user.set("root")) {
      IO.println("main, for a block: " + user.get());
      IO.println("in a thread: " + toThread(() -> user.get()));
    }
    IO.println("main again: " + user.get());
  });
}

void serve(String name) {
  user.set(name);
  sleep(Duration.ofMillis(100));
  log("serves");
}

// Knows whose request it is without being told.
void log(String message) {
  IO.println(user.get() + ": " + message);
}
