// SPDX-License-Identifier: Apache-2.0
//
// An eager task runs up to its first wait before createTask returns: a hit in a cache never waits.
//
//   ./tepal run examples/EagerTasks.java

import static tepal.Asyncio.*;

import tepal.TaskOptions;

Map<String, Integer> cache = new HashMap<>(Map.of("known", 42));

void main() {
  run(() -> {
    var hit = createTask(() -> lookUp("known"), TaskOptions.eager());
    IO.println("done at once: " + hit.done() + ", " + hit.result());

    var miss = createTask(() -> lookUp("new"), TaskOptions.eager());
    IO.println("done at once: " + miss.done());
    IO.println("then: " + miss.await());

    getRunningLoop().setTaskFactory(eagerTaskFactory());
    IO.println("all tasks are eager now: " + createTask(() -> lookUp("new")).done());
  });
}

int lookUp(String key) {
  Integer found = cache.get(key);
  if (found == null) {
    sleep(Duration.ofMillis(100));
    found = key.length();
    cache.put(key, found);
  }
  return found;
}
