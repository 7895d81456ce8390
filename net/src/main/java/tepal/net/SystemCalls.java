// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/// `send` and `recv` of Linux on bytes that stay where they are, also in arrays.
///
/// Netty and the JDK copy an array to or from memory outside the heap, which for a message of
/// 100 KiB costs more than half of what the kernel takes for it. Here the system works on the array
/// itself. These are critical calls, during which there can be no collection; none of them waits.
///
/// One for each loop, confined to it.
final class SystemCalls {
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final long FIONREAD = 0x541B;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;
  private static final int EPIPE = 32;
  private static final int ECONNRESET = 104;

  // what the call answers, and where it leaves its error
  private final MemorySegment answer = Arena.ofAuto().allocate(ValueLayout.JAVA_INT);
  private final MemorySegment error = Arena.ofAuto().allocate(Native.STATE);

  private SystemCalls() {}

  /// Returns the calls, or null where there are none: on other systems than Linux, and where
  /// native access is not enabled for this module.
  static @Nullable SystemCalls orNull() {
    return System.getProperty("os.name", "").equals("Linux")
            && SystemCalls.class.getModule().isNativeAccessEnabled()
        ? new SystemCalls()
        : null;
  }

  /// The functions; a class of its own, so that nothing is linked where they are not used.
  private static final class Native {
    static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final FunctionDescriptor TRANSFER = FunctionDescriptor.of(
        ValueLayout.JAVA_LONG,
        ValueLayout.JAVA_INT,
        ValueLayout.ADDRESS,
        ValueLayout.JAVA_LONG,
        ValueLayout.JAVA_INT);
    static final MethodHandle SEND = link("send", TRANSFER, Linker.Option.critical(true));
    static final MethodHandle RECV = link("recv", TRANSFER, Linker.Option.critical(true));
    static final MethodHandle IOCTL = link(
        "ioctl",
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
        Linker.Option.firstVariadicArg(2));

    @SuppressWarnings("restricted") // guarded by isNativeAccessEnabled
    private static MethodHandle link(String name, FunctionDescriptor type, Linker.Option option) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(
          linker.defaultLookup().findOrThrow(name),
          type,
          option,
          Linker.Option.captureCallState("errno"));
    }
  }

  /// Sends as much as the socket takes now.
  ///
  /// @return how many bytes were sent; 0 if it takes none now
  /// @throws IOException if the connection is broken
  int send(int fd, MemorySegment data) throws IOException {
    long sent;
    try {
      sent = (long)
          Native.SEND.invokeExact(error, fd, data, data.byteSize(), MSG_DONTWAIT | MSG_NOSIGNAL);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    return sent >= 0 ? (int) sent : waitOrFail();
  }

  /// Receives what is there into an array, from its beginning.
  ///
  /// @return how many bytes were received; 0 if none is there, or the stream has ended
  /// @throws IOException if the connection is broken
  int receive(int fd, byte[] into) throws IOException {
    long received;
    try {
      received = (long) Native.RECV.invokeExact(
          error, fd, MemorySegment.ofArray(into), (long) into.length, MSG_DONTWAIT);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    return received >= 0 ? (int) received : waitOrFail();
  }

  /// Returns how many bytes are there to receive; 0 if that cannot be said.
  int available(int fd) {
    int result;
    try {
      result = (int) Native.IOCTL.invokeExact(error, fd, FIONREAD, answer);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    return result < 0 ? 0 : answer.get(ValueLayout.JAVA_INT, 0);
  }

  /// Returns 0 if the call can be made again later.
  private int waitOrFail() throws IOException {
    int errno = (int) Native.ERRNO.get(error, 0L);
    return switch (errno) {
      case EAGAIN, EINTR -> 0;
      case ECONNRESET -> throw new SocketException("Connection reset");
      case EPIPE -> throw new SocketException("Broken pipe");
      default -> throw new IOException("The socket failed with error " + errno);
    };
  }
}
