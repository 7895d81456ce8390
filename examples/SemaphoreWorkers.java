// SPDX-License-Identifier: Apache-2.0
//
// Ten downloads are started, but a semaphore lets only three be under way at a time.
//
//   ./tepal run examples/SemaphoreWorkers.java

import static tepal.Asyncio.*;

import tepal.TaskGroup;
import tepal.sync.Semaphore;

Semaphore slots = new Semaphore(3);
int underWay;
int most;

void main() {
  run(() -> {
    TaskGroup.run(group -> {
      for (int i = 1; i <= 10; i++) {
        int page = i;
        group.createTask(() -> download(page));
      }
    });
    IO.println("never more than " + most + " at a time");
  });
}

void download(int page) {
  try (var _ = slots.acquire()) {
    underWay++;
    most = Math.max(most, underWay);
    sleep(Duration.ofMillis(100));
    IO.println("page " + page);
    underWay--;
  }
}
