// SPDX-License-Identifier: Apache-2.0
//
// An exit stack closes as many things as were opened, the newest first; closing may wait, and a
// failure on the way in closes what is open already.
//
//   ./tepal run examples/ManyResources.java

import static tepal.Asyncio.*;

import tepal.ExitStack;

record Connection(String host) implements AutoCloseable {
  static Connection open(String host) {
    sleep(Duration.ofMillis(50));
    if (host.startsWith("down")) {
      throw new IllegalStateException(host + " does not answer");
    }
    IO.println("  opened " + host);
    return new Connection(host);
  }

  @Override
  public void close() {
    sleep(Duration.ofMillis(50)); // says goodbye
    IO.println("  closed " + host);
  }
}

void main() {
  run(() -> {
    IO.println("copying:");
    copy(List.of("one", "two", "three"));
    IO.println("copying, one is down:");
    try {
      copy(List.of("one", "two", "down"));
    } catch (IllegalStateException e) {
      IO.println("  failed: " + e.getMessage());
    }
  });
}

void copy(List<String> hosts) {
  ExitStack.run(stack -> {
    stack.push(leaving -> {
      IO.println(leaving == null ? "  all done" : "  giving up");
      return false;
    });
    for (String host : hosts) {
      stack.enter(Connection.open(host));
    }
    IO.println("  copying between " + hosts.size());
  });
}
