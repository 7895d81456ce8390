// SPDX-License-Identifier: Apache-2.0
//
// A resource that is opened and closed by calls that suspend: try with resources is `async with`.
//
//   ./tepal run examples/AsyncContextManager.java

import static tepal.Asyncio.*;

import tepal.*;

void main() {
  run(() -> {
    try (var connection = Connection.open("database")) {
      IO.println(connection.ask("the answer"));
    }

    var impatient = createTask(() -> {
      try (var connection = Connection.open("slow database")) {
        IO.println(connection.ask("anything"));
        sleep(Duration.ofHours(1));
      }
    });
    sleep(Duration.ofMillis(500));
    impatient.cancel();
    gatherReturnExceptions(List.of(impatient)).await();
    IO.println("cancelled: " + impatient.cancelled());
  });
}

record Connection(String name) implements AutoCloseable {
  static Connection open(String name) {
    sleep(Duration.ofMillis(100));
    IO.println("connected to the " + name);
    return new Connection(name);
  }

  String ask(String question) {
    return sleep(Duration.ofMillis(100), "the " + name + " was asked for " + question);
  }

  @Override
  public void close() {
    IO.println("saying goodbye to the " + name);
    sleep(Duration.ofMillis(100));
    IO.println("closed");
  }
}
