// SPDX-License-Identifier: Apache-2.0
package tepal.net;

/// What a loop's sockets wait in: the interface of the operating system.
public enum NetTransport {
  /// Linux's `io_uring`. Only in opened mode, on a kernel of version 6.1 or newer.
  IO_URING,

  /// Linux's `epoll`. Only in opened mode.
  EPOLL,

  /// `kqueue` of macOS and the BSDs. Only in opened mode.
  KQUEUE,

  /// The JDK's selectors, on every platform and in both modes.
  NIO
}
