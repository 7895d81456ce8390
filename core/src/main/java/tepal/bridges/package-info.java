// SPDX-License-Identifier: Apache-2.0
/// What stands between a loop and code that knows no loop: other threads, and the publishers
/// and subscribers of [java.util.concurrent.Flow].
///
/// | type | which way |
/// |---|---|
/// | [BlockingPortal][tepal.bridges.BlockingPortal] | any thread calls into a loop and waits for
/// the value |
/// | [Publishers][tepal.bridges.Publishers] | a publisher as an iterable in a task, and a task as a
/// publisher |
///
/// Futures of the JDK are in package `tepal`: `await` takes a stage, `wrapFuture` any future,
/// `Future.toCompletableFuture` and `runCoroutineThreadsafe` give one to other threads.
///
/// Which thread runs what: a body runs as a task of its loop; a JDK future that a portal
/// returns is completed by the loop's callback thread; signals to a subscriber come from the
/// task that publishes; what a publisher's thread signals is only noted there, and read by
/// the task.
@NullMarked
package tepal.bridges;

import org.jspecify.annotations.NullMarked;
