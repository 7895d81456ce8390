// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.concurrent.CompletableFuture;
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
   * A loop that turns is asked: what looks at it is a callback, which has the turn. One that does not
   * begin with that in a short time is looked at as it is. The description of what a task waits for is code
   * of users, which may want a lock that a task of the hanging loop holds; so it is called on a thread that
   * can be given up, and if it does not come back either, there is a look without it.
   */
  private static final long TO_BEGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long TO_END_NANOS = TimeUnit.SECONDS.toNanos(5);

  /// Looks at a loop from any thread and returns what was seen.
  ///
  /// @param reading what looks, from the best place that is possible
  static <T> T look(Scheduler scheduler, Function<Vantage, T> reading) {
    return look(scheduler, reading, TO_BEGIN_NANOS, TO_END_NANOS);
  }

  /// Does the same with another patience: how long a look may take to begin, and then to end.
  static <T> T look(
      Scheduler scheduler, Function<Vantage, T> reading, long toBeginNanos, long toEndNanos) {
    if (!scheduler.isRunning() || scheduler.isOnLoop()) {
      return reading.apply(INSIDE);
    }
    Look<T> inside = new Look<>(reading, INSIDE);
    T seen = scheduler.loop.callIfOpen(inside) ? inside.await(toBeginNanos, toEndNanos) : null;
    // Not interrupted: the thread that it may have is the loop's.
    boolean _ = inside.cancel(/* mayInterruptIfRunning= */ false);
    if (seen == null) {
      Look<T> outside = new Look<>(reading, OUTSIDE);
      Thread _ = Thread.ofPlatform().daemon().name("tepal-look").start(outside);
      seen = outside.await(toBeginNanos, toEndNanos);
      boolean _ = outside.cancel(/* mayInterruptIfRunning= */ true);
    }
    return seen == null ? reading.apply(OUTSIDE_ALONE) : seen;
  }

  /// One look, on another thread than that of who wants to know.
  private static final class Look<T> extends FutureTask<T> {
    private final CompletableFuture<Boolean> begun = new CompletableFuture<>();

    Look(Function<Vantage, T> reading, Vantage from) {
      super(() -> reading.apply(from));
    }

    @Override
    public void run() {
      boolean _ = begun.complete(true);
      super.run();
    }

    /// Waits for what is seen, and returns null if that takes too long or fails.
    @Nullable T await(long toBeginNanos, long toEndNanos) {
      return inTime(begun, toBeginNanos) == null ? null : inTime(this, toEndNanos);
    }

    @Override
    public String toString() {
      return "a look at the tasks";
    }
  }

  private static <T> @Nullable T inTime(java.util.concurrent.Future<T> future, long nanos) {
    long deadline = System.nanoTime() + nanos;
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
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
