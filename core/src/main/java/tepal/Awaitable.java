// SPDX-License-Identifier: Apache-2.0
package tepal;

import org.jspecify.annotations.Nullable;

/// Something whose value can be waited for: the body of a coroutine, or a [Future].
///
/// A lambda is an awaitable, `() -> fetch(url)`, as calling an `async def` function gives a
/// coroutine in Python. Nothing runs until it is awaited or made into a task. Unlike a
/// coroutine object, a lambda may be awaited more than once, and runs anew each time.
///
/// Mirrors `collections.abc.Awaitable`.
///
/// @param <T> the type of the value
@FunctionalInterface
public interface Awaitable<T extends @Nullable Object> {

  /// Runs the body, or waits for the future, and returns the value.
  ///
  /// May suspend the current task.
  ///
  /// @return the value
  /// @throws Exception whatever the body throws
  T await() throws Exception;
}
