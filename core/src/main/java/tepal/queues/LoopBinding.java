// SPDX-License-Identifier: Apache-2.0
package tepal.queues;

import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.Future;

/// The loop that a queue belongs to: the one on which a task first had to wait for it.
final class LoopBinding {
  /*
   * Binding is the one thing that two threads may do at a time: by mistake, and it is what reports
   * the mistake. No user code can lock this object.
   */

  /** The loop of the first wait; null before it. Written once, with this object locked. */
  private volatile @Nullable EventLoop loop;

  /// Returns a new future of the running loop for a task to wait with.
  ///
  /// @param owner the queue, for descriptions
  Future<Boolean> createWaiter(Object owner) {
    EventLoop running = Asyncio.getRunningLoop();
    EventLoop bound = bind(running);
    if (bound != running) {
      throw new IllegalStateException("Expected a wait on " + bound + ", to which " + owner
          + " belongs since its first wait, found one on " + running);
    }
    return running.createWaiter(owner);
  }

  private EventLoop bind(EventLoop running) {
    EventLoop bound = loop;
    return bound != null ? bound : bindFirst(running);
  }

  private synchronized EventLoop bindFirst(EventLoop running) {
    EventLoop bound = loop;
    if (bound == null) {
      loop = running;
      return running;
    }
    return bound;
  }
}
