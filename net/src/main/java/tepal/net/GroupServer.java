// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.EventLoop;

/// Sockets that listen on one loop, and the connections that were accepted from them, which the
/// loops of a [LoopGroup][tepal.loops.LoopGroup] serve.
///
/// Made by [Net#startServer(tepal.loops.LoopGroup, tepal.streams.ClientConnectedCallback,
/// String, int)] and its twins. Connections go to the loops in turn. A loop that is so far
/// behind that 64 connections are on their way to it is passed over until it has caught up;
/// while all loops are, nobody is accepted, and clients wait in the system's queue.
///
/// The server ends with the loop that accepts, and with the group: when the group is stopped,
/// nobody is accepted any more, and a connection that was not served yet is closed.
///
/// Thread-safe, but for what suspends the current task. Closing it stops the listening and
/// leaves the connections alone; `try`-with-resources does that.
public final class GroupServer implements AutoCloseable {
  private final NettyGroupServer netty;
  private final List<SocketAddress> addresses;

  /// Called on the accepting loop when the server listens.
  GroupServer(NettyGroupServer netty) {
    this.netty = netty;
    this.addresses = netty.accepting().addresses();
  }

  NettyGroupServer netty() {
    return netty;
  }

  /// Returns the addresses that the server listens on. May be called from any thread.
  ///
  /// @return the addresses, with the ports that the system has chosen; none once it is closed
  public List<SocketAddress> sockets() {
    return netty.isClosed() ? List.of() : addresses;
  }

  /// Returns the loop that accepts.
  ///
  /// @return the loop
  public EventLoop getLoop() {
    return netty.accepting().loop();
  }

  /// Begins to accept connections, if that was not asked for at the start. Returns immediately;
  /// may be called from any thread. Does nothing if the server does already, or is closed.
  public void startServing() {
    netty.startServing();
  }

  /// Accepts connections until the current task, which may be of any loop, is cancelled or the
  /// server is closed. Suspends the current task until then.
  ///
  /// If cancelled while waiting, closes the server and waits until its connections are closed.
  ///
  /// @throws CancelledError if the task is cancelled, or somebody closes the server
  /// @throws IllegalStateException if the server is closed, or the current thread runs no task
  public void serveForever() {
    if (netty.isClosed()) {
      throw new IllegalStateException("Expected a server that is open, but it is closed: " + this);
    }
    netty.startServing();
    try {
      Object _ = Asyncio.await(netty.stoppedListening().copy());
    } catch (CancelledError e) {
      close();
      waitClosed();
      throw e;
    }
    throw new CancelledError("The server was closed");
  }

  /// Stops listening. Returns immediately; may be called from any thread. The loop that accepts
  /// closes the sockets, in its next iteration. Closing twice does nothing. Connections that
  /// were accepted go on; a task in [#serveForever()] is cancelled.
  @Override
  public void close() {
    netty.close();
  }

  /// Closes all connections that were accepted, after what was written to them. Returns
  /// immediately; may be called from any thread.
  public void closeClients() {
    netty.branches().forEach(NettyBranch::closeClients);
  }

  /// Closes all connections that were accepted at once; what was written and not sent is lost.
  /// Returns immediately; may be called from any thread.
  public void abortClients() {
    netty.branches().forEach(NettyBranch::abortClients);
  }

  /// Waits until the server is closed and all its connections on all loops are. A loop that is
  /// closed has none. Suspends the current task, which may be of any loop; blocks a thread that
  /// is of no loop.
  ///
  /// Returns immediately, without suspending, if that is so. If cancelled while waiting, nothing
  /// else happens.
  ///
  /// @throws CancelledError if the task is cancelled while it waits, or the thread is
  ///     interrupted, whose interrupt status stays
  /// @throws IllegalStateException if called in a callback
  public void waitClosed() {
    CompletableFuture<?> ended = netty.ended();
    if (Asyncio.currentTask() != null) {
      Object _ = Asyncio.await(ended);
      return;
    }
    requireNoLoop();
    try {
      Object _ = ended.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledError("The thread was interrupted");
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private static void requireNoLoop() {
    EventLoop running;
    try {
      running = Asyncio.getRunningLoop();
    } catch (IllegalStateException ofNoLoop) {
      return;
    }
    throw new IllegalStateException(
        "waitClosed() must be called in a task or on a thread of no loop, but was called in a"
            + " callback of " + running);
  }

  /// Returns the addresses and the number of loops, as in
  /// `GroupServer[/127.0.0.1:8765, on 4 loops]`.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("GroupServer[");
    sockets().forEach(each -> text.append(each).append(", "));
    return text.append(netty.isClosed() ? "closed, " : "")
        .append("on ")
        .append(netty.branches().size())
        .append(" loops]")
        .toString();
  }
}
