// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/// Sockets for Tepal's loop: streams, protocols and servers over TCP and Unix sockets.
@NullMarked
module tepal.net {
  requires static transitive org.jspecify;
  requires transitive tepal;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.resolver;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.classes.io_uring;
  requires io.netty.transport.classes.kqueue;
  requires io.netty.transport.unix.common;

  exports tepal.net;
}
