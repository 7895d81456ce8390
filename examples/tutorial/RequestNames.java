// SPDX-License-Identifier: Apache-2.0
//
// A context variable: what a task and all that it calls know, without a parameter.
//
//   ./tepal run examples/tutorial/RequestNames.java

import static tepal.Asyncio.*;

import tepal.ContextVar;

ContextVar<String> page = new ContextVar<>("page", "-");

void main() {
  run(() -> {
    gather(() -> check("/home", 100), () -> check("/news", 200)).await();
    log("done");
  });
}

void check(String name, int millis) {
  page.set(name); // seen by this task and the tasks that it makes
  log("asking");
  sleep(Duration.ofMillis(millis));
  log("answered");
}

void log(String what) {
  IO.println("[" + page.get() + "] " + what);
}
