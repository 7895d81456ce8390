// SPDX-License-Identifier: Apache-2.0
package tepal.sync;

/// What a task holds after `acquire()`: closing it releases the lock, semaphore or condition.
///
/// ```java
/// try (var _ = lock.acquire()) {
///   // one task at a time
/// }
/// ```
///
/// A primitive gives the same `Held` to every task that acquires it, so it says nothing about who
/// holds it, and every `acquire()` needs exactly one `close()` or one `release()`, not both.
public interface Held extends AutoCloseable {

  /// Releases what was acquired. Returns immediately.
  ///
  /// @throws IllegalStateException if it was released already, under the same rules as
  ///     `release()` of the primitive that gave it
  @Override
  void close();
}
