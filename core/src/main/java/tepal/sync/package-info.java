// SPDX-License-Identifier: Apache-2.0
/// Asyncio's synchronization primitives: what tasks of one loop use to take turns and to wait for
/// each other.
///
/// | type | what a task waits for |
/// |---|---|
/// | [Lock][tepal.sync.Lock] | its turn, one task at a time |
/// | [Semaphore][tepal.sync.Semaphore] | its turn, a number of tasks at a time |
/// | [BoundedSemaphore][tepal.sync.BoundedSemaphore] | the same, with surplus releases refused |
/// | [Event][tepal.sync.Event] | a flag |
/// | [Condition][tepal.sync.Condition] | a state that a lock protects |
/// | [Barrier][tepal.sync.Barrier] | the other tasks of a fixed number |
///
/// All of them wake tasks in the order in which they began to wait, and one iteration of the loop
/// after the call that woke them. A wait that does not have to wait does not suspend.
///
/// None of them is thread-safe, and none needs to be: a loop runs one task at a time. A primitive
/// belongs to the loop on which a task first had to wait for it; a wait on another loop throws
/// [IllegalStateException]. It may be created anywhere, also before there is a loop.
///
/// What has to be released comes back from `acquire()` as a [Held][tepal.sync.Held]:
///
/// ```java
/// try (var _ = lock.acquire()) {
///   // one task at a time
/// }
/// ```
@NullMarked
package tepal.sync;

import org.jspecify.annotations.NullMarked;
