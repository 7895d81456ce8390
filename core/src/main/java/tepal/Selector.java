// SPDX-License-Identifier: Apache-2.0
package tepal;

/// What a loop waits in when it has nothing to run, instead of parking: the seam for I/O.
///
/// The core knows nothing of sockets. A network layer installs its selector with
/// [EventLoop#installSelector]; without one the loop parks. Plays the part of `selectors` in
/// asyncio.
public interface Selector extends AutoCloseable {

  /// Waits for I/O, at most `timeoutNanos`, and hands what is ready to the loop with
  /// `callSoon`.
  ///
  /// Called on the loop's I/O thread only, which is a virtual thread for the loop's whole life
  /// and runs no user code; neither may this method.
  ///
  /// @param timeoutNanos how long to wait, in nanoseconds; 0 for not at all, [Long#MAX_VALUE]
  ///     for no limit
  void select(long timeoutNanos);

  /// Runs `turns`, which calls [#select] again and again until the loop is closed, and then
  /// [#close]. Called once, on the I/O thread: for what that thread needs all its life.
  ///
  /// @param turns what to run
  default void run(Runnable turns) {
    turns.run();
  }

  /// Returns whether tasks or callbacks have left something for [#select] to do, such as bytes
  /// to send. The loop then calls `select` at the end of the current iteration, however busy it
  /// is. Called on the loop, once in each iteration.
  ///
  /// @return whether there is something to do
  default boolean isPending() {
    return false;
  }

  /// Makes a [#select] that waits, or the next one, return at once. May be called from any
  /// thread.
  void wakeup();

  /// Returns when this next has something to do by itself, such as to give up a handshake: the
  /// loop then calls [#select]. Called on the loop when it is idle.
  ///
  /// @return the time, by the loop's clock, in nanoseconds; [Long#MAX_VALUE] for never
  default long deadlineNanos() {
    return Long.MAX_VALUE;
  }

  /// Returns whether I/O is outstanding, so that a virtual clock must not jump at once.
  ///
  /// @return whether something is registered
  boolean hasWork();

  /// Releases what the selector holds. Called once, on the I/O thread, when the loop is closed
  /// or [#select] has failed.
  @Override
  void close();
}
