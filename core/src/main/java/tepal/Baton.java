// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Portable mode: the strands of a loop are virtual threads of the JDK's own scheduler, and
/// hand the turn on to each other like a baton.
final class Baton extends Turns {
  /*
   * There is no thread that turns the loop: whoever gives up its turn asks the scheduler for the
   * next strand and wakes it, which costs one hand-over between virtual threads, and none at all when the next
   * strand is itself. While the loop is idle, the strand that found nothing to run waits in the scheduler, parked.
   * The thread that called `run` takes part as a strand that has its turn when the run is over.
   */
  static final Baton INSTANCE = new Baton();

  private Baton() {}

  @Override
  LoopMode mode() {
    return LoopMode.PORTABLE;
  }

  @Override
  Strand strand(
      Scheduler scheduler,
      @Nullable Task<?> task,
      Context context,
      String name,
      @Nullable Runnable body) {
    return new Runner(scheduler, task, context, name, body);
  }

  @Override
  void run(Scheduler scheduler) {
    Caller caller = new Caller(scheduler);
    scheduler.caller = caller;
    try {
      Strand first = scheduler.next();
      if (first != null) {
        ((Holder) first).wakeUp();
        caller.awaitTurn();
        scheduler.current = null;
      }
    } finally {
      scheduler.caller = null;
    }
  }

  /// Whoever can hold the baton.
  private abstract static sealed class Holder extends Strand permits Runner, Caller {
    // set by the strand that hands on the turn, cleared by this one
    private volatile boolean hasTurn;

    Holder(Scheduler scheduler, @Nullable Task<?> task, Context context) {
      super(scheduler, task, context);
    }

    /// Hands the turn to this strand. Called by the one that has it.
    void wakeUp() {
      hasTurn = true;
      LockSupport.unpark(thread());
    }

    /// Hands the turn to the next strand, or to the caller of `run` if there is none. Returns
    /// whether that was this strand itself, which then goes on.
    boolean passTurn() {
      scheduler.current = null;
      Strand next = scheduler.next();
      if (next == this) {
        return true;
      }
      Holder to = (Holder) (next == null ? scheduler.caller : next);
      if (to == null) {
        throw new AssertionError("A turn without a run");
      }
      to.wakeUp();
      return false;
    }

    void awaitTurn() {
      boolean interrupted = false;
      while (!hasTurn) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
      hasTurn = false;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// The thread that called `run`.
  private static final class Caller extends Holder {
    private final Thread thread = Thread.currentThread();

    Caller(Scheduler scheduler) {
      super(scheduler, null, new Context());
      state = RUNNING;
    }

    @Override
    Thread thread() {
      return thread;
    }

    @Override
    void suspend() {
      throw new UnsupportedOperationException("The thread that runs a loop waits for its end only");
    }
  }

  /// A strand with a virtual thread of its own.
  private static final class Runner extends Holder implements Runnable {
    private final Thread thread;
    // null for a task's strand, which runs the task
    private final @Nullable Runnable body;

    Runner(
        Scheduler scheduler,
        @Nullable Task<?> task,
        Context context,
        String name,
        @Nullable Runnable body) {
      super(scheduler, task, context);
      this.body = body;
      this.thread = Thread.ofVirtual().unstarted(this);
      if (!name.isEmpty()) {
        thread.setName(name);
      }
    }

    @Override
    Thread thread() {
      return thread;
    }

    @Override
    void wakeUp() {
      if (state == NEW) {
        thread.start();
      } else {
        super.wakeUp();
      }
    }

    @Override
    public void run() {
      state = RUNNING;
      scheduler.current = this;
      if (task != null) {
        task.runBody();
      } else if (body != null) {
        body.run();
      }
      state = DONE;
      returnToStarter();
      boolean _ = passTurn();
    }

    @Override
    void suspend() {
      state = SUSPENDED;
      returnToStarter();
      if (!passTurn()) {
        awaitTurn();
      }
      state = RUNNING;
      scheduler.current = this;
    }
  }
}
