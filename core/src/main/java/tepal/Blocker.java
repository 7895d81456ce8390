// SPDX-License-Identifier: Apache-2.0
package tepal;

import org.jspecify.annotations.Nullable;

/// What tasks wait for that another task holds: a lock, as far as descriptions are concerned.
///
/// The call graph shows a task that waits with a future of
/// [EventLoop#createWaiter(Object)] as awaiting the holder, if what it waits for is a
/// `Blocker`. So a deadlock shows as a cycle. Nothing else depends on it.
///
/// ```java
/// final class Turnstile implements Blocker {
///   private @Nullable Thread holder;
///   // ...
///   @Override
///   public @Nullable Thread holder() {
///     return holder;
///   }
/// }
/// ```
///
/// The JDK's counterpart is the owner of a
/// [java.util.concurrent.locks.AbstractOwnableSynchronizer].
@FunctionalInterface
public interface Blocker {

  /// Returns the thread of the task that has to let go before others can go on: what
  /// [Thread#currentThread()] was when it took hold. A thread and not a task, because it costs
  /// next to nothing to remember; [Task#of(Thread)] finds the task.
  ///
  /// Returns immediately; may be called from any thread, also while the loop hangs.
  ///
  /// @return the thread; null if nobody holds it, or nobody knows who does
  @Nullable Thread holder();
}
