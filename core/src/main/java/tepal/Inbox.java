// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Where other threads leave what they want a loop to run.
final class Inbox {
  /*
   * Any number of threads push; only whoever turns the loop takes. A stack of nodes that is taken
   * whole and reversed, so that the loop's check for something new is one read.
   *
   * Waking: the loop publishes itself as the `sleeper`, looks once more, then parks. A pusher
   * that sees a sleeper takes it away with a CAS and unparks it, so that one sleep costs one
   * unpark however many push. Push and publication are both full fences: either the pusher sees the
   * sleeper, or the loop sees the push.
   */
  private static final VarHandle TOP;
  private static final VarHandle SLEEPER;

  static {
    try {
      var lookup = MethodHandles.lookup();
      TOP = lookup.findVarHandle(Inbox.class, "top", Node.class);
      SLEEPER = lookup.findVarHandle(Inbox.class, "sleeper", Runnable.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final class Node {
    final Ready item;

    // set before the node is pushed, and again by the loop when it turns the stack over
    @Nullable Node below;

    Node(Ready item) {
      this.item = item;
    }
  }

  // the newest entry; pushed by any thread, taken by the loop
  private volatile @Nullable Node top;

  // how to wake the loop while it sleeps, otherwise null; set by the loop, cleared by whoever
  // wakes it
  private volatile @Nullable Runnable sleeper;

  /// Adds an entry and wakes the loop if it sleeps. May be called from any thread; never
  /// blocks.
  void push(Ready item) {
    Node node = new Node(item);
    Node present;
    do {
      present = top;
      node.below = present;
    } while (!TOP.compareAndSet(this, present, node));
    wake();
  }

  /// Wakes the loop if it sleeps.
  void wake() {
    Runnable waking = sleeper;
    if (waking != null && SLEEPER.compareAndSet(this, waking, (Runnable) null)) {
      waking.run();
    }
  }

  boolean isEmpty() {
    return top == null;
  }

  /// Moves all entries to `scheduler`, oldest first. Called by the loop.
  void drainTo(Scheduler scheduler) {
    Node oldest = null;
    for (Node node = (Node) TOP.getAndSet(this, (Node) null); node != null; ) {
      Node below = node.below;
      node.below = oldest;
      oldest = node;
      node = below;
    }
    for (; oldest != null; oldest = oldest.below) {
      scheduler.arrived(oldest.item);
    }
  }

  /// Publishes how to wake the loop, and returns whether it may sleep: nothing came in
  /// meanwhile. Called by the loop, which calls [#awake()] afterwards in any case.
  boolean fallAsleep(Runnable waking) {
    sleeper = waking;
    return top == null;
  }

  /// Ends a sleep. Called by the loop.
  void awake() {
    sleeper = null;
  }

  /// Parks the current thread until it is woken or the time is over. Called by the loop.
  ///
  /// An interrupt of that thread wakes nobody up for good: it is put aside, or parking would
  /// not park any more, and is there again afterwards.
  void sleep(long nanos) {
    Thread me = Thread.currentThread();
    boolean interrupted = Thread.interrupted();
    if (fallAsleep(() -> LockSupport.unpark(me))) {
      if (nanos == Nanos.FOREVER) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, nanos);
      }
    }
    awake();
    if (interrupted) {
      me.interrupt();
    }
  }
}
