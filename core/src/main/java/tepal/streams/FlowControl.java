// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.Future;
import tepal.sync.Event;

/// The protocol's side of flow control: what [StreamWriter#drain()] and
/// [StreamWriter#waitClosed()] wait for.
///
/// A protocol whose connection a [StreamWriter] writes to has one, and hands on to it what
/// the transport says. Confined to the loop.
///
/// Mirrors `asyncio.streams.FlowControlMixin`.
public final class FlowControl {
  // true wakes a task normally, false because the connection was lost with an exception
  private final ArrayDeque<Future<Boolean>> drains = new ArrayDeque<>(2);
  private final Event closed = new Event();
  private boolean paused;

  // why the connection was lost; null before that, and if it was simply closed
  private @Nullable Throwable exception;

  /// Creates the flow control of a connection that was not lost, with writing not paused.
  public FlowControl() {}

  /// Lets tasks in [#drain()] wait, from now on. Returns immediately.
  ///
  /// @throws IllegalStateException if writing is paused already
  public void pauseWriting() {
    requirePaused(false);
    paused = true;
  }

  /// Wakes the tasks that wait in [#drain()]. Returns immediately.
  ///
  /// @throws IllegalStateException if writing is not paused
  public void resumeWriting() {
    requirePaused(true);
    paused = false;
    wakeAll(true);
  }

  /// Wakes all tasks that wait: those in [#drain()] throw `exception`, if there is one.
  /// Returns immediately. A second call has no effect.
  ///
  /// @param reason why the connection was lost; null if it was simply closed
  public void connectionLost(@Nullable Throwable reason) {
    if (closed.isSet()) {
      return;
    }
    exception = reason;
    closed.set();
    wakeAll(reason == null);
  }

  /// Suspends the current task until writing is not paused. Returns immediately, without
  /// suspending, if it is not. Several tasks may wait.
  ///
  /// If cancelled while waiting, nothing else happens.
  ///
  /// @throws UncheckedIOException if the connection was lost before; or while waiting, with
  ///     an `IOException`
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and the calling thread runs no
  ///     task
  public void drain() {
    if (closed.isSet()) {
      throw new UncheckedIOException(
          "Connection lost", new IOException("Connection lost", exception));
    }
    if (paused) {
      awaitResumed();
    }
  }

  private void awaitResumed() {
    Future<Boolean> waiter = Asyncio.getRunningLoop().createWaiter(this);
    drains.addLast(waiter);
    boolean resumed;
    try {
      resumed = waiter.await();
    } finally {
      drains.remove(waiter);
    }
    if (!resumed) {
      throwException();
    }
  }

  /// Suspends the current task until the connection is lost, and throws why, if there is a
  /// reason.
  ///
  /// If cancelled while waiting, nothing else happens.
  ///
  /// @throws UncheckedIOException if it was lost with an `IOException`; any other exception
  ///     is thrown as it is
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and the calling thread runs no
  ///     task
  public void waitClosed() {
    if (!closed.isSet()) {
      closed.await();
    }
    throwException();
  }

  private void throwException() {
    if (exception != null) {
      throw Failures.unchecked(exception);
    }
  }

  private void wakeAll(boolean normally) {
    for (var waiter : drains) {
      if (!waiter.done()) {
        waiter.setResult(normally);
      }
    }
  }

  private void requirePaused(boolean expected) {
    if (paused != expected) {
      throw new IllegalStateException("Expected writing %s, but it was%s paused"
          .formatted(expected ? "to be paused" : "not to be paused", expected ? " not" : ""));
    }
  }

  /// Returns the state and how many tasks wait, as in `FlowControl[paused, 2 draining]`.
  @Override
  public String toString() {
    String state = closed.isSet() ? "lost" : paused ? "paused" : "open";
    return "FlowControl["
        + state
        + (drains.isEmpty() ? "" : ", " + drains.size() + " draining")
        + "]";
  }
}
