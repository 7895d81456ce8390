// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.IdentityHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tepal.Context;
import tepal.EventLoop;
import tepal.Future;

/// What of a loop waits for channels of the JDK to become ready.
final class Readiness {
  /*
   * Netty's epoll and io_uring cannot wait for a channel of the JDK, whose descriptor is not public. So
   * a thread with a selector of the JDK does, for all transports; see ADR 34. This is the loop's side of
   * it: for each channel at most one reader and one writer, each either a task that waits once or a
   * callback that is called again and again.
   *
   * A `Wait` is told to the thread, which forgets it when it becomes ready and tells the loop by a
   * callback. What has been replaced or removed meanwhile is recognised by not being in the map any
   * more. A callback that stays is told to the thread anew after each call: so it is called once in an
   * iteration at most, and again for as long as the channel is ready.
   *
   * Confined to the loop.
   */

  /// Which of the two sides of a channel is waited for.
  enum Direction {
    READ(SelectionKey.OP_READ | SelectionKey.OP_ACCEPT, "read from"),
    WRITE(SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT, "write to");

    final int operations;
    final String verb;

    Direction(int operations, String verb) {
      this.operations = operations;
      this.verb = verb;
    }
  }

  /// One interest in a channel.
  ///
  /// @param channel the channel
  /// @param direction which side of it
  /// @param ready called on the loop: with null if the channel is ready or closed, with the
  ///     reason if it cannot be waited for
  /// @param context what `ready` is called in
  /// @param task whether a task waits, which no other may replace
  record Wait(
      SelectableChannel channel,
      Direction direction,
      Consumer<@Nullable Exception> ready,
      Context context,
      boolean task) {}

  private final NettySelector selector;
  private final IdentityHashMap<SelectableChannel, Wait> readers = new IdentityHashMap<>();
  private final IdentityHashMap<SelectableChannel, Wait> writers = new IdentityHashMap<>();

  // null until something is first waited for
  private @Nullable ReadinessThread thread;

  Readiness(NettySelector selector) {
    this.selector = selector;
  }

  private EventLoop loop() {
    return selector.loop;
  }

  // ---- Tasks

  /// Suspends the current task until the channel is ready or closed. If it is cancelled
  /// meanwhile, the channel is not watched any more.
  void await(SelectableChannel channel, Direction direction) {
    Future<@Nullable Void> waiter = loop().createWaiter(channel);
    Wait wait = new Wait(
        channel,
        direction,
        failure -> {
          if (waiter.done()) {
            return;
          }
          if (failure == null) {
            waiter.setResult(null);
          } else {
            waiter.setException(failure);
          }
        },
        Context.copyContext(),
        /* task= */ true);
    add(wait);
    try {
      waiter.await();
    } finally {
      removeIfPresent(wait);
    }
  }

  // ---- Callbacks

  /// Calls `callback` whenever the channel is ready, in place of what was called before.
  void set(SelectableChannel channel, Direction direction, Runnable callback) {
    Wait present = waits(direction).get(channel);
    if (present != null && !present.task()) {
      removeIfPresent(present);
    }
    add(new Wait(
        channel, direction, _ -> callback.run(), Context.copyContext(), /* task= */ false));
  }

  /// Returns whether there was a callback, which is not called any more.
  boolean unset(SelectableChannel channel, Direction direction) {
    Wait present = waits(direction).get(channel);
    if (present == null || present.task()) {
      return false;
    }
    removeIfPresent(present);
    return true;
  }

  // ---- Both

  private IdentityHashMap<SelectableChannel, Wait> waits(Direction direction) {
    return direction == Direction.READ ? readers : writers;
  }

  private void add(Wait wait) {
    ReadinessThread watching = thread(); // first, as it may fail
    Wait present = waits(wait.direction()).putIfAbsent(wait.channel(), wait);
    if (present != null) {
      throw new IllegalStateException("Expected a channel that nobody waits to %s, but %s does: %s"
          .formatted(
              wait.direction().verb, present.task() ? "a task" : "a callback", wait.channel()));
    }
    selector.channelAdded();
    watching.watch(wait);
  }

  private ReadinessThread thread() {
    ReadinessThread present = thread;
    if (present == null) {
      present = new ReadinessThread(this);
      loop().addCloseCallback(present::close);
      present.start();
      thread = present;
    }
    return present;
  }

  private void removeIfPresent(Wait wait) {
    if (waits(wait.direction()).remove(wait.channel(), wait)) {
      selector.channelRemoved();
      thread().forget(wait);
    }
  }

  /// Lets the loop know that a wait is over. Called on the other thread.
  void tell(Wait wait, @Nullable Exception failure) {
    try {
      var _ = loop().callSoonThreadsafe(() -> over(wait, failure), wait.context());
    } catch (IllegalStateException _) {
      // The loop is closed: nobody waits any more.
    }
  }

  private void over(Wait wait, @Nullable Exception failure) {
    if (waits(wait.direction()).get(wait.channel()) != wait) {
      return;
    }
    boolean last = wait.task() || failure != null || !wait.channel().isOpen();
    if (last) {
      waits(wait.direction()).remove(wait.channel());
      selector.channelRemoved();
    }
    try {
      wait.ready().accept(failure);
    } finally {
      if (!last && waits(wait.direction()).get(wait.channel()) == wait) {
        thread().watch(wait);
      }
    }
  }
}
