// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.Channel;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

final class NettyIoUring extends NettyBackend {
  // Buffers that the kernel receives into, for all connections of a loop: what arrives is copied
  // out at once, so that few are enough. 2 MiB.
  private static final short BUFFER_GROUP = 1;
  private static final short BUFFERS = 32;
  private static final int BUFFER_SIZE = 64 * 1024;

  static {
    // With one request for many connections or pieces, Netty 4.2.18 goes on when a channel's
    // reading is
    // paused, and sometimes does not begin again. Whoever sets these knows better.
    for (String each : List.of("acceptMultiShotEnabled", "recvMultiShotEnabled")) {
      String property = "io.netty.iouring." + each;
      if (System.getProperty(property) == null) {
        String _ = System.setProperty(property, "false");
      }
    }
  }

  /// Returns why there is no io_uring here; null if there is. All of the module ask here, so that
  /// Netty's class is not initialised before this one.
  static @Nullable Throwable unavailabilityCause() {
    return IoUring.unavailabilityCause();
  }

  @Override
  NetTransport transport() {
    return NetTransport.IO_URING;
  }

  @Override
  IoHandlerFactory handlers() {
    IoUringIoHandlerConfig config = new IoUringIoHandlerConfig();
    if (IoUring.isRegisterBufferRingSupported()) {
      var _ = config.setBufferRingConfig(IoUringBufferRingConfig.builder()
          .bufferGroupId(BUFFER_GROUP)
          .bufferRingSize(BUFFERS)
          .batchSize(BUFFERS)
          .incremental(IoUring.isRegisterBufferRingIncSupported())
          .allocator(new IoUringFixedBufferRingAllocator(BUFFER_SIZE))
          .build());
    }
    return IoUringIoHandler.newFactory(config);
  }

  @Override
  void configure(Channel channel, NettyConnection connection, NettySelector selector) {
    if (IoUring.isRegisterBufferRingSupported()) {
      var _ =
          channel.config().setOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, BUFFER_GROUP);
    }
  }

  @Override
  Channel tcp() {
    return new IoUringSocketChannel();
  }

  @Override
  Channel dnsDatagram() {
    return new IoUringDatagramChannel();
  }

  @Override
  ServerChannel tcpServer() {
    return new IoUringServerSocketChannel();
  }

  @Override
  Channel unix() {
    return new IoUringDomainSocketChannel();
  }

  @Override
  ServerChannel unixServer() {
    return new IoUringServerDomainSocketChannel();
  }

  @Override
  DatagramChannel datagram(SocketProtocolFamily family) {
    return new IoUringDatagramChannel(family);
  }

  /// The kernel holds a socket's buffer until something comes, so that each has its own.
  @Override
  void configureDatagram(DatagramChannel channel, NettySelector selector) {
    channel
        .config()
        .setRecvByteBufAllocator(new FixedRecvByteBufAllocator(NettyDatagramBuffer.ROOM));
  }

  @Override
  SocketAddress unixAddress(Path path) {
    return new DomainSocketAddress(path.toString());
  }

  @Override
  RuntimeException explain(UncheckedIOException failure) {
    // EINVAL or EEXIST from another thread than the one that set the ring up
    return new IllegalStateException(
        "Expected a loop with io_uring to be run by the same platform thread as before, or a kernel"
            + " that lets it wait; start with -Dtepal.transport=epoll where threads change",
        failure);
  }
}
