// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import org.jspecify.annotations.Nullable;

/// Where a queue keeps its items, and so the order in which they come out.
///
/// Takes the place of the methods `_init`, `_put` and `_get` that subclasses of `asyncio.Queue`
/// override. Confined to the loop.
///
/// @param <T> the type of the items
interface Storage<T extends @Nullable Object> {

  /// Adds an item, or throws and is as before.
  void add(T item);

  /// Removes the next item, or throws and is as before. Only called if there is one.
  T remove();

  int size();
}
