// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A thread of control of one loop: a task's, a callback thread's, or the I/O thread's.
abstract class Strand extends Ready implements Completion {
  /*
   * state      entered by                              leaves by
   * ---------  --------------------------------------  -----------------------------------------
   * NEW        constructor                             its first turn → RUNNING
   * RUNNING    a turn                                  suspend() → SUSPENDED;  its end → DONE;
   *                                                    JDK code that blocks leaves it RUNNING
   * SUSPENDED  suspend()                               a turn → RUNNING
   * DONE       the end of its body                     –
   *
   * Of one loop at most one strand is on a thread at a time. All fields but `thread` are confined to
   * the loop; the switch from one strand to the next makes them visible.
   *
   * The body of a generator that is driven in a loop runs on a strand of its own there, which acts for the
   * one that drives it: it has its task and its context as long as control is there [GeneratorThread].
   */
  static final byte NEW = 0;
  static final byte RUNNING = 1;
  static final byte SUSPENDED = 2;
  static final byte DONE = 3;

  final Scheduler scheduler;

  // null for a callback thread and the I/O thread; changes only for a generator's strand, which
  // has the task that drives it
  @Nullable Task<?> task;

  // what ContextVar sees
  Context context;

  // who started this eagerly and goes on when this gives up its first turn, otherwise null
  @Nullable Strand starter;

  byte state = NEW;

  // whether this is in the ready queue as runnable again after JDK code suspended it
  boolean requeued;

  // whether JDK code suspended this, and it is not yet runnable again
  boolean blocked;

  Strand(Scheduler scheduler, @Nullable Task<?> task, Context context) {
    this.scheduler = scheduler;
    this.task = task;
    this.context = context;
  }

  /// Returns the strand that the current thread is, or null if it is not one.
  static @Nullable Strand current() {
    Thread me = Thread.currentThread();
    for (Scheduler each : Scheduler.running()) {
      Strand strand = each.current;
      if (strand != null && strand.thread() == me) {
        return strand;
      }
    }
    return null;
  }

  /// Returns the thread that this runs on.
  abstract Thread thread();

  /// Returns the strand that drives the generator whose strand this is; null if nobody does or
  /// it is no generator's.
  abstract @Nullable Strand driver();

  /// Returns the strand that has the turn when this has it: itself, or, if it is a generator's,
  /// the one of the task or callback that waits for it.
  final Strand root() {
    Strand root = this;
    for (Strand next = driver(); next != null; next = next.driver()) {
      root = next;
    }
    return root;
  }

  /// Returns the stack of the thread that this runs on, and after it the stacks of those that
  /// drive it.
  final StackTraceElement[] stackTrace() {
    StackTraceElement[] stack = thread().getStackTrace();
    for (Strand next = driver(); next != null; next = next.driver()) {
      StackTraceElement[] outer = next.thread().getStackTrace();
      int inner = stack.length;
      stack = Arrays.copyOf(stack, inner + outer.length);
      System.arraycopy(outer, 0, stack, inner, outer.length);
    }
    return stack;
  }

  /// Gives up the turn until the loop hands out the next one. Called on this strand's own
  /// thread.
  ///
  /// @throws IllegalStateException if the thread is pinned, so that it cannot give up its turn
  abstract void suspend();

  /// Begins a turn that another strand has handed to this one, a generator's. Called on its
  /// thread.
  abstract void arrive();

  /// Ends the turn of this strand, a generator's, for the benefit of the one that is to run
  /// next. Returns at once; the thread then waits, or ends if the state is to be `DONE`.
  /// Called on its thread.
  abstract void passOn(byte newState);

  /// Queues this again: the JDK says that it can go on after JDK code has suspended it. May be
  /// called from any thread. Opened mode only.
  abstract void runnableAgain();

  /// Returns what a wait throws on a pinned thread.
  static IllegalStateException pinned() {
    return new IllegalStateException(
        "Expected a thread that can be suspended, but this one is pinned: a native frame or a class"
            + " initialiser is on its stack, so that it cannot wait here");
  }

  /// Lets `strand`, which is new, have its first turn before this goes on. A pinned thread
  /// cannot give up its turn; then `strand` starts as others do.
  final void startEagerly(Strand strand) {
    // This is not the end of this strand's own first turn, if it has it just now.
    Strand ownStarter = starter;
    starter = null;
    strand.starter = this;
    scheduler.runNext(strand);
    try {
      suspend();
    } catch (IllegalStateException pinned) {
      strand.starter = null;
      scheduler.runNext(null);
      scheduler.takeBack(strand);
      scheduler.add(strand);
    }
    starter = ownStarter;
  }

  /// Returns the turn to whoever started this eagerly, if anybody did. Called when this gives
  /// it up.
  final void returnToStarter() {
    Strand waiting = starter;
    if (waiting != null) {
      starter = null;
      scheduler.runNext(waiting);
    }
  }

  @Override
  final @Nullable Strand dispatch(Scheduler on) {
    if (state == NEW && task != null && task.endedBeforeStart()) {
      state = DONE;
      return null;
    }
    return state == DONE ? null : this;
  }

  @Override
  public final Ready completed(Future<?> future) {
    return this;
  }

  @Override
  public final void awaiters(Consumer<? super Future<?>> found) {
    if (task != null) {
      found.accept(task);
    }
  }
}
