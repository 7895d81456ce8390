// SPDX-License-Identifier: Apache-2.0
//
// Several tasks at once, their values in the order in which they were given.
//
//   ./tepal run examples/tutorial/Gathering.java

import static tepal.Asyncio.*;

void main() {
  run(() -> {
    var pages = List.of("/home", "/about", "/news");
    var tasks = pages.stream().map(page -> createTask(() -> fetch(page))).toList();
    List<String> answers = gather(tasks).await();
    IO.println(answers);
  });
}

String fetch(String page) {
  sleep(Duration.ofMillis(100 * page.length())); // the longest name comes last
  IO.println("got " + page);
  return page.toUpperCase();
}
