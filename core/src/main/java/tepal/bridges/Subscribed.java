// SPDX-License-Identifier: Apache-2.0
package tepal.bridges;

import java.util.Iterator;

/// The items of a publisher, for one pass; see [Publishers#iterate].
///
/// A plain `for` in a task reads them: `hasNext` suspends the task until there is an item or
/// the end. If it is cancelled meanwhile, no item is lost, and another `hasNext` goes on.
/// What the publisher failed with, `hasNext` throws after the items that came before: an
/// unchecked exception as it is, a checked one as the cause of a
/// [java.util.concurrent.CompletionException]. A publisher that sends more than it was asked
/// for is cancelled, and `hasNext` throws [IllegalStateException].
///
/// Not thread-safe: confined to the loop. One task at a time may read.
///
/// @param <T> the type of the items
public final class Subscribed<T> implements Iterable<T>, AutoCloseable {
  private final Receiver<T> receiver;

  Subscribed(Receiver<T> receiver) {
    this.receiver = receiver;
  }

  /// Returns the iterator, which is the same each time: a second loop goes on where the first
  /// one stopped.
  ///
  /// @return the iterator
  @Override
  public Iterator<T> iterator() {
    return receiver;
  }

  /// Cancels the subscription, unless the publisher has ended. Items that were not read are
  /// dropped, and a task that waits for one finds no more.
  ///
  /// Returns immediately. Closing twice does nothing.
  @Override
  public void close() {
    receiver.close();
  }

  @Override
  public String toString() {
    return "Subscribed[" + receiver.describe() + "]";
  }
}
