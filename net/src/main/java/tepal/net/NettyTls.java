// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tepal.Future;
import tepal.streams.Protocol;

/// Handshakes: of connections that begin with one, and of those that are running.
final class NettyTls {
  private static final byte[] NONE = {};

  private NettyTls() {}

  /// Does the handshake of a connection that was opened or accepted. Suspends the current task
  /// until it is done; if it fails or the task is cancelled, closes the connection.
  static void connect(NettyConnection connection, TlsSettings settings) {
    NettyTlsHandler handler = handlerOrAbort(connection, settings);
    await(connection, done -> {
      connection.setTls(handler);
      begin(connection, handler, NONE, done);
    });
  }

  /// Begins the handshake of a connection that was accepted. On the I/O thread.
  ///
  /// @param done called on the I/O thread if it succeeds
  /// @throws RuntimeException if there can be no engine for these settings
  static void accept(NettyConnection connection, TlsSettings settings, Runnable done) {
    NettyTlsHandler handler = handlerOrAbort(connection, settings);
    connection.setTls(handler);
    begin(connection, handler, NONE, failure -> {
      if (failure == null) {
        done.run();
      }
    });
  }

  /// Does the handshake of a connection that has a protocol. Suspends the current task until it
  /// is done; if it fails or the task is cancelled, closes the connection.
  ///
  /// @throws IllegalStateException if the connection is closing, or has TLS
  static void start(NettyConnection connection, Protocol protocol, TlsSettings settings) {
    connection.requirePlain();
    NettyTlsHandler handler = new NettyTlsHandler(connection, settings, connection.selector().loop);
    // From here on the protocol is given nothing that is not decrypted.
    connection.setTls(handler);
    connection.setProtocol(protocol);
    await(connection, done -> {
      connection.handOver();
      begin(connection, handler, connection.takeReceived(), done);
    });
  }

  private static NettyTlsHandler handlerOrAbort(NettyConnection connection, TlsSettings settings) {
    boolean complete = false;
    try {
      var handler = new NettyTlsHandler(connection, settings, connection.selector().loop);
      complete = true;
      return handler;
    } finally {
      if (!complete) {
        connection.abort();
      }
    }
  }

  private static void await(
      NettyConnection connection, Consumer<Consumer<@Nullable Throwable>> begin) {
    NettySelector selector = connection.selector();
    Future<@Nullable Void> secured = selector.loop.createFuture();
    selector.onIoThread(() -> {
      if (!secured.done()) {
        begin.accept(failure -> {
          if (secured.done()) {
            return;
          }
          selector.delivered();
          if (failure == null) {
            secured.setResult(null);
          } else {
            secured.setException(NettyFailures.unchecked(connection.handshakeFailure(failure)));
          }
        });
      }
    });
    boolean complete = false;
    try {
      secured.await();
      complete = true;
    } finally {
      if (!complete) {
        connection.abort();
      }
    }
  }

  /// On the I/O thread.
  ///
  /// @param received what the peer has sent already
  private static void begin(
      NettyConnection connection,
      NettyTlsHandler handler,
      byte[] received,
      Consumer<@Nullable Throwable> done) {
    var _ = handler.handshakeFuture().addListener(handshake -> {
      done.accept(handshake.cause());
      connection.handshakeDone();
    });
    ChannelPipeline pipeline = connection.channel().pipeline();
    if (!connection.channel().isActive()) {
      done.accept(new java.net.SocketException("The connection was closed before the handshake"));
      return;
    }
    connection.updateReading();
    pipeline.addFirst("reads", NettyTlsHandler.READS).addAfter("reads", null, handler);
    if (received.length > 0) {
      pipeline.fireChannelRead(Unpooled.wrappedBuffer(received)).fireChannelReadComplete();
    }
  }
}
