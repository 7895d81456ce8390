// SPDX-License-Identifier: Apache-2.0
//
// A timeout cancels what takes too long and throws a TimeoutException; shield keeps a task from it.
//
//   ./tepal run examples/Timeouts.java

import static tepal.Asyncio.*;

import tepal.*;

Duration limit = Duration.ofMillis(200);

void main() {
  run(() -> {
    IO.println(timeout(limit, () -> sleep(Duration.ofMillis(50), "in time")));
    try {
      timeout(limit, () -> sleep(Duration.ofHours(1)));
    } catch (TimeoutException e) {
      IO.println("too late: a block");
    }
    try {
      waitFor(() -> sleep(Duration.ofHours(1)), limit);
    } catch (TimeoutException e) {
      IO.println("too late: a call");
    }

    var slow = createTask(() -> sleep(Duration.ofMillis(400), "finished all the same"));
    try {
      waitFor(shield(slow), limit);
    } catch (TimeoutException e) {
      IO.println("too late: a shielded task, which goes on");
    }
    IO.println(slow.await());

    Timeout patient = Timeout.after(limit);
    patient.run(() -> {
      patient.reschedule(getRunningLoop().time().plusSeconds(10));
      sleep(Duration.ofMillis(300));
    });
    IO.println("rescheduled, expired: " + patient.expired());
  });
}
