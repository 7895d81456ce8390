// SPDX-License-Identifier: Apache-2.0
//
// A producer fills a queue faster than three workers empty it; its bound makes the producer wait.
//
//   ./tepal run examples/ProducerConsumer.java

import static tepal.Asyncio.*;

import tepal.*;
import tepal.queues.Queue;

Queue<Integer> queue = new Queue<>(5);

void main() {
  run(() -> {
    List<Task<?>> workers = new ArrayList<>();
    for (String name : List.of("red", "green", "blue")) {
      workers.add(createTask(() -> work(name)));
    }
    for (int item = 1; item <= 12; item++) {
      queue.put(item);
    }
    IO.println("all are in the queue");
    queue.join();
    IO.println("all are done");

    workers.forEach(Task::cancel);
    gatherReturnExceptions(workers).await();
  });
}

void work(String name) {
  while (true) {
    int item = queue.get();
    sleep(Duration.ofMillis(100));
    IO.println("%s did %d".formatted(name, item));
    queue.taskDone();
  }
}
