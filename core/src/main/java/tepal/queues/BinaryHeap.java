// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import java.util.ArrayList;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// Items in the order of a comparator, the least first.
///
/// @param <T> the type of the items
final class BinaryHeap<T extends @Nullable Object> implements Storage<T> {
  /*
   * The heap of CPython's heapq [1]: children of i at 2i + 1 and 2i + 2, no item less than its
   * parent. The order of items that compare equal is not specified there, but programs see it, so
   * it is the same here: the same items are compared in the same order, and every item ends where
   * heapq leaves it. java.util.PriorityQueue, which sifts the last item down and stops early,
   * does not.
   *
   * What differs is that an item's place is found by comparing alone, and items move only
   * afterwards. A comparator that throws therefore leaves the heap as it was (heapq keeps the
   * item it failed to add).
   *
   * [1] https://github.com/python/cpython/blob/3.14/Lib/heapq.py, which says why removal goes all
   * the way to a leaf and up again: fewer comparisons.
   */
  private final ArrayList<T> items = new ArrayList<>();

  private final Comparator<? super T> order;

  BinaryHeap(Comparator<? super T> order) {
    this.order = order;
  }

  @Override
  public void add(T item) {
    int place = items.size();
    while (place > 0 && less(item, items.get(parent(place)))) {
      place = parent(place);
    }
    // The ancestors from that place on move one step down, to make room for the item.
    items.add(item);
    int hole = items.size() - 1;
    while (hole > place) {
      items.set(hole, items.get(parent(hole)));
      hole = parent(hole);
    }
    items.set(place, item);
  }

  @Override
  public T remove() {
    int last = items.size() - 1;
    if (last == 0) {
      return items.removeLast();
    }
    T moved = items.get(last);
    int place = placeFromLeaf(moved, leastLeaf(last));
    items.removeLast();
    // The items from that place up to the top move one step up, and the top goes out.
    while (place > 0) {
      moved = items.set(place, moved);
      place = parent(place);
    }
    return items.set(0, moved);
  }

  /** Goes down from the top to a leaf by the lesser child, the right one if they are equal. */
  private int leastLeaf(int size) {
    int place = 0;
    int child = 1;
    while (child < size) {
      int right = child + 1;
      if (right < size && !less(items.get(child), items.get(right))) {
        child = right;
      }
      place = child;
      child = 2 * place + 1;
    }
    return place;
  }

  /** Goes up from the leaf to where the item belongs, if what is above it moves up one step. */
  private int placeFromLeaf(T item, int leaf) {
    int place = leaf;
    while (place > 0 && less(item, items.get(place))) {
      place = parent(place);
    }
    return place;
  }

  private boolean less(T one, T other) {
    return order.compare(one, other) < 0;
  }

  private static int parent(int place) {
    return (place - 1) / 2;
  }

  @Override
  public int size() {
    return items.size();
  }
}
