// SPDX-License-Identifier: Apache-2.0
/// Asyncio's queues: how tasks of one loop hand items to each other.
///
/// | type | which item comes out next |
/// |---|---|
/// | [Queue][tepal.queues.Queue] | the oldest, or what a storage of your own gives |
/// | [LifoQueue][tepal.queues.LifoQueue] | the newest |
/// | [PriorityQueue][tepal.queues.PriorityQueue] | the least |
///
/// `put` and `get` suspend the task while the queue is full or empty; `putNowait` and `getNowait`
/// never suspend and throw instead.
///
/// No queue is thread-safe, and none needs to be: a loop runs one task at a time. A queue belongs
/// to the loop on which a task first had to wait for it; a wait on another loop throws
/// [IllegalStateException]. It may be created anywhere, also before there is a loop.
@NullMarked
package tepal.queues;

import org.jspecify.annotations.NullMarked;
