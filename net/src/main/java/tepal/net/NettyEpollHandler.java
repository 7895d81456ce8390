// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/// Netty's epoll handler, with registrations that always watch for something.
final class NettyEpollHandler implements IoHandler {
  /*
   * Netty 4.2.18 takes a descriptor out of the epoll set when a channel wants no event any more, but
   * later changes it as if it were still in there, which fails with ENOENT: a connection whose peer has
   * ended its stream could not send more than the system buffers. So what is registered here as
   * nothing is an edge-triggered interest in nothing, which reports at most one hang-up.
   */
  private static final EpollIoOps NOTHING = EpollIoOps.EPOLLET;

  // How many sockets one wait may report. Few, so that what was received is still in the
  // processor's cache when its task runs, and the first answers are on their way before the last
  // question is read; the kernel reports the others next time.
  private static final int MOST_EVENTS = 16;

  private final IoHandler epoll;

  private NettyEpollHandler(IoHandler epoll) {
    this.epoll = epoll;
  }

  static IoHandlerFactory newFactory() {
    IoHandlerFactory factory =
        EpollIoHandler.newFactory(MOST_EVENTS, DefaultSelectStrategyFactory.INSTANCE);
    return (ThreadAwareExecutor executor) -> new NettyEpollHandler(factory.newHandler(executor));
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return epoll.run(context);
  }

  @Override
  public void prepareToDestroy() {
    epoll.prepareToDestroy();
  }

  @Override
  public void destroy() {
    epoll.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return new Registration(epoll.register(handle));
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return epoll.isCompatible(handleType);
  }

  private record Registration(IoRegistration netty) implements IoRegistration {
    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature
    public <T> T attachment() {
      return netty.attachment();
    }

    @Override
    public long submit(IoOps ops) {
      return netty.submit(ops.equals(EpollIoOps.NONE) ? NOTHING : ops);
    }

    @Override
    public boolean isValid() {
      return netty.isValid();
    }

    @Override
    public boolean cancel() {
      return netty.cancel();
    }
  }
}
