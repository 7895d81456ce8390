// SPDX-License-Identifier: Apache-2.0
//
// A test that waits for a week is over at once: time is virtual.
//
//   ./tepal run examples/tutorial/WeekInATest.java

import static tepal.Asyncio.*;

import tepal.*;
import tepal.testing.VirtualClock;

List<Duration> checks = new ArrayList<>();

void main() {
  try (var runner = new Runner(EventLoop.builder().clock(new VirtualClock()))) {
    runner.run(() -> {
      var checker = createTask(this::checkEveryDay);
      sleep(Duration.ofDays(7).plusHours(1));
      checker.cancel();
    });
  }
  IO.println("checked after " + checks);
  if (checks.size() != 7) {
    throw new AssertionError("Expected 7 checks, got " + checks);
  }
}

void checkEveryDay() {
  while (true) {
    sleep(Duration.ofDays(1));
    checks.add(getRunningLoop().time());
  }
}
