// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/// Exceptions as the JDK would have thrown them, in place of Netty's own classes.
final class NettyFailures {
  // the name of the call and the number of the error, before its text
  private static final Pattern SYSTEM_CALL = Pattern.compile("^.*failed with error\\(-?\\d+\\): ");

  private NettyFailures() {}

  /// Returns what a call throws that failed because of this.
  static RuntimeException unchecked(@Nullable Throwable cause) {
    return switch (of(cause)) {
      case RuntimeException own -> own;
      case IOException failure -> new UncheckedIOException(failure.getMessage(), failure);
      case null -> new IllegalStateException("Expected a reason, found none");
      case Throwable other -> new IllegalStateException(other);
    };
  }

  /// Returns why a handshake has failed whose connection was closed.
  ///
  /// @param reason how it was lost; null if the peer closed it
  static SSLException handshakeEnded(@Nullable Throwable reason) {
    if (reason instanceof SSLException tls) {
      return tls;
    }
    String lost =
        reason == null ? "the connection was closed" : String.valueOf(reason.getMessage());
    var failure =
        new SSLHandshakeException("Expected the peer to finish the TLS handshake, but: " + lost);
    if (reason != null) {
      failure.initCause(reason);
    }
    return failure;
  }

  /// Returns why connecting failed, with the address if Netty does not name it.
  static @Nullable Throwable connecting(@Nullable Throwable failure, SocketAddress remote) {
    Throwable own = of(failure);
    String message = own == null ? "" : String.valueOf(own.getMessage());
    if (!(own instanceof IOException) || message.contains(remote.toString())) {
      return own;
    }
    String named = SYSTEM_CALL.matcher(message).replaceFirst("") + ": " + remote;
    IOException copy = switch (own) {
      case ConnectException _ -> new ConnectException(named);
      case NoRouteToHostException _ -> new NoRouteToHostException(named);
      default -> new SocketException(named);
    };
    copy.initCause(own);
    return copy;
  }

  static @Nullable Throwable of(@Nullable Throwable failure) {
    if (failure instanceof DecoderException decoding && decoding.getCause() != null) {
      return of(decoding.getCause());
    }
    if (failure instanceof NotSslRecordException) {
      return new SSLException("Expected a TLS record, but the peer sent something else", failure);
    }
    if (failure == null || !failure.getClass().getName().startsWith("io.netty.")) {
      return failure;
    }
    String message = SYSTEM_CALL.matcher(String.valueOf(failure.getMessage())).replaceFirst("");
    IOException own = switch (failure) {
      case ConnectException _ -> new ConnectException(message);
      case NoRouteToHostException _ -> new NoRouteToHostException(message);
      case BindException _ -> new BindException(message);
      case SSLHandshakeException _ -> new SSLHandshakeException(message);
      case SSLException _ -> new SSLException(message);
      default ->
        message.contains("in use") || message.contains("ssign requested address")
            ? new BindException(message)
            : message.contains("reset") || message.contains("Broken pipe")
                ? new SocketException(message)
                : new IOException(message);
    };
    own.initCause(failure);
    return own;
  }
}
