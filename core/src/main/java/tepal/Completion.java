// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.function.Consumer;

/// What a future keeps of those who want to know that it is done.
interface Completion {

  /// Returns the entry of the ready queue that will tell them.
  Ready completed(Future<?> future);

  /// Finds the tasks and futures on whose behalf this wants to know, and which wait for it; by
  /// default none.
  default void awaiters(Consumer<? super Future<?>> found) {}

  /// Finds the tasks that will wait for it before they go on from where they are, but do not yet;
  /// by default none.
  default void laterAwaiters(Consumer<? super Future<?>> found) {}
}
