// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tepal.Context;
import tepal.EventLoop;
import tepal.ExceptionContext;
import tepal.Future;
import tepal.TimerHandle;
import tepal.streams.BaseProtocol;
import tepal.streams.Transport;

/// The listening channels of a [Server] and the connections that they accepted.
final class NettyServer {
  /** How long to stop accepting when the process has no descriptor left, as in asyncio. */
  private static final Duration ACCEPT_RETRY = Duration.ofSeconds(1);

  private final NettySelector selector;
  private final Supplier<? extends BaseProtocol<Transport>> protocols;
  // null for connections that are not encrypted
  private final @Nullable TlsSettings tls;

  private final Context context = Context.copyContext();
  private final List<Channel> listening = new ArrayList<>();
  private final Set<NettyConnection> connections = new LinkedHashSet<>();
  private final List<Future<@Nullable Void>> closedWaiters = new ArrayList<>();

  // accepting again, after descriptors ran out; null if accepting was not paused
  private @Nullable TimerHandle resumption;

  // takes what is accepted here and served by other loops; null if this serves it
  private @Nullable Consumer<Channel> handOver;

  // no loop can take more connections; confined to the loop
  private boolean congested;

  // told once that this is closed and has no connection; null for nobody
  private @Nullable Runnable onEnd;

  private boolean serving;
  private boolean closed;

  NettyServer(
      NettySelector selector,
      Supplier<? extends BaseProtocol<Transport>> protocols,
      @Nullable TlsSettings tls) {
    this.selector = selector;
    this.protocols = protocols;
    this.tls = tls;
  }

  EventLoop loop() {
    return selector.loop;
  }

  NettySelector selector() {
    return selector;
  }

  /// Lets what is accepted here be served elsewhere. Called before anything listens.
  void handOverTo(Consumer<Channel> other) {
    handOver = other;
  }

  /// Lets `callback` be called, on the loop, once this is closed and has no connection.
  void onEnd(Runnable callback) {
    onEnd = callback;
  }

  // ---- Listening

  /// Adds a channel that is bound. Called on the I/O thread, before or after serving starts.
  void add(Channel channel) {
    listening.add(channel);
  }

  /// Returns what accepts for this, for the pipeline of a listening channel.
  ChannelInboundHandlerAdapter acceptor() {
    return new Acceptor();
  }

  private final class Acceptor extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      Channel channel = (Channel) message;
      if (closed) {
        channel.unsafe().closeForcibly();
      } else if (handOver != null) {
        handOver.accept(channel);
      } else {
        take(channel);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      selector.delivered();
      pauseAccepting();
      var _ = loop()
          .callSoon(
              () -> loop()
                  .callExceptionHandler(new ExceptionContext(
                      "Accepting a connection failed; trying again in " + ACCEPT_RETRY.toSeconds()
                          + " s",
                      Objects.requireNonNull(NettyFailures.of(cause)))),
              context);
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
      selector.channelRemoved();
    }
  }

  /// Makes a connection of a channel that was accepted, here or by another loop. Called on the I/O
  /// thread.
  void take(Channel channel) {
    NettyConnection connection = NettyChannels.accept(selector, channel, context, this);
    connections.add(connection);
    if (tls == null) {
      beginSoon(connection);
    } else {
      acceptTls(connection, tls);
    }
  }

  private void acceptTls(NettyConnection connection, TlsSettings settings) {
    try {
      NettyTls.accept(connection, settings, () -> beginSoon(connection));
    } catch (RuntimeException e) {
      selector.delivered();
      var _ = loop()
          .callSoon(
              () -> loop()
                  .callExceptionHandler(
                      new ExceptionContext("TLS cannot begin on " + connection, e)),
              context);
    }
  }

  /// On the I/O thread.
  private void beginSoon(NettyConnection connection) {
    selector.delivered();
    var _ = loop().callSoon(() -> begin(connection), context);
  }

  /// Called on the callback thread: the factory is the user's.
  private void begin(NettyConnection connection) {
    BaseProtocol<Transport> protocol;
    try {
      protocol = protocols.get();
      connection.setProtocol(protocol);
    } catch (Throwable e) {
      connection.abort();
      throw e;
    }
    connection.begin(protocol);
  }

  void startServing() {
    if (!serving && !closed) {
      serving = true;
      selector.onIoThread(this::updateAccepting);
    }
  }

  boolean isServing() {
    return serving && !closed;
  }

  /// On the I/O thread.
  private void updateAccepting() {
    boolean accepting = serving && !closed && resumption == null && !congested;
    listening.forEach(each -> each.config().setAutoRead(accepting));
  }

  /// Leaves connections in the system's queue, or accepts them again. Called on the loop.
  void setCongested(boolean newCongested) {
    congested = newCongested;
    selector.onIoThread(this::updateAccepting);
  }

  /// On the I/O thread.
  private void pauseAccepting() {
    if (resumption == null && !closed) {
      resumption = loop()
          .callLater(
              ACCEPT_RETRY,
              () -> {
                resumption = null;
                selector.onIoThread(this::updateAccepting);
              },
              context);
    }
    updateAccepting();
  }

  /// Does something with each listening channel, on the I/O thread.
  void accepting(Consumer<Channel> action) {
    selector.onIoThread(() -> listening.forEach(action));
  }

  List<SocketAddress> addresses() {
    return closed
        ? List.of()
        : listening.stream()
            .map(each -> Objects.requireNonNull(NettyAddresses.toJdk(each.localAddress())))
            .toList();
  }

  // ---- Connections

  /// Forgets a connection whose protocol was told that it is lost.
  void detach(NettyConnection connection) {
    connections.remove(connection);
    wakeIfClosed();
  }

  int connections() {
    return connections.size();
  }

  void closeClients() {
    List.copyOf(connections).forEach(NettyConnection::close);
  }

  void abortClients() {
    List.copyOf(connections).forEach(NettyConnection::abort);
  }

  // ---- The end

  /// Stops listening. Called on the loop.
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (resumption != null) {
      resumption.cancel();
    }
    accepting(NettyChannels::close);
    wakeIfClosed();
  }

  boolean isClosed() {
    return closed;
  }

  /// Suspends the current task until this is closed and has no connection.
  void waitClosed() {
    if (closed && connections.isEmpty()) {
      return;
    }
    Future<@Nullable Void> waiter = loop().createFuture();
    closedWaiters.add(waiter);
    try {
      waiter.await();
    } finally {
      closedWaiters.remove(waiter);
    }
  }

  private void wakeIfClosed() {
    if (closed && connections.isEmpty()) {
      for (Future<@Nullable Void> waiter : closedWaiters) {
        if (!waiter.done()) {
          waiter.setResult(null);
        }
      }
      Runnable told = onEnd;
      if (told != null) {
        onEnd = null;
        told.run();
      }
    }
  }
}
