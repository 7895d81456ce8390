// SPDX-License-Identifier: Apache-2.0
//
// Debug mode names who holds up the loop, with the stack, and which task JDK code suspended.
//
//   ./tepal run --debug examples/DebugMode.java

import static tepal.Asyncio.*;

import tepal.TaskOptions;

void main() {
  run(() -> {
    IO.println("debug: " + getRunningLoop().getDebug());
    createTask(this::computeTooLong, TaskOptions.named("greedy")).await();
    createTask(() -> Thread.sleep(200), TaskOptions.named("sleepy")).await();
    IO.println(
        getRunningLoop().getDebug()
            ? "stderr says what greedy and sleepy did"
            : "nobody noticed; run this with --debug");
  });
}

// Gives nobody else a turn: it neither awaits nor blocks.
void computeTooLong() {
  long end = System.nanoTime() + Duration.ofMillis(300).toNanos();
  while (System.nanoTime() < end) {
    Thread.onSpinWait();
  }
}
