// SPDX-License-Identifier: Apache-2.0
package tepal.blocking;

import tepal.Context;
import tepal.EventLoop;

/// How threads reach the loop that they work for.
///
/// @param loop the loop
/// @param context in which callbacks run: a copy of that of whoever made the pipe or child
public record LoopCalls(EventLoop loop, Context context) {

  /// Calls `callback` on the loop, unless that is closed. May be called from any thread.
  ///
  /// @param callback what to call
  /// @return whether it will be called
  public boolean call(Runnable callback) {
    try {
      var _ = loop.callSoonThreadsafe(callback, context);
      return true;
    } catch (IllegalStateException closed) {
      return false;
    }
  }

  /// Calls `callback` in the next iteration, unless the loop is closed. Must be called from
  /// the loop.
  ///
  /// @param callback what to call
  public void callSoon(Runnable callback) {
    if (!loop.isClosed()) {
      var _ = loop.callSoon(callback, context);
    }
  }
}
