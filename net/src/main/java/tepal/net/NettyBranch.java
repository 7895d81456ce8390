// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.Channel;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.Context;
import tepal.EventLoop;

/// The part that one loop of a group has of a server: its connections, and those that are on their
/// way to it.
final class NettyBranch {
  /*
   * A channel on its way is in `underWay` until somebody takes it out: the loop's I/O thread, which
   * makes a connection of it, or whoever finds the loop closed, who closes it. Both look after the
   * other could have begun: the one who hands over, after it has left the channel in the inbox; the loop's
   * close, after it has left its last word. So no descriptor is left, whoever is first.
   */

  /** How many connections may be on their way. Beyond that the loop is passed over. */
  static final int MOST_UNDER_WAY = 64;

  private static final Context NO_VALUES = new Context();

  private final NettyServer server;
  private final EventLoop loop;
  private final Set<Channel> underWay = ConcurrentHashMap.newKeySet();

  // how many there are in `underWay`
  private final AtomicInteger count = new AtomicInteger();

  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
  private final Runnable whenLoopIsClosed = this::loopClosed;

  // set once, before there are connections
  private volatile @Nullable NettyGroupServer group;

  // whether the loop is closed; set by the thread that closes it
  private volatile boolean gone;

  /// Made on the loop.
  NettyBranch(NettyServer server) {
    this.server = server;
    this.loop = server.loop();
    server.onEnd(this::connectionsEnded);
    loop.addCloseCallback(whenLoopIsClosed);
  }

  void begin(NettyGroupServer newGroup) {
    group = newGroup;
    if (gone) {
      newGroup.branchGone();
    }
  }

  boolean hasRoom() {
    return !gone && count.get() < MOST_UNDER_WAY;
  }

  int underWay() {
    return count.get();
  }

  boolean isGone() {
    return gone;
  }

  CompletableFuture<@Nullable Void> ended() {
    return ended;
  }

  NettyServer server() {
    return server;
  }

  // ---- On the accepting loop's I/O thread

  void hand(Channel channel, NettySelector accepting) {
    if (accepting.loop == loop) {
      server.take(channel);
      return;
    }
    underWay.add(channel);
    count.incrementAndGet();
    try {
      var _ = loop.callSoonThreadsafe(
          () -> server.selector().onIoThread(() -> arrived(channel)), NO_VALUES);
    } catch (IllegalStateException closed) {
      refuse(channel);
      return;
    }
    if (loop.isClosed()) {
      refuse(channel);
    }
  }

  private void refuse(Channel channel) {
    if (isMine(channel)) {
      channel.unsafe().closeForcibly();
    }
  }

  /// Takes a channel out of those that are on their way; returns false if somebody else has.
  private boolean isMine(Channel channel) {
    return underWay.remove(channel) && count.decrementAndGet() >= 0;
  }

  // ---- On this loop

  /// On the I/O thread.
  private void arrived(Channel channel) {
    NettyGroupServer owner = group;
    if (owner == null || !isMine(channel)) {
      return;
    }
    if (owner.isGroupShutdown()) {
      channel.unsafe().closeForcibly();
    } else {
      server.take(channel);
    }
    if (count.get() <= MOST_UNDER_WAY / 2) {
      owner.relieved();
    }
  }

  private void connectionsEnded() {
    boolean _ = loop.removeCloseCallback(whenLoopIsClosed);
    boolean _ = ended.complete(null);
  }

  /// Called by whoever closes the loop, which has closed its connections.
  private void loopClosed() {
    gone = true;
    underWay.forEach(this::refuse);
    boolean _ = ended.complete(null);
    NettyGroupServer owner = group;
    if (owner != null) {
      owner.branchGone();
    }
  }

  // ---- From any thread

  /// Lets this end when its connections have, those that are on their way included.
  void close() {
    callOn(
        server,
        () -> server.selector().onIoThread(() -> {
          server.selector().delivered();
          server.close();
        }));
  }

  void closeClients() {
    callOn(server, server::closeClients);
  }

  void abortClients() {
    callOn(server, server::abortClients);
  }

  /// Calls `action` on a server's loop, at once if that runs the current task or callback, unless
  /// the loop is closed.
  static void callOn(NettyServer server, Runnable action) {
    EventLoop loop = server.loop();
    if (loop.isClosed()) {
      return;
    }
    if (isOn(loop)) {
      action.run();
      return;
    }
    try {
      var _ = loop.callSoonThreadsafe(action, NO_VALUES);
    } catch (IllegalStateException closed) {
      return;
    }
  }

  private static boolean isOn(EventLoop loop) {
    if (!Thread.currentThread().isVirtual()) {
      return false;
    }
    try {
      return Asyncio.getRunningLoop() == loop;
    } catch (IllegalStateException e) {
      return false;
    }
  }
}
