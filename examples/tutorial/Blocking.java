// SPDX-License-Identifier: Apache-2.0
//
// What computes or reads files goes to a thread, so that the loop can turn.
//
//   ./tepal run examples/tutorial/Blocking.java

import static tepal.Asyncio.*;

Duration longestPause = Duration.ZERO;

void main() {
  run(() -> {
    var heart = createTask(this::beat);
    sleep(Duration.ofMillis(100));

    toThread(this::compute);
    IO.println("in a thread: the heart paused for " + longestPause.toMillis() + " ms");

    compute();
    sleep(Duration.ofMillis(20)); // let the heart notice
    IO.println("on the loop: the heart paused for " + longestPause.toMillis() + " ms");
    heart.cancel();
  });
}

/// Wants to run every 10 ms, and remembers the longest pause.
void beat() {
  while (true) {
    Duration before = getRunningLoop().time();
    sleep(Duration.ofMillis(10));
    Duration pause = getRunningLoop().time().minus(before);
    longestPause = pause.compareTo(longestPause) > 0 ? pause : longestPause;
  }
}

/// Stands for half a second of computing.
void compute() {
  long end = System.nanoTime() + 500_000_000;
  while (System.nanoTime() < end) {
    Thread.onSpinWait();
  }
}
