// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import org.jspecify.annotations.Nullable;

/// Items in a queue of the JDK's kind, which decides on their order.
///
/// @param items the queue, which nobody else touches any more
/// @param <T> the type of the items
record JdkStorage<T extends @Nullable Object>(java.util.Queue<T> items) implements Storage<T> {

  @Override
  public void add(T item) {
    items.add(item);
  }

  @Override
  public T remove() {
    return items.remove();
  }

  @Override
  public int size() {
    return items.size();
  }
}
