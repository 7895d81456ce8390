// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import tepal.Context;
import tepal.EventLoop;

/// How the threads of a child reach its loop.
///
/// @param loop the loop
/// @param context in which callbacks run: a copy of that of whoever started the child
record LoopCalls(EventLoop loop, Context context) {

  /// Calls `callback` on the loop, unless that is closed. May be called from any thread.
  /// Returns whether it will be called.
  boolean call(Runnable callback) {
    try {
      var _ = loop.callSoonThreadsafe(callback, context);
      return true;
    } catch (IllegalStateException closed) {
      return false;
    }
  }

  /// Calls `callback` in the next iteration, unless the loop is closed. Must be called from
  /// the loop.
  void callSoon(Runnable callback) {
    if (!loop.isClosed()) {
      var _ = loop.callSoon(callback, context);
    }
  }
}
