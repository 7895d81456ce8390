// SPDX-License-Identifier: Apache-2.0
//
// Data that tasks share needs care only across a wait.
//
//   ./tepal run examples/tutorial/Sharing.java

import static tepal.Asyncio.*;

import tepal.Task;
import tepal.sync.Lock;

Map<String, String> cache = new HashMap<>();
Map<String, Task<String>> tasks = new HashMap<>();
Lock lock = new Lock();

void main() {
  run(() -> {
    gather(() -> careless("/home"), () -> careless("/home")).await();
    gather(() -> locked("/about"), () -> locked("/about")).await();
    gather(() -> once("/news"), () -> once("/news")).await();
  });
}

/// Looks, waits, and then acts on what it saw before.
void careless(String page) {
  if (!cache.containsKey(page)) {
    cache.put(page, fetch(page));
  }
}

void locked(String page) {
  try (var _ = lock.acquire()) {
    if (!cache.containsKey(page)) {
      cache.put(page, fetch(page));
    }
  }
}

/// Does not wait between looking and acting: it keeps the task, not its result.
String once(String page) {
  return tasks.computeIfAbsent(page, key -> createTask(() -> fetch(key))).await();
}

String fetch(String page) {
  IO.println("asking for " + page);
  sleep(Duration.ofMillis(100));
  return page + ": 200 OK";
}
