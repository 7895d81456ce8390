// SPDX-License-Identifier: Apache-2.0
package tepal.testing;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.Future;
import tepal.Task;

/// Forces blocks of code in different tasks into one order, given by numbers from 0 on.
///
/// ```java
/// Sequencer sequencer = new Sequencer();
/// gather(
///     () -> {
///       try (var _ = sequencer.at(0)) { client.connect(); }
///       try (var _ = sequencer.at(2)) { client.send("late"); }
///     },
///     () -> {
///       try (var _ = sequencer.at(1)) { server.close(); }
///     })
///     .await();
/// ```
///
/// Block 0 begins at once; every other one begins when the one before it has ended, however it
/// ended. A number that nobody uses is waited for, for ever.
///
/// Not thread-safe: confined to the loop. Mirrors
/// [`trio.testing.Sequencer`](https://trio.readthedocs.io/en/stable/reference-testing.html#trio.testing.Sequencer).
///
/// ## Differences from Python
///
/// A task that is cancelled while it waits breaks the sequence, as in Trio; it is cancelled
/// itself, where Trio turns the cancellation into an error. A task that asks for another block
/// inside its own, and would wait for itself, is told so.
public final class Sequencer {
  /*
   * Blocks before `next` have ended; `next` may begin or is under way. The numbers in `later` were
   * asked for and are not yet due, each with the future that its task waits for.
   */
  private final Map<Integer, Future<@Nullable Void>> later = new HashMap<>();
  private int next;

  // the block that is under way, or null
  private @Nullable Block current;

  // the wait that was cancelled and after which nothing can go on, or null
  private @Nullable Integer broken;

  /// Creates a sequence whose first block is 0.
  public Sequencer() {}

  /// Suspends the current task until the block before `position` has ended, and begins this one.
  ///
  /// Returns immediately, without suspending, if it has ended already, or if the position is 0.
  /// If cancelled while waiting, or woken and cancelled before it goes on, the sequence is
  /// broken: all tasks that wait for later blocks, and all that come, get an error.
  ///
  /// @param position the number of the block; each is used once
  /// @return what ends the block when it is closed
  /// @throws IllegalArgumentException if the position is negative
  /// @throws IllegalStateException if the position was used before, if the current task is in a
  ///     block already, if the sequence is broken, or if the current thread runs no task
  /// @throws CancelledError if the task is cancelled while it waits
  public Block at(int position) {
    Task<?> task = Testing.requireTask("at()");
    require(position, task);
    if (position != next) {
      awaitTurn(position);
    }
    Block block = new Block(position, task);
    current = block;
    return block;
  }

  private void require(int position, Task<?> task) {
    if (position < 0) {
      throw new IllegalArgumentException("Expected a position of zero or more, got " + position);
    }
    requireWhole();
    if (position < next || later.containsKey(position) || isCurrent(position)) {
      throw new IllegalStateException(
          "Expected a position that was not used before, but %d was".formatted(position));
    }
    if (current != null && current.task == task) {
      throw new IllegalStateException(
          "Expected a task that is in no block, as it would wait for itself, but %s asks for block %d in block %d"
              .formatted(task.getName(), position, current.position));
    }
  }

  private boolean isCurrent(int position) {
    return current != null && current.position == position;
  }

  private void requireWhole() {
    if (broken != null) {
      throw new IllegalStateException(
          "Expected a sequence in which all blocks can have their turn, but the wait for block %d was cancelled"
              .formatted(broken));
    }
  }

  private void awaitTurn(int position) {
    Future<@Nullable Void> turn = Asyncio.getRunningLoop().createWaiter(this);
    later.put(position, turn);
    try {
      turn.await();
    } catch (CancelledError e) {
      breakAt(position);
      throw e;
    } finally {
      later.remove(position);
    }
    requireWhole();
  }

  private void breakAt(int position) {
    if (broken == null) {
      broken = position;
      later.values().forEach(Sequencer::wake);
    }
  }

  private void ended(Block block) {
    if (current == block) {
      current = null;
      next++;
      Future<@Nullable Void> turn = later.get(next);
      if (turn != null) {
        wake(turn);
      }
    }
  }

  private static void wake(Future<@Nullable Void> turn) {
    if (!turn.done()) {
      turn.setResult(null);
    }
  }

  @Override
  public String toString() {
    String state = broken != null
        ? "broken at " + broken
        : current != null ? "in block " + next : "next block " + next;
    return "Sequencer[%s, %d waiting]".formatted(state, later.size());
  }

  /// A block that is under way: closing it ends it.
  public final class Block implements AutoCloseable {
    private final int position;
    private final Task<?> task;

    private Block(int position, Task<?> task) {
      this.position = position;
      this.task = task;
    }

    /// Ends the block, so that the next one begins. Returns immediately. Closing twice does
    /// nothing.
    @Override
    public void close() {
      ended(this);
    }

    @Override
    public String toString() {
      return "Block[" + position + "]";
    }
  }
}
