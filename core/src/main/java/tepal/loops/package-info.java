// SPDX-License-Identifier: Apache-2.0
/// Several loops in one JVM, and what may pass between them.
///
/// | type | what it is |
/// |---|---|
/// | [LoopGroup][tepal.loops.LoopGroup] | N loops, each on a thread of its own, started and stopped
/// together |
/// | [Loops][tepal.loops.Loops] | a call from a task of one loop, or a thread, into another loop |
/// | [SharedQueue][tepal.loops.SharedQueue] | a bounded queue for tasks of any loop and for threads
/// |
///
/// All else is confined to its loop: futures, tasks, `tepal.sync`, `tepal.queues`, streams.
/// Loops run at the same time, so that data which their bodies share needs what data of threads
/// needs. Nothing here holds a lock while it runs code of a user, or waits.
@NullMarked
package tepal.loops;

import org.jspecify.annotations.NullMarked;
