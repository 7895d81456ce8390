// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// Items in the reverse of the order in which they came.
///
/// @param <T> the type of the items
final class Lifo<T extends @Nullable Object> implements Storage<T> {
  private final ArrayList<T> stack = new ArrayList<>();

  @Override
  public void add(T item) {
    stack.add(item);
  }

  @Override
  public T remove() {
    return stack.removeLast();
  }

  @Override
  public int size() {
    return stack.size();
  }
}
