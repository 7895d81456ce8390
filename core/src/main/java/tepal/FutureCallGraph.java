// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.List;

/// A future, where it is, and who awaits it: what [Asyncio#captureCallGraph(Future)] saw at one
/// moment.
///
/// The graph is not always a tree. What several futures await stands in each of their lists, as
/// the same object. Where the way along [#awaitedBy()] comes to a future that it has passed
/// already, a cycle, the graph ends with an entry that has neither frames nor awaiters.
///
/// Mirrors
/// [`asyncio.FutureCallGraph`](https://docs.python.org/3.14/library/asyncio-graph.html#asyncio.FutureCallGraph).
///
/// @param future the future or task
/// @param callStack its frames, innermost first; empty for a future that is no task, a task that
///     has not begun, and one that is done
/// @param awaitedBy who awaits it; empty for nobody
public record FutureCallGraph(
    Future<?> future, List<FrameCallGraphEntry> callStack, List<FutureCallGraph> awaitedBy) {

  /// Makes a graph.
  public FutureCallGraph {
    callStack = List.copyOf(callStack);
    awaitedBy = List.copyOf(awaitedBy);
  }

  /// Returns whether `other` is this: a graph is what was seen at one moment.
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  /// Returns the future and how many frames and awaiters there are.
  @Override
  public String toString() {
    return "FutureCallGraph[%s, %d frames, awaited by %d]"
        .formatted(future, callStack.size(), awaitedBy.size());
  }
}
