// SPDX-License-Identifier: Apache-2.0
//
// A library that blocks and knows no loop runs on a thread of its own, and calls back into the loop
// through a portal. A program without a loop calls into one that runs in the background.
//
//   ./tepal run examples/Portal.java

import static tepal.Asyncio.*;

import tepal.bridges.BlockingPortal;

void main() {
  run(() -> {
    BlockingPortal.run(portal -> {
      var importing = createTask(
          () -> toThread(() -> importFile("report", line -> portal.call(() -> save(line)))));
      sleep(Duration.ZERO);
      IO.println("the loop goes on meanwhile");
      IO.println("imported " + importing.await() + " lines");
    });
  });

  try (var portal = BlockingPortal.start()) {
    IO.println("from outside: " + portal.call(() -> save("one more line")));
    var later = portal.startTaskSoon(() -> sleep(Duration.ofMillis(10), "a value for later"));
    IO.println(later.join());
  }
}

/// Stands for a library: it blocks, and takes a callback.
int importFile(String name, Consumer<String> callback) {
  var lines = List.of(name + " line 1", name + " line 2");
  lines.forEach(callback);
  return lines.size();
}

/// Code for a loop: it suspends.
String save(String line) {
  sleep(Duration.ofMillis(5));
  IO.println("saved " + line);
  return "done";
}
