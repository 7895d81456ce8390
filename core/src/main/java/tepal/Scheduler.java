// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// Decides what a loop runs next: the ready queue, the timers, and what came in from other
/// threads.
final class Scheduler implements LoopClock.Outstanding {
  /*
   * `next()` is an iteration of CPython's `BaseEventLoop._run_once` [1] cut open: it runs entries of
   * the ready queue until one needs a thread, returns that strand to whoever turns the loop, and goes
   * on where it was when it is called again. An iteration runs exactly the entries that were ready
   * when it began; what they add waits for the next one.
   *
   * Who calls it: in opened mode the carrier, between two turns; in portable mode the strand that
   * gives up its turn. Either way at most one thread at a time, so that there are no locks. Other
   * threads reach a loop through the `inbox` only.
   *
   * Nothing here runs user code: what must (an exception handler, a log record) becomes a callback.
   *
   * [1] https://github.com/python/cpython/blob/3.14/Lib/asyncio/base_events.py
   */

  // with a selector that has nothing to send, a busy loop looks for I/O once in so many
  // iterations
  private static final int ITERATIONS_PER_SELECT = 16;

  // the loops that run now; replaced whole, under the class's lock
  private static volatile Scheduler[] running = {};

  final EventLoop loop;
  final LoopClock clock;
  final Turns turns;
  final TimerHeap timers = new TimerHeap();
  final Inbox inbox = new Inbox();
  final LiveTasks tasks = new LiveTasks();
  final BlockedCallbacks blockedCallbacks = new BlockedCallbacks();
  private final IdleSpin spin = new IdleSpin();

  // used by the thread that runs the loop, in opened mode
  final HeldMonitors heldMonitors = new HeldMonitors();
  private final ArrayDeque<Ready> ready = new ArrayDeque<>();

  // the strand that has the turn; null while nobody's code but ours runs
  @Nullable Strand current;

  // set on the loop, read by any thread: it only decides what is recorded
  boolean debug;

  // the thread that runs the loop, or null; written by that thread, read by any
  volatile @Nullable Thread runner;

  // how many entries were dispatched; written on the loop, read by the watchdog
  long turn;

  // whether the loop sleeps for lack of work; written on the loop, read by the watchdog
  volatile boolean idle;

  // entries left in this iteration
  private int todo;

  // goes before everything in the queue: one side of an eager start
  private @Nullable Strand urgent;

  // ends the run at once
  private @Nullable Throwable fatal;

  private boolean stopping;
  private boolean iterated;

  // set for good when the loop closes: what other strands are left may end, callbacks are
  // dropped
  boolean closing;

  // whether the thread that runs the loop was interrupted while the loop was idle
  private boolean runnerInterrupted;

  // strands that JDK code suspended
  private int blockedStrands;

  // calls in executors that will come back to the loop
  private int outstandingWork;

  // futures of other threads that the loop waits for, which a task may have to complete
  private int foreignFutures;

  // real time at which the loop ran out of work; 0 while it has some
  private long idleSinceNanos;

  // null until somebody first waits for the loop to be idle
  private @Nullable IdleWaits idleWaits;

  private @Nullable CallbackThread callbacks;
  private @Nullable IoThread io;

  // whether the I/O thread has had its turn in this iteration
  private boolean selected;
  private int iterationsSinceSelect;

  final DebugReports reports = new DebugReports(this);
  final Closing end = new Closing(this);
  final UnretrievedFailure.Registry unretrieved;

  // in portable mode, the strand that was given the turn last; read by the watchdog
  volatile @Nullable Strand successor;

  // in portable mode, the thread that runs the loop, as the strand that has the last turn
  @Nullable Strand caller;

  Scheduler(EventLoop loop, LoopClock clock, Turns turns) {
    this.loop = loop;
    this.clock = clock;
    this.turns = turns;
    this.unretrieved = new UnretrievedFailure.Registry(loop);
  }

  static Scheduler[] running() {
    return running;
  }

  // ---- Running

  /// Runs until [#stop()]: an iteration at least, as `run_forever` does.
  void run() {
    Thread me = Thread.currentThread();
    runner = me;
    register(this);
    iterated = false;
    runnerInterrupted = Thread.interrupted();
    Watchdog.watch(this);
    try {
      turns.run(this);
    } finally {
      Watchdog.forget(this);
      unregister(this);
      runner = null;
      stopping = false;
      todo = 0;
      if (runnerInterrupted) {
        runnerInterrupted = false;
        me.interrupt();
      }
    }
    Throwable failure = fatal;
    if (failure != null) {
      fatal = null;
      throw Thrown.sneak(failure);
    }
  }

  private static synchronized void register(Scheduler scheduler) {
    Scheduler[] more = Arrays.copyOf(running, running.length + 1);
    more[running.length] = scheduler;
    running = more;
  }

  private static synchronized void unregister(Scheduler scheduler) {
    running = Arrays.stream(running).filter(each -> each != scheduler).toArray(Scheduler[]::new);
  }

  /// Lets the current iteration be the last.
  void stop() {
    stopping = true;
  }

  /// Ends the run at once with an error that must not be kept in a future only.
  void fail(Throwable error) {
    fatal = error;
  }

  static boolean isFatal(Throwable error) {
    return error instanceof VirtualMachineError && !(error instanceof StackOverflowError);
  }

  /// Returns the strand that has the next turn, or null if the run is over.
  @Nullable Strand next() {
    if (debug) {
      reports.ended();
    }
    try {
      for (; ; ) {
        Strand strand = step();
        if (strand != null) {
          if (debug) {
            reports.begins(strand);
          }
          return strand;
        }
        if (fatal != null || (todo == 0 && !selected && iterated && stopping)) {
          return null;
        }
      }
    } catch (Throwable e) {
      fail(e);
      return null;
    }
  }

  private @Nullable Strand step() {
    Strand first = urgent;
    if (first != null) {
      urgent = null;
      return first;
    }
    if (fatal != null) {
      return null;
    }
    if (todo > 0) {
      todo--;
      turn++;
      return ready.remove().dispatch(this);
    }
    if (selected) {
      selected = false;
      inbox.awake();
      collect();
      return null;
    }
    return iterated && stopping ? null : beginIteration();
  }

  private @Nullable Strand beginIteration() {
    iterated = true;
    takeInbox();
    boolean busy = stopping || !ready.isEmpty();
    long deadline = timers.firstDeadline();
    IoThread selecting = io;
    if (selecting != null && selecting.isAvailable()) {
      if (!busy || ++iterationsSinceSelect >= ITERATIONS_PER_SELECT || selecting.isPending()) {
        return select(selecting, busy, deadline);
      }
    } else if (!busy) {
      sleep(deadline);
    }
    collect();
    return null;
  }

  private Strand select(IoThread selecting, boolean busy, long deadline) {
    iterationsSinceSelect = 0;
    selected = true;
    long nanos = 0;
    if (!busy) {
      becomeIdle();
      long first = Math.min(deadline, selecting.deadlineNanos());
      nanos = inbox.fallAsleep(selecting) ? mayIdle(first) : 0;
    }
    return selecting.selectFor(Math.max(0, nanos));
  }

  private void sleep(long deadline) {
    becomeIdle();
    while (inbox.isEmpty()) {
      long nanos = mayIdle(deadline);
      if (nanos <= 0 || spin.lookOut(inbox, nanos)) {
        break;
      }
      long begin = System.nanoTime();
      inbox.sleep(nanos);
      spin.slept(System.nanoTime() - begin, !inbox.isEmpty());
      // Put aside until the end of the run: carrying a strand would clear it.
      runnerInterrupted |= Thread.currentThread() == runner && Thread.interrupted();
    }
  }

  private void becomeIdle() {
    idle = true;
    if (idleSinceNanos == 0) {
      idleSinceNanos = System.nanoTime();
    }
  }

  /// Returns for how long, in real nanoseconds, the loop may sleep.
  private long mayIdle(long deadline) {
    long nanos = clock.idle(deadline, this);
    IdleWaits waits = idleWaits;
    return waits == null || waits.isEmpty() ? nanos : Math.min(nanos, waits.leftNanos(idleNanos()));
  }

  /// Moves to the ready queue what came in and the timers that are due, and begins to run it.
  private void collect() {
    idle = false;
    takeInbox();
    if (!timers.isEmpty()) {
      long now = clock.nanoTime();
      for (Ready due = timers.pollDue(now); due != null; due = timers.pollDue(now)) {
        if (!due.isCancelledTimer()) {
          ready.add(due);
        }
      }
    }
    todo = ready.size();
    if (todo > 0) {
      idleSinceNanos = 0;
    } else if (idleWaits != null && !idleWaits.isEmpty()) {
      idleWaits.idleFor(idleNanos());
    }
  }

  private void takeInbox() {
    if (!inbox.isEmpty()) {
      inbox.drainTo(this);
    }
  }

  // ---- What there is to run

  /// Adds an entry to the ready queue. Called on the loop.
  void add(Ready item) {
    ready.add(item);
  }

  /// Adds an entry before all others. Called on the loop.
  void addFirst(Ready item) {
    ready.addFirst(item);
    todo++;
  }

  /// Removes an entry from the ready queue, if it is there.
  void takeBack(Ready item) {
    int position = 0;
    for (Iterator<Ready> entries = ready.iterator(); entries.hasNext(); position++) {
      if (entries.next() == item) {
        entries.remove();
        if (position < todo) {
          todo--;
        }
        return;
      }
    }
  }

  /// Takes an entry that another thread pushed.
  void arrived(Ready item) {
    if (item instanceof Strand strand) {
      runnableAgain(strand);
    } else {
      ready.add(item);
    }
  }

  /// Gives `strand` the turn before everything else; null takes that back.
  void runNext(@Nullable Strand strand) {
    urgent = strand;
  }

  /// Runs a callback of the loop's own before what else is ready.
  void callNext(Runnable callback, Context context) {
    ready.addFirst(new Handle(this, callback, context));
    if (isRunning()) {
      todo++;
    }
  }

  /// Returns the strand that runs a user's callback.
  Strand callbackStrand(Handle handle) {
    CallbackThread thread = callbacks;
    if (thread == null) {
      thread = new CallbackThread(this);
      callbacks = thread;
    }
    return thread.take(handle);
  }

  /// Returns the callback that would run next anyway, if it is one, so that its thread can go
  /// on without a switch. Called on the callback thread.
  @Nullable Handle nextCallback() {
    if (todo == 0 || urgent != null || fatal != null || debug) {
      return null;
    }
    if (ready.peek() instanceof Handle handle) {
      ready.remove();
      todo--;
      turn++;
      return handle;
    }
    return null;
  }

  // ---- The end

  /// Drops the callbacks and timers that are queued, and those to come. Called when the loop
  /// closes.
  void dropCallbacks() {
    closing = true;
    timers.clear();
  }

  /// Makes the current thread the one that runs a closed loop.
  void turnsBegin() {
    runner = Thread.currentThread();
    register(this);
  }

  void turnsEnd() {
    unregister(this);
    runner = null;
    todo = 0;
    stopping = false;
  }

  /// Runs what is ready now.
  void iterate() {
    fatal = null;
    stopping = true;
    iterated = false;
    selected = false;
    todo = 0;
    turns.run(this);
  }

  /// Returns whether a thread of this loop waits for a turn.
  boolean hasStrands() {
    return io != null || callbacks != null || !tasks.isEmpty();
  }

  boolean hasReady() {
    return !ready.isEmpty() || !inbox.isEmpty();
  }

  /// Waits until another thread has put something in the inbox; returns false if the time is
  /// over first.
  boolean awaitInbox(long nanos) {
    if (inbox.isEmpty() && nanos > 0) {
      inbox.sleep(nanos);
    }
    return !inbox.isEmpty();
  }

  /// Ends the loop's own threads, which wait for a turn.
  void endOwnThreads() {
    IoThread selecting = io;
    if (selecting != null) {
      selecting.close();
      finish(selecting.strand);
    }
    CallbackThread thread = callbacks;
    if (thread != null) {
      callbacks = null;
      thread.abandon();
      finish(thread.strand);
    }
  }

  /// Gives a strand turns until it has ended, and waits a while for it if JDK code has suspended
  /// it. One that comes back from there may give up its turn once more before it sees that it is
  /// to end.
  private void finish(Strand strand) {
    while (strand.state != Strand.DONE) {
      if (strand.state != Strand.RUNNING) {
        urgent = strand;
      } else if (!awaitInbox(Closing.GRACE_NANOS)) {
        return;
      }
      iterate();
    }
  }

  // ---- Strands that JDK code suspended

  /// Notes that JDK code, not [Strand#suspend()], ended a strand's turn. Called between two
  /// turns.
  void suspendedByJdk(Strand strand) {
    CallbackThread thread = callbacks;
    if (thread != null && thread.strand == strand.root()) {
      thread.abandon();
      callbacks = null;
      blockedCallbacks.abandoned(thread);
    }
    Task<?> task = strand.task;
    if (task != null) {
      task.suspendedByJdk(strand);
    }
    if (!strand.requeued) {
      strand.blocked = true;
      blockedStrands++;
      if (task == null) {
        blockedCallbacks.suspended(strand.root());
      } else {
        task.blockedInJdk();
      }
      if (debug) {
        reports.blocked(strand);
      }
    }
  }

  /// Queues a strand that the JDK says can go on, unless it waits for us or this is a late
  /// echo.
  void runnableAgain(Strand strand) {
    if (strand.state == Strand.RUNNING && !strand.requeued) {
      strand.requeued = true;
      if (strand.blocked) {
        strand.blocked = false;
        blockedStrands--;
        if (strand.task == null) {
          blockedCallbacks.runnableAgain(strand.root());
        }
      }
      ready.add(strand);
      IoThread selecting = io;
      if (selecting != null && selecting.strand == strand) {
        // It was to wait as long as the loop was idle, which may be over.
        selecting.run();
      }
    }
  }

  // ---- What is outstanding, for the clock

  void workBegins() {
    outstandingWork++;
  }

  void workEnds() {
    outstandingWork--;
  }

  void foreignFutureBegins() {
    foreignFutures++;
  }

  void foreignFutureEnds() {
    foreignFutures--;
  }

  @Override
  public boolean work() {
    IdleWaits waits = idleWaits;
    return outstandingWork > 0 || (waits != null && !waits.isEmpty());
  }

  @Override
  public boolean maybe() {
    IoThread thread = io;
    return blockedStrands > 0 || foreignFutures > 0 || (thread != null && thread.hasWork());
  }

  @Override
  public long idleNanos() {
    return idleSinceNanos == 0 ? 0 : System.nanoTime() - idleSinceNanos;
  }

  // ---- Other parts

  IdleWaits idleWaits() {
    IdleWaits present = idleWaits;
    if (present == null) {
      present = new IdleWaits();
      idleWaits = present;
    }
    return present;
  }

  void install(Selector selector) {
    io = new IoThread(this, selector);
  }

  @Nullable IoThread io() {
    return io;
  }

  boolean isRunning() {
    return runner != null;
  }

  /// Returns what a strand runs, a task or a callback, for the log. Its description may run
  /// user code. Called on the loop and by the watchdog.
  Object subject(Strand strand) {
    Task<?> task = strand.task;
    if (task != null) {
      return task;
    }
    Strand root = strand.root();
    CallbackThread thread = callbacks;
    if (thread == null || thread.strand != root) {
      thread = blockedCallbacks.threadOf(root);
    }
    Handle handle = thread == null ? null : thread.running();
    return handle == null ? strand.thread().getName() : handle;
  }

  /// Returns whether the current thread is one of the loop's own: the one that runs it, or the
  /// strand that has the turn.
  boolean isOnLoop() {
    Thread me = Thread.currentThread();
    Strand strand = current;
    return runner == me || (strand != null && strand.thread() == me);
  }

  /// Guards what is confined to the loop.
  ///
  /// @throws IllegalStateException if the loop runs and the current thread is not one of its
  ///     own
  void requireLoopThread(String what) {
    if (runner != null && !isOnLoop()) {
      throw new IllegalStateException(
          "%s must be called on the loop's own thread, in a task or a callback, but was called on %s;"
                  .formatted(what, Thread.currentThread())
              + " use callSoonThreadsafe");
    }
  }
}
