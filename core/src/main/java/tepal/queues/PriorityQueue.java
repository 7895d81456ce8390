// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A queue that gives the least item first.
///
/// Items that compare equal come out in no order to rely on, and not in the order in which they
/// came; it is the order in which they come out of Python's queue. Where it matters, let the
/// comparator compare a sequence number last. What compares items must not suspend the task: no log
/// call, no lock.
///
/// Mirrors [`asyncio.PriorityQueue`][1]. Not thread-safe: confined to the loop.
///
/// ## Differences from Python
/// If the comparator throws, the item that was to be put is not in the queue; in Python it is.
///
/// [1]: https://docs.python.org/3.14/library/asyncio-queue.html#priority-queue
///
/// @param <T> the type of the items
public final class PriorityQueue<T extends @Nullable Object> extends Queue<T> {

  /// Creates a queue without a bound, of items that are [Comparable] with each other.
  public PriorityQueue() {
    this(0);
  }

  /// Creates a queue of items that are [Comparable] with each other.
  ///
  /// Others make [#put] and [#get()] throw [ClassCastException] when they are compared.
  ///
  /// @param maxsize how many items it holds at most; zero or less for no bound
  public PriorityQueue(int maxsize) {
    this(maxsize, naturalOrder());
  }

  /// Creates a queue without a bound.
  ///
  /// @param order says which of two items is less
  public PriorityQueue(Comparator<? super T> order) {
    this(0, order);
  }

  /// Creates a queue.
  ///
  /// @param maxsize how many items it holds at most; zero or less for no bound
  /// @param order says which of two items is less
  public PriorityQueue(int maxsize, Comparator<? super T> order) {
    super(maxsize, new BinaryHeap<>(Objects.requireNonNull(order, "order")));
  }

  /** The items are not known to be comparable before they are compared, as in java.util's queue. */
  @SuppressWarnings("unchecked")
  private static <T extends @Nullable Object> Comparator<T> naturalOrder() {
    return (Comparator<T>) (Comparator<?>) Comparator.<Comparable<Object>>naturalOrder();
  }
}
