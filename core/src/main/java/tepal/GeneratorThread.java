// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The virtual thread of a generator's body, and how control gets there and back.
abstract sealed class GeneratorThread implements Runnable {
  /*
   * Control is with the driver, whoever called `next`, or with the body: `resume` and `suspend` hand it
   * over, and never do both run. Who drives may change from step to step:
   *
   *  - A strand of a loop. The body then has a strand of that loop too, which acts for the driver's: it
   *    has its task and its context, so that the body awaits, is cancelled and is interrupted in the
   *    driver's place. Control is handed over by a switch of the loop to a strand that runs before
   *    everything else, so that nothing else runs in between. This is the same in both modes.
   *  - A thread outside any loop, which waits while the JDK's scheduler runs the body.
   *
   * All fields but `resumed` are plain: they belong to whoever has control, and handing it over makes
   * them visible.
   *
   * Not a bare `jdk.internal.vm.Continuation` on the driver's own thread: see ADR 10.
   */
  private static final String NAME = "tepal-generator";
  private static final Context NONE = new Context();

  private final Runnable body;

  // the strand that drives this now; null while nobody or a thread outside any loop does
  private @Nullable Strand driver;

  // the body's own strand, of the loop that drove this last
  private @Nullable Strand strand;

  // the thread outside any loop that drives this now
  private @Nullable Thread outsider;

  // what the body's context was made in this step; another one that the body has then is its own
  private Context given = NONE;

  // the same outside any loop: what the driver has, and what the body has taken from it
  private Context offered = NONE;
  private Context adopted = NONE;

  // whether the interrupt status goes along with control
  private boolean interrupted;

  private boolean ended;

  // whether control is with the body: set by the driver, cleared by the body
  private volatile boolean resumed;

  private GeneratorThread(Runnable body) {
    this.body = body;
  }

  static GeneratorThread of(Runnable body) {
    return VirtualThreads.areOpen() ? new Carried(body) : new Scheduled(body);
  }

  abstract Thread thread();

  /// Lets a loop carry this from now on.
  ///
  /// @throws IllegalStateException if this is pinned to another thread
  abstract void carriedNext();

  /// Lets the JDK's scheduler run this from now on.
  abstract void scheduledNext();

  /// Lets the JDK's scheduler run this, which waits for control or for a turn.
  abstract void wake();

  /// Waits on this thread until control is here. Returns false if it cannot wait, as it is
  /// pinned.
  abstract boolean awaitControl();

  // ---- On the driver's thread

  /// Lets the body go on, and returns when it suspends or ends. Suspends the driver's task
  /// while the body waits.
  ///
  /// @throws IllegalStateException if the driver's thread is pinned, so that it cannot give up
  ///     its turn; the body has not gone on then
  final void resume() {
    interrupted = Thread.interrupted();
    Strand current = Strand.current();
    try {
      if (current == null) {
        resumeFromOutside();
      } else {
        resumeFrom(current);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void resumeFrom(Strand from) {
    Scheduler scheduler = from.scheduler;
    if (scheduler.turns.mode() == LoopMode.OPENED) {
      carriedNext();
    } else {
      scheduledNext();
    }
    Strand own = strandIn(scheduler);
    takeOver(own, from);
    resumed = true;
    scheduler.runNext(own);
    try {
      from.suspend();
    } catch (IllegalStateException pinned) {
      resumed = false;
      scheduler.runNext(null);
      moveStarter(own, from);
      throw pinned;
    } finally {
      giveBack(own, from);
    }
  }

  private Strand strandIn(Scheduler scheduler) {
    Strand own = strand;
    if (own == null || own.scheduler != scheduler) {
      own = scheduler.turns.strand(scheduler, this);
      strand = own;
      given = own.context;
    }
    return own;
  }

  /// Lets the body's strand act for the driver's.
  private void takeOver(Strand own, Strand from) {
    driver = from;
    Task<?> task = from.task;
    own.task = task;
    if (task != null) {
      task.runsOn(own);
    }
    changeContext(own, from.context);
    moveStarter(from, own);
  }

  private void giveBack(Strand own, Strand from) {
    driver = null;
    Task<?> task = own.task;
    own.task = null;
    if (task != null) {
      task.runsOn(from);
    }
    changeContext(own, NONE);
  }

  /// Lets the turn that `to` gives up be the one that whoever started `from` eagerly waits
  /// for.
  private static void moveStarter(Strand from, Strand to) {
    to.starter = from.starter;
    from.starter = null;
  }

  private void changeContext(Strand own, Context context) {
    if (own.context == given) {
      own.context = context;
    }
    given = context;
  }

  private void resumeFromOutside() {
    outsider = Thread.currentThread();
    offered = Context.current();
    scheduledNext();
    resumed = true;
    wake();
    while (resumed) {
      LockSupport.park(this);
      if (Thread.interrupted()) {
        thread().interrupt();
      }
    }
    outsider = null;
  }

  /// Returns the strand that drives this now, or null.
  final @Nullable Strand driver() {
    return driver;
  }

  /// Tells the loop that drives this that it can go on after JDK code has suspended it. Called
  /// by any thread, also when this waits for control, which the loop then ignores.
  final void runnableAgain() {
    Strand own = strand;
    if (driver != null && own != null) {
      own.runnableAgain();
    }
  }

  // ---- On the body's thread

  @Override
  public final void run() {
    arrive();
    body.run();
    ended = true;
    leave();
  }

  /// Gives control back to the driver, and returns when this is resumed.
  ///
  /// @throws IllegalStateException if the body's thread is pinned; control has stayed here then
  final void suspend() {
    leave();
    if (!awaitControl()) {
      stay();
      throw Strand.pinned();
    }
    arrive();
  }

  private void leave() {
    interrupted = Thread.interrupted();
    Strand to = driver;
    Strand own = strand;
    Thread waiting = outsider;
    resumed = false;
    if (to == null || own == null) {
      LockSupport.unpark(waiting);
    } else {
      moveStarter(own, to);
      to.scheduler.runNext(to);
      own.passOn(ended ? Strand.DONE : Strand.SUSPENDED);
    }
  }

  /// Takes back that this has left. In opened mode in a loop only: elsewhere a pinned thread
  /// can wait.
  private void stay() {
    resumed = true;
    Strand to = driver;
    Strand own = strand;
    if (to != null && own != null) {
      to.scheduler.runNext(null);
      moveStarter(to, own);
    }
    arrive();
  }

  private void arrive() {
    Strand own = strand;
    if (driver != null && own != null) {
      own.arrive();
    } else if (adopted != offered) {
      adopt();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Lets the body have the context of a driver outside any loop, unless it has entered one of
  /// its own.
  private void adopt() {
    if (adopted == NONE || adopted == Context.current()) {
      Context.adopt(offered);
    }
    adopted = offered;
  }

  final boolean isResumed() {
    return resumed;
  }

  /// Parks until control is here. An interrupt meanwhile stays for later.
  final void parkUntilResumed() {
    boolean later = false;
    while (!resumed) {
      LockSupport.park(this);
      later |= Thread.interrupted();
    }
    interrupted |= later;
  }

  // ---- The two kinds

  /// A thread that the JDK's scheduler runs: where `java.lang` is not open.
  private static final class Scheduled extends GeneratorThread {
    private final Thread thread = Thread.ofVirtual().name(NAME).unstarted(this);
    private boolean started;

    Scheduled(Runnable body) {
      super(body);
    }

    @Override
    Thread thread() {
      return thread;
    }

    @Override
    void carriedNext() {
      throw new AssertionError("A loop in opened mode in a JVM that is not opened");
    }

    @Override
    void scheduledNext() {}

    @Override
    void wake() {
      if (started) {
        LockSupport.unpark(thread);
      } else {
        started = true;
        thread.start();
      }
    }

    @Override
    boolean awaitControl() {
      parkUntilResumed();
      return true;
    }
  }

  /// A thread that a loop in opened mode carries while it drives, and otherwise the JDK's
  /// scheduler.
  static final class Carried extends GeneratorThread implements Executor {
    private final Thread thread;
    private @Nullable Runnable continuation;

    // whether a loop carries this; written by the driver, read by any thread that makes this
    // runnable again
    private volatile boolean carried = true;

    // whether whoever has the continuation can run it: this has not run yet or has yielded, as it
    // does in a loop; otherwise it has parked
    private boolean yielded = true;

    Carried(Runnable body) {
      super(body);
      thread = VirtualThreads.builder(this).name(NAME).unstarted(this);
      thread.start();
    }

    @Override
    Thread thread() {
      return thread;
    }

    Runnable continuation() {
      Runnable own = continuation;
      if (own == null) {
        throw new IllegalStateException(
            "The JDK did not schedule a virtual thread that was started");
      }
      return own;
    }

    @Override
    void carriedNext() {
      if (!yielded) {
        while (thread.getState() != Thread.State.WAITING) {
          Thread.onSpinWait(); // on its way to park
        }
        if (VirtualThreads.isPinned(thread)) {
          throw Strand.pinned();
        }
        carried = true;
        yielded = true;
        LockSupport.unpark(thread);
      }
      carried = true;
    }

    @Override
    void scheduledNext() {
      carried = false;
    }

    @Override
    void wake() {
      if (yielded) {
        yielded = false;
        VirtualThreads.runElsewhere(continuation());
      } else {
        LockSupport.unpark(thread);
      }
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // the way to unmount, as in Carrier
    boolean awaitControl() {
      if (carried) {
        yielded = true;
        Thread.yield();
        return isResumed();
      }
      parkUntilResumed();
      return true;
    }

    @Override
    public void execute(Runnable runnable) {
      if (continuation == null) {
        continuation = runnable;
      } else if (runnable != continuation || !carried) {
        VirtualThreads.runElsewhere(runnable);
      } else {
        runnableAgain();
      }
    }
  }
}
