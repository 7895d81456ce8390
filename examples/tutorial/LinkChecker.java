// SPDX-License-Identifier: Apache-2.0
//
// Follows all links of a site with three workers, and reports those that lead nowhere.
//
//   ./tepal run examples/tutorial/LinkChecker.java

import static tepal.Asyncio.*;

import tepal.*;
import tepal.queues.Queue;
import tepal.sync.Lock;

/// Where each page leads. What is not in it does not exist.
Map<String, List<String>> site = Map.of(
    "/", List.of("/about", "/news", "/shop"),
    "/about", List.of("/", "/team"),
    "/news", List.of("/news/1", "/news/2", "/news/3"),
    "/news/1", List.of("/news", "/gone"),
    "/news/2", List.of("/news"),
    "/news/3", List.of("/news", "/about"),
    "/shop", List.of("/slow", "/lost"),
    "/team", List.of("/"));

record Link(String from, String to) {}

Queue<Link> links = new Queue<>(); // no bound: the workers put in what they find
Set<String> seen = new HashSet<>();
SortedSet<String> broken = new TreeSet<>();
Lock pace = new Lock();

void main() {
  run(() -> {
    try {
      TaskGroup.run(group -> {
        for (int i = 0; i < 3; i++) {
          group.createTask(this::work);
        }
        group.createTask(this::reportProgress);
        found("start", "/");
        links.join();
        group.cancel();
      });
    } finally {
      IO.println("%d pages, %d broken links".formatted(seen.size(), broken.size()));
      broken.forEach(IO::println);
    }
  });
}

void work() {
  while (true) {
    Link link = links.get();
    try {
      var targets = timeout(Duration.ofSeconds(1), () -> fetch(link.to()));
      targets.forEach(target -> found(link.to(), target));
    } catch (TimeoutException e) {
      broken.add(link.from() + " -> " + link.to() + ": no answer");
    } catch (NoSuchElementException e) {
      broken.add(link.from() + " -> " + link.to() + ": not found");
    } finally {
      links.taskDone();
    }
  }
}

void found(String from, String to) {
  if (seen.add(to)) {
    links.putNowait(new Link(from, to));
  }
}

void reportProgress() {
  while (true) {
    sleep(Duration.ofMillis(250));
    IO.println("... %d pages seen, %d waiting".formatted(seen.size(), links.qsize()));
  }
}

/// Stands for a request; a program with a network would make it here.
List<String> fetch(String page) {
  try (var _ = pace.acquire()) {
    sleep(Duration.ofMillis(50)); // at most twenty requests a second
  }
  sleep(page.equals("/slow") ? Duration.ofHours(1) : Duration.ofMillis(100));
  if (!site.containsKey(page)) {
    throw new NoSuchElementException(page);
  }
  return site.get(page);
}
