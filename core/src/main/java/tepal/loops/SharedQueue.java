// SPDX-License-Identifier: Apache-2.0
package tepal.loops;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tepal.CancelledError;
import tepal.queues.QueueEmptyException;
import tepal.queues.QueueFullException;
import tepal.queues.QueueShutDownException;
import tepal.queues.QueueStatistics;

/// A bounded queue between tasks of any loop and threads of none, the oldest item first.
///
/// ```java
/// var orders = new SharedQueue<Order>(100);
/// var shop = new Thread(() -> orders.put(nextOrder())); // blocks while the queue is full
/// group.callOnAll(() -> orders.forEach(this::ship)); // tasks of all loops, which suspend
/// ```
///
/// A task that has to wait is suspended; a thread that runs no task is blocked. In a callback
/// only what does not wait can be called. Thread-safe.
///
/// Fair: whoever began to wait first is served first, and nobody overtakes. An item that
/// arrives, or room that is made, is kept for the first who waits; while it is on its way
/// there, `getNowait` and `putNowait` do not take it. If that one is cancelled, interrupted or
/// its loop closed, the next gets it: no item is lost and none comes twice, whatever is
/// cancelled when.
///
/// An item may be null, if the type says so. What one thread did before it put an item, the one
/// that gets it sees.
///
/// Does for loops and threads what [`janus.Queue`](https://pypi.org/project/janus/) does in Python;
/// the methods are those of [tepal.queues.Queue].
///
/// @param <T> the type of the items
public final class SharedQueue<T extends @Nullable Object> implements Iterable<T> {
  /*
   * All state is under `lock`. It is held for a few field accesses, never while code of a user runs
   * and never in a wait, and nobody outside can take it. A task that finds it held tries again for some
   * time before it lets the JDK park it, as that would be a suspension of its own.
   *
   * Waking is by permission: for each item that nobody is called for, the first of `getters` is
   * called, and the item is kept for it by counting (`keptItems`). It takes the then oldest item when it
   * goes on, or gives the permission back when it is cancelled, and the next is called. Room and
   * `putters` are the same. So items stay in order and in the queue until the moment they are returned. The
   * called are woken when the lock is free again.
   */
  private static final int SPINS = 200;

  private static final Object NULL = new Object();

  private final ReentrantLock lock = new ReentrantLock();
  private final int maxsize;

  // null stands for the item null by NULL; guarded by lock, as all below
  private final ArrayDeque<Object> items = new ArrayDeque<>();
  private final ArrayDeque<QueueWaiter> getters = new ArrayDeque<>(2);
  private final ArrayDeque<QueueWaiter> putters = new ArrayDeque<>(2);
  private final ArrayDeque<QueueWaiter> joiners = new ArrayDeque<>(2);

  // items and places for which a waiter was called that has not gone on yet
  private int keptItems;
  private int keptRoom;

  private long unfinished;
  private boolean shutDown;

  // who was called and is to be woken when the lock is free
  private List<QueueWaiter> called = new ArrayList<>(2);

  /// Creates a queue.
  ///
  /// @param maxsize how many items it holds at most
  /// @throws IllegalArgumentException if that is not positive: between threads a queue without a
  ///     bound grows until the memory is full
  public SharedQueue(int maxsize) {
    if (maxsize <= 0) {
      throw new IllegalArgumentException("Expected room for one item or more, got " + maxsize);
    }
    this.maxsize = maxsize;
  }

  // ---- Putting

  /// Puts an item into the queue. Suspends the current task, or blocks the thread if it runs
  /// none, until there is room for it and all who waited before have put theirs.
  ///
  /// Returns immediately, without suspending, if there is room. If cancelled while waiting, the
  /// item is not put.
  ///
  /// @param item the item
  /// @throws QueueShutDownException if the queue is shut down, before or while this waits
  /// @throws CancelledError if the task is cancelled while it waits, or the thread is
  ///     interrupted, whose interrupt status stays
  /// @throws IllegalStateException if it would have to wait in a callback
  public void put(T item) {
    QueueWaiter waiter;
    acquire();
    try {
      requireOpen("put");
      if (room() > 0) {
        add(item);
        return;
      }
      waiter = enter(putters);
    } finally {
      release();
    }
    awaitPut(waiter, item);
  }

  private void awaitPut(QueueWaiter waiter, T item) {
    await(waiter);
    acquire();
    try {
      leave(waiter);
      requireOpen("put");
      add(item);
    } finally {
      release();
    }
  }

  /// Puts an item into the queue. Returns immediately; may be called from any thread.
  ///
  /// @param item the item
  /// @throws QueueFullException if there is no room, or all there is is kept for those who wait
  /// @throws QueueShutDownException if the queue is shut down
  public void putNowait(T item) {
    acquire();
    try {
      requireOpen("put");
      if (room() <= 0) {
        throw new QueueFullException("Expected room for an item, found " + this);
      }
      add(item);
    } finally {
      release();
    }
  }

  // ---- Getting

  /// Takes the next item out of the queue. Suspends the current task, or blocks the thread if it
  /// runs none, until there is one and all who waited before have theirs.
  ///
  /// Returns immediately, without suspending, if there is one. If cancelled while waiting, no
  /// item is taken.
  ///
  /// @return the item
  /// @throws QueueShutDownException if the queue is shut down and empty, before or while this
  ///     waits
  /// @throws CancelledError if the task is cancelled while it waits, or the thread is
  ///     interrupted, whose interrupt status stays
  /// @throws IllegalStateException if it would have to wait in a callback
  public T get() {
    QueueWaiter waiter;
    acquire();
    try {
      if (available() > 0) {
        return remove();
      }
      requireMore();
      waiter = enter(getters);
    } finally {
      release();
    }
    return awaitGet(waiter);
  }

  private T awaitGet(QueueWaiter waiter) {
    await(waiter);
    acquire();
    try {
      leave(waiter);
      requireMore();
      return remove();
    } finally {
      release();
    }
  }

  /// Takes the next item out of the queue. Returns immediately; may be called from any thread.
  ///
  /// @return the item
  /// @throws QueueEmptyException if there is none, or all there are are kept for those who wait
  /// @throws QueueShutDownException if there is none and the queue is shut down
  public T getNowait() {
    acquire();
    try {
      requireMore();
      if (available() <= 0) {
        throw new QueueEmptyException("Expected an item, found " + this);
      }
      return remove();
    } finally {
      release();
    }
  }

  /// Returns an iterator whose `hasNext` takes the next item, as [#get()] does, and is false
  /// once the queue is shut down and empty. For the current task or thread only; several of
  /// them may each have one, and share the items.
  ///
  /// @return the iterator
  @Override
  public Iterator<T> iterator() {
    return new Items();
  }

  private final class Items implements Iterator<T> {
    private boolean taken;
    private @Nullable T item;

    @Override
    public boolean hasNext() {
      if (!taken) {
        try {
          item = get();
          taken = true;
        } catch (QueueShutDownException e) {
          return false;
        }
      }
      return true;
    }

    @Override
    @SuppressWarnings("NullAway") // null only if T allows it
    public T next() {
      if (!hasNext()) {
        throw new NoSuchElementException("Expected an item, found " + SharedQueue.this);
      }
      T next = item;
      item = null;
      taken = false;
      return next;
    }
  }

  // ---- Work that is done

  /// Says that the work on an item that was got is done. Returns immediately; may be called from
  /// any thread.
  ///
  /// @throws IllegalStateException if it is called more often than items were put
  public void taskDone() {
    acquire();
    try {
      if (unfinished <= 0) {
        throw new IllegalStateException("Expected an unfinished item, found none in " + this);
      }
      unfinished--;
    } finally {
      release();
    }
  }

  /// Suspends the current task, or blocks the thread if it runs none, until [#taskDone()] has
  /// been called for every item that was put.
  ///
  /// Returns immediately, without suspending, if that is so already. If cancelled while waiting,
  /// nothing else happens.
  ///
  /// @throws CancelledError if the task is cancelled while it waits, or the thread is
  ///     interrupted, whose interrupt status stays
  /// @throws IllegalStateException if it would have to wait in a callback
  public void join() {
    QueueWaiter waiter;
    acquire();
    try {
      if (unfinished == 0) {
        return;
      }
      waiter = enter(joiners);
    } finally {
      release();
    }
    await(waiter);
  }

  // ---- The end

  /// Shuts the queue down: nothing can be put any more, and what is in it can still be got.
  /// Returns immediately; may be called from any thread.
  ///
  /// All that wait in [#put] throw; those in [#get()] when the queue is empty.
  public void shutdown() {
    shutdown(false);
  }

  /// Shuts the queue down, and if that is to be immediate, removes the items that are in it.
  /// Returns immediately; may be called from any thread.
  ///
  /// Items removed here count as done.
  ///
  /// @param immediate whether to remove the items, so that [#get()] throws at once
  public void shutdown(boolean immediate) {
    acquire();
    try {
      shutDown = true;
      if (immediate) {
        unfinished = Math.max(0, unfinished - items.size());
        items.clear();
      }
    } finally {
      release();
    }
  }

  // ---- What is known

  /// How many items are in the queue, with those that are kept for somebody. May be called from
  /// any thread; the answer is old when it is read, if others use the queue.
  ///
  /// @return the number of items
  public int qsize() {
    return statistics().size();
  }

  /// Whether no item is in the queue; see [#qsize()].
  ///
  /// @return whether it is empty
  public boolean empty() {
    return qsize() == 0;
  }

  /// Whether as many items are in the queue as it holds; see [#qsize()].
  ///
  /// @return whether it is full
  public boolean full() {
    return qsize() >= maxsize;
  }

  /// How many items the queue holds at most. May be called from any thread.
  ///
  /// @return the number
  public int maxsize() {
    return maxsize;
  }

  /// Returns what there is to know about the queue at this moment. May be called from any
  /// thread.
  ///
  /// @return a snapshot, which does not change
  public QueueStatistics statistics() {
    acquire();
    try {
      return new QueueStatistics(
          items.size(), maxsize, getters.size(), putters.size(), unfinished, shutDown);
    } finally {
      lock.unlock();
    }
  }

  /// Returns the number of items and the bound, as in `SharedQueue[3 of 10]`.
  @Override
  public String toString() {
    QueueStatistics now = statistics();
    return "SharedQueue[%d of %d%s]"
        .formatted(now.size(), maxsize, now.shutDown() ? ", shut down" : "");
  }

  // ---- Under the lock

  private void acquire() {
    for (int i = 0; i < SPINS; i++) {
      if (lock.tryLock()) {
        return;
      }
      Thread.onSpinWait();
    }
    lock.lock();
  }

  /// Calls those whose turn has come, frees the lock, and wakes them.
  private void release() {
    while (true) {
      callNext();
      List<QueueWaiter> now = called;
      if (now.isEmpty()) {
        lock.unlock();
        return;
      }
      called = new ArrayList<>(2);
      lock.unlock();
      List<QueueWaiter> unreachable =
          now.stream().filter(waiter -> !waiter.wake()).toList();
      if (unreachable.isEmpty()) {
        return;
      }
      acquire();
      unreachable.forEach(this::leave);
    }
  }

  private void callNext() {
    while (!getters.isEmpty() && (available() > 0 || (shutDown && items.isEmpty()))) {
      keptItems++;
      call(getters.remove());
    }
    while (!putters.isEmpty() && (room() > 0 || shutDown)) {
      keptRoom++;
      call(putters.remove());
    }
    while (!joiners.isEmpty() && unfinished == 0) {
      call(joiners.remove());
    }
  }

  private void call(QueueWaiter waiter) {
    waiter.state = QueueWaiter.CALLED;
    called.add(waiter);
  }

  private int available() {
    return items.size() - keptItems;
  }

  private int room() {
    return maxsize - items.size() - keptRoom;
  }

  private void add(T item) {
    items.add(item == null ? NULL : item);
    unfinished++;
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // what add() was given for a T
  private T remove() {
    Object item = items.remove();
    return item == NULL ? null : (T) item;
  }

  private QueueWaiter enter(ArrayDeque<QueueWaiter> line) {
    QueueWaiter waiter = QueueWaiter.here(this, line);
    line.add(waiter);
    return waiter;
  }

  /// Waits until `waiter` is called. If that is given up, so is what was kept for it.
  private void await(QueueWaiter waiter) {
    try {
      waiter.await();
    } catch (Throwable e) {
      acquire();
      try {
        leave(waiter);
      } finally {
        release();
      }
      throw e;
    }
  }

  /// Ends what a waiter has to do with the queue, as it goes on or gives up.
  private void leave(QueueWaiter waiter) {
    if (waiter.state == QueueWaiter.WAITING) {
      boolean _ = waiter.line.remove(waiter);
    } else if (waiter.state == QueueWaiter.CALLED) {
      keptItems -= waiter.line == getters ? 1 : 0;
      keptRoom -= waiter.line == putters ? 1 : 0;
    }
    waiter.state = QueueWaiter.GONE;
  }

  private void requireOpen(String call) {
    if (shutDown) {
      throw new QueueShutDownException("Expected an open queue to " + call + ", found " + this);
    }
  }

  /// Refuses to get from a queue in which nothing is and nothing will be.
  private void requireMore() {
    if (items.isEmpty()) {
      requireOpen("get");
    }
  }
}
