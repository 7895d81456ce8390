// SPDX-License-Identifier: Apache-2.0
//
// A lock for what must not be interleaved, an event for what happens once, a condition for what
// becomes true under a lock.
//
//   ./tepal run examples/LockEventCondition.java

import static tepal.Asyncio.*;

import tepal.*;
import tepal.sync.*;

Lock lock = new Lock();
Event ready = new Event();
Condition changed = new Condition();
int balance = 100;
int stock = 0;

void main() {
  run(() -> {
    gather(() -> withdraw("alice", 70), () -> withdraw("bob", 70)).await();

    var waiting = createTask(() -> {
      ready.await();
      IO.println("the event happened");
    });
    ready.set();
    waiting.await();

    var customer = createTask(this::takeThree);
    for (int i = 0; i < 3; i++) {
      try (var _ = changed.acquire()) {
        stock++;
        changed.signalAll();
      }
      sleep(Duration.ofMillis(50));
    }
    customer.await();
  });
}

void withdraw(String name, int amount) {
  try (var _ = lock.acquire()) {
    boolean enough = balance >= amount;
    sleep(Duration.ofMillis(100)); // nobody else decides meanwhile
    balance -= enough ? amount : 0;
    IO.println(name + (enough ? " gets " + amount : " gets nothing") + ", left: " + balance);
  }
}

void takeThree() {
  try (var _ = changed.acquire()) {
    changed.waitFor(() -> stock >= 3);
    IO.println("three in stock");
  }
}
