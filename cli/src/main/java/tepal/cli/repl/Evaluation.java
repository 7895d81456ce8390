// SPDX-License-Identifier: Apache-2.0
package tepal.cli.repl;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tepal.Awaitable;
import tepal.CancelledError;
import tepal.Context;
import tepal.EventLoop;
import tepal.Future;
import tepal.Task;
import tepal.TaskOptions;

/// A snippet that runs as a task of the loop while the shell's thread waits for it.
final class Evaluation {
  /*
   * What Ctrl-C does, the mildest means first:
   *
   *  - The task is cancelled, as any other, by a callback of the loop.
   *  - If that callback does not run within the grace, whatever has the turn computes and does not
   *    give it up. Then the next check in the code of a snippet throws.
   *  - If the task has swallowed the cancellation, or is in code without checks, a second Ctrl-C
   *    lets the shell go on without it.
   */
  private final EventLoop loop;
  private final Context context;
  private final Awaitable<Ended> body;
  private final Duration grace;
  private final CompletableFuture<Ended> ended = new CompletableFuture<>();
  private final AtomicInteger interrupts = new AtomicInteger();

  // null until the loop has come to it; confined to the loop
  private @Nullable Task<Ended> task;

  Evaluation(EventLoop loop, Context context, Awaitable<Ended> body, Duration grace) {
    this.loop = loop;
    this.context = context;
    this.body = body;
    this.grace = grace;
  }

  /// How a snippet ended.
  sealed interface Ended {}

  /// @param text the text of the value
  record Value(String text) implements Ended {}

  /// @param failure what the snippet threw
  record Failed(Throwable failure) implements Ended {}

  /// Ctrl-C ended it.
  record Interrupted() implements Ended {}

  /// It goes on in spite of Ctrl-C.
  record Abandoned() implements Ended {}

  /// Runs the snippet and waits until it has ended. Called by the shell's thread.
  Ended run() {
    var _ = loop.callSoonThreadsafe(this::start, new Context());
    return ended.join();
  }

  private void start() {
    // Not by the loop's task factory, which may be one of the user's.
    Task<Ended> started =
        loop.newTask(body, new TaskOptions(null, context, /* eagerStart= */ false));
    task = started;
    started.addDoneCallback(this::done);
  }

  /// Returns the snippet's task, or null if the loop has not come to it. Called on the loop.
  @Nullable Task<?> task() {
    return task;
  }

  private void done(Future<Ended> done) {
    boolean _ = ended.complete(howItEnded(done));
  }

  private Ended howItEnded(Future<Ended> done) {
    if (!done.cancelled()) {
      Throwable failure = done.exception();
      return failure == null ? done.result() : new Failed(failure);
    }
    if (interrupts.get() > 0) {
      return new Interrupted();
    }
    try {
      return done.result();
    } catch (CancelledError e) {
      return new Failed(e);
    }
  }

  /// Handles Ctrl-C. Called on the thread of the signal, which it keeps for a while.
  void interrupt() throws InterruptedException {
    boolean first = interrupts.incrementAndGet() == 1;
    CountDownLatch reached = new CountDownLatch(1);
    var _ = loop.callSoonThreadsafe(() -> cancel(reached), new Context());
    if (!reached.await(grace.toNanos(), TimeUnit.NANOSECONDS)) {
      StopCheck.request();
      if (reached.getCount() == 0) {
        StopCheck.withdraw();
      }
    }
    if (!first) {
      var _ = ended.completeOnTimeout(new Abandoned(), grace.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void cancel(CountDownLatch reached) {
    reached.countDown();
    StopCheck.withdraw();
    if (task != null) {
      boolean _ = task.cancel("Ctrl-C");
    }
  }
}
