// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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
   *
   * A strand that is pinned while it waits keeps its carrier. That does no harm until the JDK has no
   * carrier left for the strand whose turn it is, which nobody could notice from within: the watchdog
   * then takes that turn away again, and gives it to a pinned strand with an error.
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
  Strand strand(Scheduler scheduler, GeneratorThread generator) {
    return new Runner(scheduler, generator);
  }

  @Override
  void run(Scheduler scheduler) {
    FirstEnd.elsewhere();
    Caller caller = new Caller(scheduler);
    scheduler.caller = caller;
    try {
      Strand first = scheduler.next();
      if (first != null) {
        scheduler.successor = first;
        ((Holder) first).wakeUp();
        caller.awaitTurn();
        scheduler.current = null;
      }
    } finally {
      scheduler.caller = null;
    }
  }

  @Override
  @Nullable String rescue(Scheduler scheduler) {
    if (!(scheduler.successor instanceof Runner successor) || !successor.takeTurn()) {
      return null;
    }
    // Now the turn is this thread's.
    for (Task<?> task : scheduler.tasks.snapshot()) {
      if (task.strandOrNull() instanceof Runner waiting && waiting.isPinned()) {
        scheduler.addFirst(successor);
        scheduler.successor = waiting;
        waiting.failed = true;
        waiting.wakeUp();
        return "no carrier of the JDK's is free to run the next task, as threads are pinned; the wait"
            + " of %s fails, which pins one".formatted(task);
      }
    }
    successor.wakeUp();
    return "no carrier of the JDK's is free to run the next task";
  }

  /// Whoever can hold the baton.
  private abstract static sealed class Holder extends Strand permits Runner, Caller {
    private static final VarHandle HAS_TURN;

    static {
      try {
        HAS_TURN = MethodHandles.lookup().findVarHandle(Holder.class, "hasTurn", boolean.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    // set by the strand that hands on the turn, cleared by this one, or by a rescue
    private volatile boolean hasTurn;

    Holder(Scheduler scheduler, @Nullable Task<?> task, Context context) {
      super(scheduler, task, context);
    }

    /// Hands the turn to this strand. Called by the one that has it.
    void wakeUp() {
      giveTurn();
      LockSupport.unpark(thread());
    }

    @Override
    final void runnableAgain() {
      throw new UnsupportedOperationException("In portable mode the JDK schedules its threads");
    }

    final void giveTurn() {
      hasTurn = true;
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
      scheduler.successor = to;
      to.wakeUp();
      return false;
    }

    boolean takeTurn() {
      return hasTurn && HAS_TURN.compareAndSet(this, true, false);
    }

    void awaitTurn() {
      boolean interrupted = false;
      while (!takeTurn()) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
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
    @Nullable Strand driver() {
      return null;
    }

    @Override
    void arrive() {
      throw new UnsupportedOperationException("No generator runs on the thread that runs a loop");
    }

    @Override
    void passOn(byte newState) {
      throw new UnsupportedOperationException("No generator runs on the thread that runs a loop");
    }

    @Override
    void suspend() {
      throw new UnsupportedOperationException("The thread that runs a loop waits for its end only");
    }
  }

  /// A strand with a virtual thread of its own.
  private static final class Runner extends Holder implements Runnable {
    private final Thread thread;
    // null for a task's strand, which runs the task; a generator's strand has its GeneratorThread
    private final @Nullable Runnable body;

    private boolean started;

    // whether the turn that this gets is the one of a rescue
    private boolean failed;

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

    Runner(Scheduler scheduler, GeneratorThread generator) {
      super(scheduler, null, new Context());
      this.body = generator;
      this.thread = generator.thread();
      this.state = SUSPENDED;
    }

    @Override
    Thread thread() {
      return thread;
    }

    @Override
    @Nullable Strand driver() {
      return body instanceof GeneratorThread generator ? generator.driver() : null;
    }

    @Override
    void wakeUp() {
      if (body instanceof GeneratorThread generator) {
        giveTurn();
        generator.wake();
      } else if (started) {
        super.wakeUp();
      } else {
        started = true;
        super.wakeUp();
        thread.start();
      }
    }

    /// Returns whether this waits and keeps its carrier meanwhile, which waits too. Called while
    /// no strand has the turn.
    boolean isPinned() {
      return state == SUSPENDED && VirtualThreads.isPinned(thread);
    }

    @Override
    public void run() {
      awaitTurn();
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
    void arrive() {
      awaitTurn();
      state = RUNNING;
      scheduler.current = this;
    }

    @Override
    void passOn(byte newState) {
      state = newState;
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
      if (failed) {
        failed = false;
        throw pinned();
      }
    }
  }
}
