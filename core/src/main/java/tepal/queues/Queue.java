// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Hands items from tasks that put them to tasks that get them, the oldest item first.
///
/// ```java
/// var orders = new Queue<Order>(10);
/// group.createTask(() -> orders.put(nextOrder()));
/// group.createTask(() -> ship(orders.get()));
/// ```
///
/// Tasks that wait are woken in the order in which they began to wait. Being woken is not being
/// served: a task that comes before the woken one has resumed may take the item or the room, and
/// the woken one waits again, behind the others. No item is lost and no wake-up either, also if a
/// task is cancelled after it was woken.
///
/// An item may be null, if the type says so.
///
/// Mirrors [`asyncio.Queue`](https://docs.python.org/3.14/library/asyncio-queue.html#queue). Not
/// thread-safe: confined to the loop.
///
/// ## Differences from Python
/// Where a subclass of `asyncio.Queue` overrides `_init`, `_get` and `_put`, a queue is made here
/// [over][#over(java.util.Queue)] the storage that has the order wanted.
///
/// @param <T> the type of the items
public sealed class Queue<T extends @Nullable Object> permits LifoQueue, PriorityQueue {
  private final int maxsize;
  private final Storage<T> items;
  private final LoopBinding loop = new LoopBinding();
  private final Line getters = new Line();
  private final Line putters = new Line();
  private final Line joiners = new Line();

  /** Items put and not marked by taskDone(); many programs never mark any. */
  private long unfinished;

  private boolean shutDown;

  /// Creates a queue without a bound.
  public Queue() {
    this(0);
  }

  /// Creates a queue.
  ///
  /// @param maxsize how many items it holds at most; zero or less for no bound
  public Queue(int maxsize) {
    this(maxsize, new Fifo<>());
  }

  Queue(int maxsize, Storage<T> items) {
    this.maxsize = maxsize;
    this.items = items;
  }

  /// Creates a queue without a bound over a storage that decides which item comes out next.
  ///
  /// @param <T> the type of the items
  /// @param storage see [#over(java.util.Queue, int)]
  /// @return the queue
  public static <T extends @Nullable Object> Queue<T> over(java.util.Queue<T> storage) {
    return over(storage, 0);
  }

  /// Creates a queue over a storage that decides which item comes out next.
  ///
  /// The queue calls `add` and `size`, and `remove` if the size is not 0. What they throw leaves
  /// `put` and `get` as it is, and the queue is as before. What the storage holds already can be
  /// got, but counts as finished.
  ///
  /// @param <T> the type of the items
  /// @param storage where the items are; leave it to the queue from now on
  /// @param maxsize how many items it holds at most; zero or less for no bound
  /// @return the queue
  public static <T extends @Nullable Object> Queue<T> over(
      java.util.Queue<T> storage, int maxsize) {
    return new Queue<>(maxsize, new JdkStorage<>(Objects.requireNonNull(storage, "storage")));
  }

  /// Puts an item into the queue. Suspends the current task until there is room for it.
  ///
  /// Returns immediately, without suspending, if there is room. If cancelled while waiting, the
  /// item is not put.
  ///
  /// @param item the item
  /// @throws QueueShutDownException if the queue is shut down, before or while the task waits
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and the calling thread runs no task,
  ///     or a task of another loop than the one that first waited for this queue
  public void put(T item) {
    while (full()) {
      requireOpen("put");
      awaitRoom();
    }
    putNowait(item);
  }

  private void awaitRoom() {
    var waiter = loop.createWaiter(this);
    putters.add(waiter);
    boolean woken = false;
    try {
      waiter.await();
      woken = true;
    } finally {
      if (!woken && putters.abandon(waiter) && !full()) {
        putters.wakeNext();
      }
    }
  }

  /// Puts an item into the queue. Returns immediately.
  ///
  /// @param item the item
  /// @throws QueueFullException if there is no room
  /// @throws QueueShutDownException if the queue is shut down
  public void putNowait(T item) {
    requireOpen("put");
    if (full()) {
      throw new QueueFullException("Expected room for an item, found " + this);
    }
    items.add(item);
    unfinished++;
    getters.wakeNext();
  }

  /// Takes the next item out of the queue. Suspends the current task until there is one.
  ///
  /// Returns immediately, without suspending, if there is one. If cancelled while waiting, no
  /// item is taken.
  ///
  /// @return the item
  /// @throws QueueShutDownException if the queue is shut down and empty, before or while the task
  ///     waits
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and the calling thread runs no task,
  ///     or a task of another loop than the one that first waited for this queue
  public T get() {
    while (empty()) {
      requireOpen("get");
      awaitItem();
    }
    return getNowait();
  }

  private void awaitItem() {
    var waiter = loop.createWaiter(this);
    getters.add(waiter);
    boolean woken = false;
    try {
      waiter.await();
      woken = true;
    } finally {
      if (!woken && getters.abandon(waiter) && !empty()) {
        getters.wakeNext();
      }
    }
  }

  /// Takes the next item out of the queue. Returns immediately.
  ///
  /// @return the item
  /// @throws QueueEmptyException if there is none
  /// @throws QueueShutDownException if there is none and the queue is shut down
  public T getNowait() {
    if (empty()) {
      requireOpen("get");
      throw new QueueEmptyException("Expected an item, found " + this);
    }
    T item = items.remove();
    putters.wakeNext();
    return item;
  }

  /// Says that the work on an item that was got is done. Returns immediately.
  ///
  /// A task that got an item calls this once for it, if anybody uses [#join()].
  ///
  /// @throws IllegalStateException if it is called more often than items were put
  public void taskDone() {
    if (unfinished <= 0) {
      throw new IllegalStateException("Expected an unfinished item, found none in " + this);
    }
    unfinished--;
    if (unfinished == 0) {
      joiners.wakeAll();
    }
  }

  /// Suspends the current task until [#taskDone()] has been called for every item that was put.
  ///
  /// Returns immediately, without suspending, if that is so already. If cancelled while waiting,
  /// nothing else happens.
  ///
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and the calling thread runs no task,
  ///     or a task of another loop than the one that first waited for this queue
  public void join() {
    if (unfinished > 0) {
      awaitFinish();
    }
  }

  private void awaitFinish() {
    var waiter = loop.createWaiter(this);
    joiners.add(waiter);
    try {
      waiter.await();
    } finally {
      joiners.remove(waiter);
    }
  }

  /// Shuts the queue down: nothing can be put any more, and what is in it can still be got.
  /// Returns immediately.
  ///
  /// All tasks that wait are woken; those in [#put] throw, those in [#get()] when the queue is
  /// empty. Mirrors `shutdown()`.
  public void shutdown() {
    shutdown(false);
  }

  /// Shuts the queue down, and if that is to be immediate, removes the items that are in it.
  /// Returns immediately.
  ///
  /// Items removed here count as done, so tasks in [#join()] go on if no others are unfinished.
  /// Tasks that have an item still have to call [#taskDone()].
  ///
  /// @param immediate whether to remove the items, so that [#get()] throws at once
  public void shutdown(boolean immediate) {
    shutDown = true;
    if (immediate) {
      discardItems();
    }
    getters.wakeAll();
    putters.wakeAll();
  }

  private void discardItems() {
    while (!empty()) {
      items.remove();
      if (unfinished > 0) {
        unfinished--;
      }
    }
    if (unfinished == 0) {
      joiners.wakeAll();
    }
  }

  /// How many items are in the queue. Returns immediately.
  ///
  /// @return the number of items
  public int qsize() {
    return items.size();
  }

  /// Whether no item is in the queue. Returns immediately.
  ///
  /// @return true if [#get()] would wait
  public boolean empty() {
    return items.size() == 0;
  }

  /// Whether there is no room in the queue. Returns immediately.
  ///
  /// @return true if [#put] would wait; never for a queue without a bound
  public boolean full() {
    return maxsize > 0 && items.size() >= maxsize;
  }

  /// How many items the queue holds at most.
  ///
  /// @return the number the queue was created with; zero or less means that there is no bound
  public int maxsize() {
    return maxsize;
  }

  /// Returns what there is to know about the queue at this moment.
  ///
  /// @return a snapshot, which does not change
  public QueueStatistics statistics() {
    return new QueueStatistics(
        items.size(), maxsize, getters.size(), putters.size(), unfinished, shutDown);
  }

  /// Returns the number of items and of tasks that wait, as in `Queue[3 of 10]` or
  /// `Queue[0 items, 1 getter waiting]`.
  @Override
  public String toString() {
    return getClass().getSimpleName() + "[" + statistics().text() + "]";
  }

  private void requireOpen(String call) {
    if (shutDown) {
      throw new QueueShutDownException("Expected an open queue to " + call + ", found " + this);
    }
  }
}
