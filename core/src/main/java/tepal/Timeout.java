// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A limit on the time that a part of a task may take.
///
/// [Asyncio#timeout] is the short form; an object serves where the deadline moves, or where
/// one wants to know afterwards. When the deadline passes, the task is cancelled where it
/// waits, and on the way out of the scope that cancellation becomes a [TimeoutException].
///
/// A cancellation from elsewhere that arrives as well goes first: then [CancelledError] leaves
/// the scope. A body that ends normally although its time was up has not timed out;
/// [#expired()] tells.
///
/// Confined to the task that enters it; entered once.
///
/// Mirrors
/// [`asyncio.Timeout`](https://docs.python.org/3.14/library/asyncio-task.html#asyncio.Timeout).
public final class Timeout {
  private enum State {
    CREATED,
    ACTIVE,
    EXPIRING,
    EXPIRED,
    EXITED
  }

  /*
   * state      entered by         leaves by
   * ---------  -----------------  ------------------------------------------------------------
   * CREATED    a factory method   call() or run() → ACTIVE
   * ACTIVE     the body begins    the deadline → EXPIRING;  the body ends → EXITED
   * EXPIRING   the deadline       the body ends → EXPIRED
   */
  private State state = State.CREATED;

  // by the loop's clock; null for no limit
  private @Nullable Duration when;

  // set while ACTIVE or later
  private @Nullable Task<?> task;

  // null where there is no deadline to come
  private @Nullable Expiry expiry;

  private int cancellingAtEntry;

  private Timeout(@Nullable Duration when) {
    this.when = when;
  }

  /// Returns a limit that runs from now on the current loop, as `asyncio.timeout` does.
  ///
  /// @param delay how long the body may take; zero or negative lets it come to its first wait;
  ///     null for no limit
  /// @return the timeout, not entered yet
  /// @throws IllegalStateException if no loop runs on the current thread
  public static Timeout after(@Nullable Duration delay) {
    EventLoop loop = Asyncio.getRunningLoop();
    if (delay == null) {
      return new Timeout(null);
    }
    long now = loop.scheduler.clock.nanoTime();
    return at(Duration.ofNanos(Nanos.after(now, Nanos.of(delay))));
  }

  /// Returns a limit at a time, as `asyncio.timeout_at` does.
  ///
  /// @param when the deadline, by [EventLoop#time()]; null for none
  /// @return the timeout, not entered yet
  public static Timeout at(@Nullable Duration when) {
    return new Timeout(when);
  }

  /// Runs `body` under this limit and returns its value. Suspends when the body does.
  ///
  /// @param body what to run
  /// @param <T> the type of the value
  /// @param <X> what the body may throw
  /// @return the body's value
  /// @throws X if the body does
  /// @throws TimeoutException if the deadline passed and the cancellation left the body
  /// @throws CancelledError if the task is cancelled otherwise
  /// @throws IllegalStateException if this was entered before, or the current thread runs no
  ///     task
  public <T extends @Nullable Object, X extends Throwable> T call(Body<T, X> body) throws X {
    Task<?> entered = enter();
    T result;
    try {
      result = body.call();
    } catch (Throwable e) {
      Throwable leaving = entered.translate(e);
      throw Thrown.<RuntimeException>sneak(exit(entered) ? expired(leaving) : leaving);
    }
    entered.leaveScope();
    boolean _ = exit(entered);
    return result;
  }

  /// Runs `action` under this limit. Suspends when the action does.
  ///
  /// @param action what to run
  /// @param <X> what the action may throw
  /// @throws X if the action does
  /// @throws TimeoutException if the deadline passed and the cancellation left the action
  /// @throws CancelledError if the task is cancelled otherwise
  /// @throws IllegalStateException if this was entered before, or the current thread runs no
  ///     task
  public <X extends Throwable> void run(Action<X> action) throws X {
    Object _ = call(Asyncio.body(action));
  }

  /// Returns the deadline.
  ///
  /// @return the time, by [EventLoop#time()]; null if there is none
  public @Nullable Duration when() {
    return when;
  }

  /// Moves the deadline. Returns immediately; a deadline that has passed expires in the next
  /// iteration.
  ///
  /// @param newWhen the new deadline, by [EventLoop#time()]; null for none
  /// @throws IllegalStateException if the body does not run, or the time is up already
  public void reschedule(@Nullable Duration newWhen) {
    Task<?> entered = task;
    if (state != State.ACTIVE || entered == null) {
      throw new IllegalStateException(
          state == State.CREATED
              ? "Timeout has not been entered"
              : "Cannot change state of %s Timeout".formatted(describe()));
    }
    schedule(entered, newWhen);
  }

  private void schedule(Task<?> entered, @Nullable Duration newWhen) {
    when = newWhen;
    cancelExpiry();
    if (newWhen != null) {
      Expiry next = new Expiry(entered);
      expiry = next;
      long deadline = Nanos.of(newWhen);
      if (deadline <= entered.scheduler.clock.nanoTime()) {
        next.startSoon();
      } else {
        next.startAt(deadline);
      }
    }
  }

  /// Returns whether the deadline passed while the body ran.
  ///
  /// @return whether the time was up
  public boolean expired() {
    return state == State.EXPIRING || state == State.EXPIRED;
  }

  private Task<?> enter() {
    if (state != State.CREATED) {
      throw new IllegalStateException("Timeout has already been entered");
    }
    Task<?> current = Task.requireCurrent("A timeout");
    state = State.ACTIVE;
    task = current;
    cancellingAtEntry = current.cancelling();
    schedule(current, when);
    return current;
  }

  /// Leaves the scope. Returns whether its time was up and nobody else cancelled the task.
  private boolean exit(Task<?> entered) {
    cancelExpiry();
    if (state == State.ACTIVE) {
      state = State.EXITED;
      return false;
    }
    state = State.EXPIRED;
    return entered.uncancel() <= cancellingAtEntry;
  }

  /// Returns what is to leave a scope whose time was up in place of `thrown`.
  private static Throwable expired(Throwable thrown) {
    if (thrown instanceof CancelledError) {
      return new TimeoutException("The timeout expired", thrown);
    }
    noteExpiry(thrown);
    if (thrown instanceof ExceptionGroup group) {
      group.exceptions().forEach(Timeout::noteExpiry);
    }
    return thrown;
  }

  /// Leaves a trace of the timeout on an exception that the cancellation turned into, where
  /// asyncio splices a TimeoutError into the context chain.
  private static void noteExpiry(Throwable thrown) {
    for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof CancelledError) {
        thrown.addSuppressed(new TimeoutException("The timeout expired", cause));
        return;
      }
    }
  }

  private void cancelExpiry() {
    Expiry pending = expiry;
    if (pending != null) {
      expiry = null;
      pending.cancel();
    }
  }

  private String describe() {
    return switch (state) {
      case CREATED -> "created";
      case ACTIVE -> "active";
      case EXPIRING -> "expiring";
      case EXPIRED -> "expired";
      case EXITED -> "finished";
    };
  }

  @Override
  public String toString() {
    Duration deadline = when;
    return "Timeout["
        + describe()
        + (state == State.ACTIVE && deadline != null ? ", when=" + deadline : "")
        + "]";
  }

  private final class Expiry extends LoopTimer {
    private final Task<?> target;

    Expiry(Task<?> target) {
      this.target = target;
    }

    @Override
    Scheduler scheduler() {
      return target.scheduler;
    }

    @Override
    void fire() {
      boolean _ = target.requestCancel(null);
      state = State.EXPIRING;
      expiry = null;
    }
  }
}
