// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who waits for a loop to have had nothing to run for a while.
///
/// As in Trio's [`wait_all_tasks_blocked`][1] those with the shortest cushion are woken, and as
/// that ends the idleness, the others begin anew. Confined to the loop.
///
/// [1]: https://trio.readthedocs.io/en/stable/reference-testing.html
final class IdleWaits {
  private record Wait(long cushionNanos, Future<@Nullable Void> future) {}

  // shortest cushion first, then in the order in which they came
  private final List<Wait> waits = new ArrayList<>();

  boolean isEmpty() {
    return waits.isEmpty();
  }

  /// Lets `future` be done once the loop has been idle for `cushionNanos`.
  void add(long cushionNanos, Future<@Nullable Void> future) {
    Wait wait = new Wait(cushionNanos, future);
    int index = waits.size();
    while (index > 0 && waits.get(index - 1).cushionNanos > cushionNanos) {
      index--;
    }
    waits.add(index, wait);
    future.addCompletion(new Observer() {
      @Override
      void done(Future<?> done) {
        waits.remove(wait);
      }
    });
  }

  /// Returns for how much longer the loop, which has been idle for `idleNanos`, has to be idle
  /// until somebody is woken. Somebody has to wait.
  long leftNanos(long idleNanos) {
    return waits.getFirst().cushionNanos - idleNanos;
  }

  /// Wakes those with the shortest cushion, if the loop has been idle for so long. Somebody has
  /// to wait.
  void idleFor(long idleNanos) {
    if (leftNanos(idleNanos) > 0) {
      return;
    }
    long cushionNanos = waits.getFirst().cushionNanos;
    for (Wait wait : waits) {
      if (wait.cushionNanos > cushionNanos) {
        return;
      }
      if (!wait.future.done()) {
        wait.future.complete(null);
      }
    }
  }
}
