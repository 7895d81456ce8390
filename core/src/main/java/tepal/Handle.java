// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A callback that a loop will run, which can be cancelled until then.
///
/// Mirrors `asyncio.Handle`. Confined to the loop, but for the handle that
/// [EventLoop#callSoonThreadsafe] returns, which any thread may cancel.
public sealed class Handle extends Ready permits TimerHandle, ThreadsafeHandle {
  final Scheduler scheduler;
  private final Context context;

  // null once cancelled, so that what the callback holds can be collected
  private @Nullable Runnable callback;

  // in debug mode, where the callback was scheduled
  private final @Nullable Origin origin;

  Handle(Scheduler scheduler, Runnable callback, Context context) {
    this.scheduler = scheduler;
    this.callback = callback;
    this.context = context;
    this.origin = scheduler.debug ? Origin.here() : null;
  }

  /// Cancels the callback, so that it does not run. Has no effect if it has run or was
  /// cancelled.
  ///
  /// Returns immediately.
  public void cancel() {
    callback = null;
  }

  /// Returns whether the callback was cancelled.
  ///
  /// @return whether it was cancelled
  public boolean cancelled() {
    return callback == null;
  }

  /// Returns the context in which the callback runs.
  ///
  /// @return the context
  public Context getContext() {
    return context;
  }

  /// Runs the callback, unless it was cancelled. Called on a callback thread.
  void run() {
    Runnable due = callback;
    if (due != null) {
      due.run();
    }
  }

  /// Returns whether this is one of debug mode's own.
  final boolean isReport() {
    return callback instanceof DebugReports.Report;
  }

  List<StackTraceElement> origin() {
    return Origin.framesOf(origin);
  }

  @Override
  final @Nullable Strand dispatch(Scheduler on) {
    return cancelled() || on.closing ? null : on.callbackStrand(this);
  }

  @Override
  public String toString() {
    Runnable due = callback;
    return "Handle[" + (due == null ? "cancelled" : ErrorReports.textOf(due))
        + Origin.describe(origin) + "]";
  }
}
