// SPDX-License-Identifier: Apache-2.0
//
// Debug mode names a callback or task that holds up the loop, and a task that nobody awaits.
//
//   ./tepal run --debug examples/DebugMode.java

import static tepal.Asyncio.*;

import tepal.TaskOptions;

void main() {
  run(() -> {
    IO.println("debug: " + getRunningLoop().getDebug());
    getRunningLoop().setSlowCallbackDuration(Duration.ofMillis(50));
    createTask(this::computeTooLong, TaskOptions.named("greedy")).await();
    IO.println("a warning about greedy is on stderr");
  });
}

// Gives nobody else a turn: it neither awaits nor blocks, it computes.
void computeTooLong() {
  long end = System.nanoTime() + Duration.ofMillis(300).toNanos();
  while (System.nanoTime() < end) {
    Thread.onSpinWait();
  }
}
