// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import org.jspecify.annotations.Nullable;

/// A queue that gives the newest item first.
///
/// Mirrors
/// [`asyncio.LifoQueue`](https://docs.python.org/3.14/library/asyncio-queue.html#lifo-queue). Not
/// thread-safe: confined to the loop.
///
/// @param <T> the type of the items
public final class LifoQueue<T extends @Nullable Object> extends Queue<T> {

  /// Creates a queue without a bound.
  public LifoQueue() {
    this(0);
  }

  /// Creates a queue.
  ///
  /// @param maxsize how many items it holds at most; zero or less for no bound
  public LifoQueue(int maxsize) {
    super(maxsize, new Lifo<>());
  }
}
