// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// From where the state of a loop is looked at.
enum Vantage {
  /// With the turn, or while nobody has it: what is seen is what is there.
  INSIDE,

  /// While the loop runs, or hangs: what is seen may be of several moments.
  OUTSIDE,

  /// The same, with none of its user's code called, as that has not come back before.
  OUTSIDE_ALONE;

  /*
   * A loop that turns is asked: what looks at it is a callback, which has the turn. One that does not answer in
   * a short time is looked at as it is. The description of what a task waits for is code of users, which
   * may want a lock that a task of the hanging loop holds; so it is called on a thread that can be given
   * up, and if it does not come back either, there is a look without it.
   */
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /// Looks at a loop from any thread and returns what was seen.
  ///
  /// @param reading what looks, from the best place that is possible
  static <T> T look(Scheduler scheduler, Function<Vantage, T> reading) {
    if (!scheduler.isRunning() || scheduler.isOnLoop()) {
      return reading.apply(INSIDE);
    }
    FutureTask<T> inside = new FutureTask<>(() -> reading.apply(INSIDE));
    T seen = scheduler.loop.callIfOpen(inside) ? inTime(inside) : null;
    boolean _ = inside.cancel(/* mayInterruptIfRunning= */ false);
    if (seen == null) {
      FutureTask<T> outside = new FutureTask<>(() -> reading.apply(OUTSIDE));
      Thread.ofPlatform().daemon().name("tepal-look").start(outside);
      seen = inTime(outside);
      boolean _ = outside.cancel(/* mayInterruptIfRunning= */ true);
    }
    return seen == null ? reading.apply(OUTSIDE_ALONE) : seen;
  }

  /// Returns what `look` gives, or null if that takes too long or fails.
  private static <T> @Nullable T inTime(FutureTask<T> look) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return look.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true; // put aside: somebody wants to see what hangs
        }
      }
    } catch (TimeoutException | ExecutionException e) {
      return null;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Returns the text of an object of a user.
  String textOf(@Nullable Object object) {
    return this != OUTSIDE_ALONE || object == null || object instanceof String
        ? ErrorReports.textOf(object)
        : object.getClass().getSimpleName();
  }

  /// Returns who holds what a task waits for.
  @Nullable Thread holderOf(Blocker blocker) {
    if (this == OUTSIDE_ALONE && !Origin.isOurs(blocker.getClass())) {
      return null;
    }
    try {
      return blocker.holder();
    } catch (RuntimeException | StackOverflowError e) {
      return null;
    }
  }
}
