// SPDX-License-Identifier: Apache-2.0
//
// Ten thousand tasks, or as many as you say, sleep a random time below a second, all at once.
//
//   ./tepal run examples/MillionTasks.java
//   ./tepal run examples/MillionTasks.java 1000000

import static tepal.Asyncio.*;

import tepal.TaskGroup;

int ran;
Duration slept = Duration.ZERO;

void main(String[] arguments) {
  int count = arguments.length == 0 ? 10_000 : Integer.parseInt(arguments[0]);
  Random random = new Random();
  run(() -> {
    Duration start = getRunningLoop().time();
    TaskGroup.run(group -> {
      for (int i = 0; i < count; i++) {
        group.createTask(() -> sleepBelowASecond(random));
      }
    });
    Duration elapsed = getRunningLoop().time().minus(start);
    IO.println("%d tasks slept %.0f s in all, and %.2f s went by"
        .formatted(ran, slept.toMillis() / 1000.0, elapsed.toMillis() / 1000.0));
  });
}

void sleepBelowASecond(Random random) {
  Duration delay = Duration.ofNanos(random.nextLong(1_000_000_000));
  sleep(delay);
  ran++;
  slept = slept.plus(delay);
}
