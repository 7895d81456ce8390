// SPDX-License-Identifier: Apache-2.0
//
// The stages of a stream may suspend their task: there are no special streams for what waits. A
// sequential stream waits for one after the other; tasks wait at the same time.
//
//   ./tepal run examples/StreamPipeline.java

import static tepal.Asyncio.*;

import tepal.Task;

void main() {
  run(() -> {
    var sizes = Stream.of("one", "two", "three", "four")
        .map(this::fetch)
        .filter(page -> page.length() > 8)
        .toList();
    IO.println(sizes);

    var all = Stream.of("five", "six", "seven")
        .map(name -> createTask(() -> fetch(name)))
        .toList() // begin all
        .stream()
        .map(Task::await)
        .collect(Collectors.joining(", "));
    IO.println(all);
  });
}

String fetch(String name) {
  sleep(Duration.ofMillis(20));
  IO.println("fetched " + name);
  return "page " + name;
}
