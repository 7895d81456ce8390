// SPDX-License-Identifier: Apache-2.0
package tepal.net;

/// What a loop's sockets wait in: the interface of the operating system.
public enum NetTransport {
  /// Linux's `io_uring`. Only in opened mode, where the kernel is new enough and lets the process
  /// use it, and only if it is asked for. A loop that has it must be run by one and the same
  /// platform thread all its life: the kernel ties the ring to the thread that first waits in it.
  IO_URING,

  /// Linux's `epoll`. Only in opened mode.
  EPOLL,

  /// `kqueue` of macOS and the BSDs. Only in opened mode.
  KQUEUE,

  /// The JDK's selectors, on every platform and in both modes.
  NIO
}
