// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.kqueue.KQueue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tepal.LoopMode;

/// Chooses the transport of a loop.
final class NettyTransports {
  /** The system property that names the transport. */
  private static final String PROPERTY = "tepal.transport";

  private NettyTransports() {}

  /// Returns the transport that was asked for, or else the best that there is.
  ///
  /// @throws IllegalStateException if the one that was asked for cannot be had
  static NettyBackend choose(@Nullable NetTransport asked, LoopMode mode) {
    NetTransport wanted = asked == null ? fromProperty() : asked;
    if (wanted == null) {
      return best(mode);
    }
    String reason = whyNot(wanted, mode);
    if (reason != null) {
      throw new IllegalStateException(
          "Expected the transport %s, but it cannot be had: %s".formatted(wanted, reason));
    }
    return make(wanted);
  }

  /// Returns what a loop of a mode can have on this machine.
  static List<NetTransport> available(LoopMode mode) {
    return Arrays.stream(NetTransport.values())
        .filter(each -> whyNot(each, mode) == null)
        .toList();
  }

  private static @Nullable NetTransport fromProperty() {
    String value = System.getProperty(PROPERTY);
    return switch (value == null ? "auto" : value.toLowerCase(Locale.ROOT)) {
      case "auto" -> null;
      case "io_uring" -> NetTransport.IO_URING;
      case "epoll" -> NetTransport.EPOLL;
      case "kqueue" -> NetTransport.KQUEUE;
      case "nio" -> NetTransport.NIO;
      default ->
        throw new IllegalArgumentException(
            "Expected the system property %s to be io_uring, epoll, kqueue, nio or auto, got %s"
                .formatted(PROPERTY, value));
    };
  }

  private static NettyBackend best(LoopMode mode) {
    String system = System.getProperty("os.name", "");
    if (system.equals("Linux") && whyNot(NetTransport.EPOLL, mode) == null) {
      return make(NetTransport.EPOLL);
    }
    if (!system.equals("Linux") && whyNot(NetTransport.KQUEUE, mode) == null) {
      return make(NetTransport.KQUEUE);
    }
    return make(NetTransport.NIO);
  }

  /// Returns why a transport cannot be used, or null if it can.
  private static @Nullable String whyNot(NetTransport transport, LoopMode mode) {
    if (transport == NetTransport.NIO) {
      return null;
    }
    if (mode == LoopMode.PORTABLE) {
      // A native wait would keep a carrier of the JDK's that other virtual threads need.
      return "the loop is in portable mode, which has NIO only";
    }
    Throwable cause = unavailabilityOf(transport);
    return cause == null ? null : Objects.toString(cause.getMessage(), cause.toString());
  }

  private static @Nullable Throwable unavailabilityOf(NetTransport transport) {
    return switch (transport) {
      case IO_URING -> NettyIoUring.unavailabilityCause();
      case EPOLL -> Epoll.unavailabilityCause();
      case KQUEUE -> KQueue.unavailabilityCause();
      case NIO -> null;
    };
  }

  private static NettyBackend make(NetTransport transport) {
    return switch (transport) {
      case IO_URING -> new NettyIoUring();
      case EPOLL -> new NettyEpoll();
      case KQUEUE -> new NettyKqueue();
      case NIO -> new NettyNio();
    };
  }
}
