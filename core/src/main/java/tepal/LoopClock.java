// SPDX-License-Identifier: Apache-2.0
package tepal;

/// A loop's time: what [EventLoop#time()] reads and what its timers wait for.
///
/// [#system()] is the one in production; `tepal.testing.VirtualClock` jumps from timer to
/// timer. All methods are called by the loop, one at a time; an implementation needs no locks
/// unless it is also used by others. `nanoTime` must be cheap and must not block.
public interface LoopClock {

  /// Returns the clock of the machine, [System#nanoTime()].
  ///
  /// @return the clock
  static LoopClock system() {
    return SystemClock.INSTANCE;
  }

  /// Returns the time in nanoseconds since an arbitrary moment. It never goes back.
  ///
  /// @return the time
  long nanoTime();

  /// Says how long, in real nanoseconds, the loop may sleep: it has nothing to run, and
  /// nothing due before `deadlineNanos`. A clock of its own time may move to that deadline
  /// instead and return 0, or let the loop sleep a while and be asked again. What it throws
  /// ends the run of the loop and is thrown there.
  ///
  /// @param deadlineNanos the time of the next timer by this clock; [Long#MAX_VALUE] if there
  ///     is none
  /// @param outstanding what may still give the loop something to run
  /// @return how long to sleep at most; 0 or less for not at all, [Long#MAX_VALUE] for no
  ///     limit
  long idle(long deadlineNanos, Outstanding outstanding);

  /// What an idle loop still expects from outside.
  interface Outstanding {

    /// Returns whether calls in executors are outstanding, or somebody waits for the loop to be
    /// idle ([EventLoop#whenIdle]).
    ///
    /// @return whether there is such work
    boolean work();

    /// Returns whether something is outstanding that may come by itself, or may wait for this
    /// loop to go on: tasks or callbacks that JDK code suspended, such as a lock of
    /// `java.util.concurrent` or `Thread.sleep`, futures of the JDK, and open sockets.
    ///
    /// @return whether there is
    boolean maybe();

    /// Returns for how long, in real nanoseconds, the loop has had nothing to run.
    ///
    /// @return the time since the loop last ran anything
    long idleNanos();
  }
}
