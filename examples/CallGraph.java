// SPDX-License-Identifier: Apache-2.0
//
// Who awaits whom: the call graph of one task, up to the main task, through a gather, a lock and a
// group; then the tree of all tasks, from the main task down.
//
//   ./tepal run examples/CallGraph.java

import static tepal.Asyncio.*;

import tepal.*;
import tepal.sync.Lock;

Lock disk = new Lock();

void main() {
  run(() -> {
    currentTask().setName("main");
    TaskGroup.run(group -> {
      group.createTask(this::load, TaskOptions.named("load"));
      group.createTask(this::save, TaskOptions.named("save"));
    });
  });
}

void load() {
  try (var _ = disk.acquire()) {
    var left = createTask(() -> page(100), TaskOptions.named("left"));
    var right = createTask(() -> page(50), TaskOptions.named("right"));
    gather(left, right).await();
  }
}

void save() {
  try (var _ = disk.acquire()) {
    IO.println("load is done, and the disk is free");
  }
}

void page(int millis) {
  sleep(Duration.ofMillis(millis));
  if (millis < 100) {
    printCallGraph(System.out);
    IO.println();
    IO.println(getRunningLoop().formatTaskTree());
    IO.println();
  }
}
