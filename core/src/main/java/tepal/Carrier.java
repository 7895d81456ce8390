// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Opened mode: the thread that runs a loop carries its strands, which are virtual threads
/// that have no other scheduler.
final class Carrier extends Turns {
  static final Carrier INSTANCE = new Carrier();

  private Carrier() {
    loadWhatIsNeededLater();
  }

  /// Loads the classes that the carrier would otherwise load between two turns.
  ///
  /// A class loader takes locks of the JDK. If a strand of the loop waits for such a lock, it is
  /// the one to get it, and gets it when the carrier runs it; a carrier that waits for the same
  /// lock meanwhile waits for ever.
  private static void loadWhatIsNeededLater() {
    for (Class<?> each :
        List.of(BlockedCallbacks.Entry.class, CallbackThread.class, DebugReports.Report.class)) {
      try {
        Class<?> _ = Class.forName(each.getName(), /* initialize= */ true, each.getClassLoader());
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  LoopMode mode() {
    return LoopMode.OPENED;
  }

  @Override
  Strand strand(
      Scheduler scheduler,
      @Nullable Task<?> task,
      Context context,
      String name,
      @Nullable Runnable body) {
    return new Carried(scheduler, task, context, name, body);
  }

  @Override
  Strand strand(Scheduler scheduler, GeneratorThread generator) {
    return new Carried(scheduler, (GeneratorThread.Carried) generator);
  }

  @Override
  void run(Scheduler scheduler) {
    FirstEnd.onThisThread();
    scheduler.heldMonitors.settle();
    for (Strand next = scheduler.next(); next != null; next = scheduler.next()) {
      Carried strand = (Carried) next;
      scheduler.current = strand;
      strand.takeTurn();
      scheduler.current = null;
      if (strand.state == Strand.RUNNING) {
        scheduler.suspendedByJdk(strand);
      }
      strand.returnToStarter();
    }
  }

  /// A strand on a virtual thread whose scheduler it is.
  private static final class Carried extends Strand implements Executor, Runnable {
    /*
     * Being the scheduler of its own thread, a strand knows whose continuation it is given. It gives
     * up its turn with `Thread.yield`, not `LockSupport.park`: a yielded thread is in
     * nobody's hands but ours, where a parked one could be woken by a stray permit or kept awake by
     * an interrupt. A pinned thread does not yield at all, which is seen when `yield` returns in the state
     * that no turn has changed.
     *
     * Who calls `execute`, and what it means:
     *  - `start()` in the first turn: the continuation itself, kept;
     *  - the JDK after a yield of ours: nothing, the ready queue decides when to go on;
     *  - the JDK when a thread that it suspended can go on, from any thread: queued;
     *  - a sampler that took this thread's stack while it was yielded: an echo, ignored;
     *  - anything for a virtual thread that was started inside this one and so inherited its
     *    scheduler: run elsewhere.
     */
    private static final byte RESUMING = 4;

    private final Thread thread;
    // null for a task's strand, which runs the task; a generator's strand has its GeneratorThread
    private final @Nullable Runnable body;
    private @Nullable Runnable continuation;

    Carried(
        Scheduler scheduler,
        @Nullable Task<?> task,
        Context context,
        String name,
        @Nullable Runnable body) {
      super(scheduler, task, context);
      this.body = body;
      this.thread = VirtualThreads.builder(this).unstarted(this);
      if (!name.isEmpty()) {
        thread.setName(name);
      }
    }

    Carried(Scheduler scheduler, GeneratorThread.Carried generator) {
      super(scheduler, null, new Context());
      this.body = generator;
      this.thread = generator.thread();
      this.continuation = generator.continuation();
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
    public void run() {
      if (task != null) {
        task.runBody();
      } else if (body != null) {
        body.run();
      }
      state = DONE;
    }

    /// Runs the thread until it gives up its turn, ends, or is suspended by JDK code. Called
    /// by the carrier.
    void takeTurn() {
      if (state == SUSPENDED) {
        resume();
      } else if (state == RUNNING) {
        requeued = false;
        continueFrom(continuation);
      } else {
        state = RUNNING;
        thread.start();
        continueFrom(continuation);
      }
    }

    @SuppressWarnings("ThreadPriorityCheck") // the other thread needs the processor to finish
    private void resume() {
      state = RESUMING;
      continueFrom(continuation);
      while (state == RESUMING) {
        // Somebody takes the thread's stack just now, which bars it from running for some
        // microseconds.
        Thread.yield();
        continueFrom(continuation);
      }
    }

    private static void continueFrom(@Nullable Runnable continuation) {
      if (continuation == null) {
        throw new IllegalStateException(
            "The JDK did not schedule a virtual thread that was started");
      }
      continuation.run();
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // the way to unmount, see above
    void suspend() {
      state = SUSPENDED;
      Thread.yield();
      if (state == SUSPENDED) {
        state = RUNNING;
        throw pinned();
      }
      state = RUNNING;
    }

    @Override
    void arrive() {
      state = RUNNING;
    }

    @Override
    void passOn(byte newState) {
      state = newState;
    }

    @Override
    public void execute(Runnable runnable) {
      if (continuation == null) {
        continuation = runnable;
      } else if (runnable != continuation) {
        VirtualThreads.runElsewhere(runnable);
      } else {
        runnableAgain();
      }
    }

    @Override
    void runnableAgain() {
      if (scheduler.isOnLoop()) {
        scheduler.runnableAgain(this);
      } else {
        scheduler.inbox.push(this);
        if (scheduler.loop.isClosed()) {
          scheduler.end.lookAgain();
        }
      }
    }
  }
}
