// SPDX-License-Identifier: Apache-2.0
//
// Which ports of a host accept connections: a thousand are tried, a hundred at a time, each for
// half a second at most. Without a host it scans this machine, where it opens one itself.
//
//   ./tepal run examples/PortScanner.java

import static tepal.Asyncio.*;

import tepal.*;
import tepal.net.*;
import tepal.streams.*;
import tepal.sync.Semaphore;

Semaphore slots = new Semaphore(100);
Set<Integer> open = new TreeSet<>();

void main(String... arguments) {
  run(() -> {
    if (arguments.length > 0) {
      scan(arguments[0], 1, 1000);
      IO.println("open: " + open);
      return;
    }
    try (Server server = Net.startServer((_, writer) -> writer.close(), "127.0.0.1", 0)) {
      int port = ((InetSocketAddress) server.sockets().getFirst()).getPort();
      scan("localhost", Math.max(1, port - 500), Math.min(65_535, port + 499));
      IO.println("found ours: " + open.contains(port));
    }
  });
}

void scan(String host, int first, int last) {
  TaskGroup.run(group -> {
    for (int i = first; i <= last; i++) {
      int port = i;
      group.createTask(() -> look(host, port));
    }
  });
  IO.println("tried: " + (last - first + 1) + " ports");
}

void look(String host, int port) {
  try (var _ = slots.acquire()) {
    timeout(Duration.ofMillis(500), () -> Net.openConnection(host, port)).close();
    open.add(port);
  } catch (UncheckedIOException | TimeoutException e) {
    // closed, or hidden by a firewall
  }
}
