// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.Future;

/// Sockets that listen, and the connections that were accepted from them.
///
/// Made by [Net#startServer] and [Net#createServer]. Closing it stops the listening and leaves the
/// connections alone; `try`-with-resources does that. Not thread-safe: confined to the loop.
///
/// Mirrors
/// [`asyncio.Server`](https://docs.python.org/3.14/library/asyncio-eventloop.html#asyncio.Server).
public final class Server implements AutoCloseable {
  private final NettyServer netty;

  // of the task in serveForever; null if none is
  private @Nullable Future<@Nullable Void> forever;

  Server(NettyServer netty) {
    this.netty = netty;
  }

  NettyServer netty() {
    return netty;
  }

  /// Returns the addresses that the server listens on. Returns immediately.
  ///
  /// Mirrors the `sockets` of a server, whose `getsockname()` these are.
  ///
  /// @return the addresses, with the ports that the system has chosen; none once it is closed
  public List<SocketAddress> sockets() {
    return netty.addresses();
  }

  /// Returns the loop that the server belongs to.
  ///
  /// @return the loop
  public EventLoop getLoop() {
    return netty.loop();
  }

  /// Returns whether connections are accepted. Returns immediately.
  ///
  /// @return whether they are
  public boolean isServing() {
    return netty.isServing();
  }

  /// Begins to accept connections. Returns immediately. Does nothing if the server does already, or
  /// is closed.
  public void startServing() {
    netty.startServing();
  }

  /// Accepts connections until the current task is cancelled or the server is closed. Suspends the
  /// current task until then.
  ///
  /// If cancelled while waiting, closes the server and waits until its connections are closed.
  ///
  /// @throws CancelledError if the task is cancelled, or another task closes the server
  /// @throws IllegalStateException if the server is closed, or another task serves it already
  public void serveForever() {
    if (forever != null) {
      throw new IllegalStateException(
          "Expected a server that no task serves, but one does: " + this);
    }
    if (netty.isClosed()) {
      throw new IllegalStateException("Expected a server that is open, but it is closed: " + this);
    }
    netty.startServing();
    Future<@Nullable Void> waiter = netty.loop().createFuture();
    forever = waiter;
    try {
      waiter.await();
    } catch (CancelledError e) {
      close();
      waitClosed();
      throw e;
    } finally {
      forever = null;
    }
  }

  /// Stops listening. Returns immediately; closing twice does nothing. Connections that were
  /// accepted go on; a task in [#serveForever()] is cancelled.
  @Override
  public void close() {
    netty.close();
    Future<@Nullable Void> waiter = forever;
    if (waiter != null) {
      boolean _ = waiter.cancel();
    }
  }

  /// Closes all connections that were accepted, after what was written to them. Returns
  /// immediately.
  public void closeClients() {
    netty.closeClients();
  }

  /// Closes all connections that were accepted at once; what was written and not sent is lost.
  /// Returns immediately.
  public void abortClients() {
    netty.abortClients();
  }

  /// Suspends the current task until the server is closed and all its connections are. Several
  /// tasks may wait.
  ///
  /// Returns immediately, without suspending, if that is so. If cancelled while waiting, nothing
  /// else happens.
  ///
  /// @throws CancelledError if the task is cancelled while it waits
  /// @throws IllegalStateException if it would have to wait and the calling thread runs no task
  public void waitClosed() {
    netty.waitClosed();
  }

  /// Returns the addresses and the state, as in `Server[/127.0.0.1:8765, serving]`.
  @Override
  public String toString() {
    String state = netty.isClosed() ? "closed" : netty.isServing() ? "serving" : "not serving";
    StringBuilder text = new StringBuilder("Server[");
    sockets().forEach(each -> text.append(each).append(", "));
    return text.append(state).append(']').toString();
  }
}
