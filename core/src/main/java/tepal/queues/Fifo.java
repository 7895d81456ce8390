// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import org.jspecify.annotations.Nullable;

/// Items in the order in which they came.
///
/// @param <T> the type of the items
final class Fifo<T extends @Nullable Object> implements Storage<T> {
  /*
   * A ring in an array whose length is a power of two. Not an ArrayDeque, because that refuses
   * null, which asyncio's programs put to say that nothing more will come.
   */
  private static final int INITIAL_CAPACITY = 16;

  /** Item i of the queue is at (head + i) mod length; null where there is none. */
  private @Nullable Object[] ring = new @Nullable Object[INITIAL_CAPACITY];

  private int head;
  private int size;

  @Override
  public void add(T item) {
    if (size == ring.length) {
      grow();
    }
    ring[(head + size) & (ring.length - 1)] = item;
    size++;
  }

  private void grow() {
    var larger = new @Nullable Object[ring.length * 2];
    int untilEnd = ring.length - head;
    System.arraycopy(ring, head, larger, 0, untilEnd);
    System.arraycopy(ring, 0, larger, untilEnd, head);
    ring = larger;
    head = 0;
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // what add() was given for a T
  public T remove() {
    var item = (T) ring[head];
    ring[head] = null;
    head = (head + 1) & (ring.length - 1);
    size--;
    return item;
  }

  @Override
  public int size() {
    return size;
  }
}
