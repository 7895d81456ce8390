// SPDX-License-Identifier: Apache-2.0
package tepal.loops;

import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.Runner;
import tepal.Task;

/// One loop of a group and the thread that runs it.
final class GroupLoop implements Runnable {
  /*
   * The thread's program is a task that runs the initialiser and then waits to be cancelled, which is
   * how the loop is stopped. The runner's close cancels whatever else runs there. From the request to
   * stop on, bodies that have not begun are refused, so that none begins behind the runner's back.
   */

  // tasks run on the stack of the thread that carries them, as on that of `tepal-carrier`
  private static final long STACK_SIZE = Long.getLong("tepal.carrierStackSize", 64L << 20);

  // the loops of all groups, for as long as their threads live
  private static final Map<EventLoop, GroupLoop> RUNNING = new ConcurrentHashMap<>();

  final String name;
  private final Supplier<EventLoop.Builder> builder;
  private final LoopGroup.Initializer initializer;

  // done when the initialiser has ended; fails with what it, or making the loop, failed with
  final CompletableFuture<EventLoop> opened = new CompletableFuture<>();

  // done when the loop is closed; the value is what ended it unasked, or null
  final CompletableFuture<@Nullable Throwable> ended = new CompletableFuture<>();

  // set by any thread
  private volatile boolean stopping;

  // set by the loop's thread before it runs
  private volatile @Nullable EventLoop loop;

  // confined to the loop: the task that waits for the stop
  private @Nullable Task<?> serving;

  GroupLoop(String name, Supplier<EventLoop.Builder> builder, LoopGroup.Initializer initializer) {
    this.name = name;
    this.builder = builder;
    this.initializer = initializer;
  }

  /// Starts the thread. If there is none to be had, that is what opening fails with.
  void start() {
    try {
      Thread thread =
          new Thread(null, this, name, STACK_SIZE, /* inheritInheritableThreadLocals= */ false);
      thread.setDaemon(true);
      thread.start();
    } catch (Throwable noThread) {
      boolean _ = opened.completeExceptionally(noThread);
      boolean _ = ended.complete(null);
    }
  }

  boolean isOpen() {
    return !stopping && !ended.isDone();
  }

  /// Returns whether a loop is one of a group and is to stop.
  static boolean isStopping(EventLoop loop) {
    GroupLoop member = RUNNING.get(loop);
    return member != null && member.stopping;
  }

  /// Refuses what would begin on a loop that is to stop.
  static void requireOpen(EventLoop loop) {
    if (isStopping(loop)) {
      throw new IllegalStateException(
          "Expected a loop whose group is open, but the group is stopped: " + loop);
    }
  }

  /// Asks the loop to end. May be called from any thread.
  void stop() {
    stopping = true;
    EventLoop running = loop;
    if (running != null) {
      try {
        var _ = running.callSoonThreadsafe(this::cancelServing);
      } catch (IllegalStateException closed) {
        return;
      }
    }
  }

  private void cancelServing() {
    if (serving != null) {
      boolean _ = serving.cancel();
    }
  }

  // ---- The loop's thread

  @Override
  public void run() {
    Throwable failure = null;
    EventLoop made = null;
    try (Runner runner = new Runner(builder.get())) {
      made = runner.getLoop();
      RUNNING.put(made, this);
      loop = made;
      // Not Runner.run, which would take Ctrl-C from the program.
      try {
        made.runUntilComplete(this::serve);
      } finally {
        stopping = true; // nothing begins here any more, also if this was not asked for
      }
    } catch (Throwable e) {
      failure = e;
    }
    if (made != null) {
      RUNNING.remove(made);
    }
    boolean neverOpened = opened.completeExceptionally(
        failure == null ? new CancelledError("The group was stopped") : failure);
    if (failure != null && !neverOpened) {
      System.getLogger("tepal")
          .log(Level.ERROR, "Loop " + name + " ended, though nobody stopped it", failure);
    }
    boolean _ = ended.complete(neverOpened ? null : failure);
  }

  private void serve() {
    serving = Asyncio.currentTask();
    EventLoop running = Asyncio.getRunningLoop();
    try {
      if (stopping) {
        return;
      }
      initializer.initialize(running);
      boolean _ = opened.complete(running);
      Object _ = running.createFuture().await();
    } catch (CancelledError e) {
      if (!stopping) {
        throw e;
      }
    } catch (Throwable e) {
      // Kept here as the same instance.
      if (!opened.completeExceptionally(e)) {
        throw RemoteCall.<RuntimeException>sneak(e);
      }
    }
  }
}
