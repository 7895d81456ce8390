// SPDX-License-Identifier: Apache-2.0
//
// Three workers and a queue: never more than three requests at a time.
//
//   ./tepal run examples/tutorial/Workers.java

import static tepal.Asyncio.*;

import tepal.TaskGroup;
import tepal.queues.Queue;

Queue<String> queue = new Queue<>(5);

void main() {
  run(() -> TaskGroup.run(group -> {
    for (String name : List.of("ann", "bob", "cy")) {
      group.createTask(() -> work(name));
    }
    for (int i = 1; i <= 9; i++) {
      queue.put("/page" + i); // waits while the queue is full
    }
    queue.join(); // until every item is done
    group.cancel(); // the workers have nothing to do any more
  }));
}

void work(String name) {
  while (true) {
    String page = queue.get(); // waits while the queue is empty
    sleep(Duration.ofMillis(200));
    IO.println(name + " checked " + page);
    queue.taskDone();
  }
}
