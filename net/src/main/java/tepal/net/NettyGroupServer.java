// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.loops.LoopGroup;
import tepal.streams.BaseProtocol;
import tepal.streams.Transport;

/// Listens on one loop, and hands what it accepts to the loops of a group in turn.
final class NettyGroupServer {
  /*
   * One NettyServer listens, on the loop that started this; it has no connections. Each loop of the
   * group has another one, a branch, which does not listen and has the connections of that loop. A
   * channel that was accepted is registered nowhere yet, so that any loop can take it.
   *
   * Only `accepting` waits in the system's queue of connections. A branch that is behind is passed over;
   * if all are, accepting pauses until one has caught up to half.
   *
   * The end goes the same way as the connections, first the listening channels, then the branches,
   * each through its loop's inbox: so a branch is closed after it took what was accepted before.
   */
  private final LoopGroup group;
  private final NettyServer accepting;
  private final List<NettyBranch> branches;

  // whose turn is next; confined to the accepting loop's I/O thread
  private int turn;

  // what was accepted before accepting could pause; confined to the accepting loop
  private final ArrayDeque<Channel> held = new ArrayDeque<>();

  // whether accepting pauses as no branch has room; confined to the accepting loop
  private boolean paused;

  // whether a branch that catches up must say so; set by the accepting loop, cleared by any
  private final AtomicBoolean congested = new AtomicBoolean();

  private final AtomicBoolean closing = new AtomicBoolean();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final Runnable whenLoopIsClosed = this::stop;

  // done when nothing is accepted any more
  private final CompletableFuture<@Nullable Void> stoppedListening = new CompletableFuture<>();

  private NettyGroupServer(LoopGroup group, NettyServer accepting, List<NettyBranch> branches) {
    this.group = group;
    this.accepting = accepting;
    this.branches = branches;
  }

  /// Makes a server that does not listen yet. Suspends the current task until all loops have
  /// their part.
  ///
  /// @throws IllegalStateException if a loop has another transport than `selector`
  static NettyGroupServer create(
      LoopGroup group,
      NettySelector selector,
      Supplier<? extends BaseProtocol<Transport>> protocols,
      @Nullable TlsSettings tls) {
    requireSameTransport(group, selector.backend.transport());
    NettyServer accepting = new NettyServer(selector, protocols, tls);
    List<NettyBranch> branches = makeBranches(group, protocols, tls);
    NettyGroupServer server = new NettyGroupServer(group, accepting, branches);
    accepting.handOverTo(server::route);
    branches.forEach(each -> each.begin(server));
    selector.loop.addCloseCallback(server.whenLoopIsClosed);
    return server;
  }

  private static List<NettyBranch> makeBranches(
      LoopGroup group,
      Supplier<? extends BaseProtocol<Transport>> protocols,
      @Nullable TlsSettings tls) {
    ConcurrentLinkedQueue<NettyBranch> made = new ConcurrentLinkedQueue<>();
    boolean complete = false;
    try {
      List<NettyBranch> branches = group.<NettyBranch, RuntimeException>callOnAll(() -> {
        NettyBranch branch =
            new NettyBranch(Net.of(Asyncio.getRunningLoop()).newServer(protocols, tls));
        made.add(branch);
        return branch;
      });
      complete = true;
      return branches;
    } finally {
      if (!complete) {
        made.forEach(NettyBranch::close);
      }
    }
  }

  private static void requireSameTransport(LoopGroup group, NetTransport wanted) {
    List<NetTransport> found = group.<NetTransport, RuntimeException>callOnAll(
        () -> Net.of(Asyncio.getRunningLoop()).transport());
    for (int i = 0; i < found.size(); i++) {
      if (found.get(i) != wanted) {
        throw new IllegalStateException(
            "Expected all loops of the group to have the transport %s of the loop that accepts, but"
                    .formatted(wanted)
                + " loop %d has %s".formatted(i, found.get(i)));
      }
    }
  }

  NettyServer accepting() {
    return accepting;
  }

  List<NettyBranch> branches() {
    return branches;
  }

  boolean isGroupShutdown() {
    return group.isShutdown();
  }

  // ---- Handing over; on the accepting loop's I/O thread

  private void route(Channel channel) {
    if (group.isShutdown()) {
      channel.unsafe().closeForcibly();
      // Not here, where Netty is about to accept the next one.
      accepting.selector().delivered();
      var _ = accepting.loop().callSoon(this::close);
    } else {
      held.add(channel);
      distribute();
    }
  }

  /// Hands over what can be, and pauses accepting if no branch has room for more.
  private void distribute() {
    do {
      congested.set(false);
      handOver();
      if (hasRoom()) {
        setPaused(false);
        return;
      }
      congested.set(true);
      setPaused(true);
      // A branch that has caught up before it could see this tells nobody.
    } while (hasRoom());
  }

  private void handOver() {
    while (!held.isEmpty()) {
      NettyBranch chosen = choose();
      if (chosen == null) {
        return;
      }
      chosen.hand(held.remove(), accepting.selector());
    }
  }

  private @Nullable NettyBranch choose() {
    for (int i = 0; i < branches.size(); i++) {
      NettyBranch each = branches.get(turn);
      turn = (turn + 1) % branches.size();
      if (each.hasRoom()) {
        return each;
      }
    }
    return null;
  }

  private void setPaused(boolean newPaused) {
    if (paused != newPaused) {
      paused = newPaused;
      accepting.setCongested(newPaused);
    }
  }

  private boolean hasRoom() {
    return branches.stream().anyMatch(NettyBranch::hasRoom);
  }

  /// A branch has caught up. May be called from any thread.
  void relieved() {
    if (congested.compareAndSet(true, false)) {
      callAccepting(() -> accepting.selector().onIoThread(this::distribute));
    }
  }

  /// A branch's loop was closed. May be called from any thread.
  void branchGone() {
    if (branches.stream().allMatch(NettyBranch::isGone)) {
      close();
    } else {
      relieved();
    }
  }

  // ---- From any thread

  void startServing() {
    callAccepting(accepting::startServing);
  }

  boolean isClosed() {
    return closing.get();
  }

  void close() {
    if (closing.compareAndSet(false, true)) {
      callAccepting(() -> {
        accepting.close();
        accepting.selector().onIoThread(this::stop);
      });
    }
  }

  private void callAccepting(Runnable action) {
    NettyBranch.callOn(accepting, action);
  }

  /// Nothing is accepted any more: the branches end when their connections have. On the
  /// accepting loop, or by whoever closes it.
  private void stop() {
    closing.set(true);
    if (stopped.compareAndSet(false, true)) {
      boolean _ = accepting.loop().removeCloseCallback(whenLoopIsClosed);
      held.forEach(this::handToAny);
      held.clear();
      branches.forEach(NettyBranch::close);
      boolean _ = stoppedListening.complete(null);
    }
  }

  private void handToAny(Channel channel) {
    for (NettyBranch each : branches) {
      if (!each.isGone()) {
        each.hand(channel, accepting.selector());
        return;
      }
    }
    channel.unsafe().closeForcibly();
  }

  CompletableFuture<@Nullable Void> stoppedListening() {
    return stoppedListening;
  }

  /// Returns what is done when nothing is accepted any more and no connection is left.
  CompletableFuture<?> ended() {
    return CompletableFuture.allOf(
        branches.stream().map(NettyBranch::ended).toArray(CompletableFuture<?>[]::new));
  }
}
