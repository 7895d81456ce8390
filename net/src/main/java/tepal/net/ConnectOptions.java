// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import tepal.streams.StreamReader;

/// What calls that open a connection may be told beside the address: the keyword arguments of
/// `asyncio.open_connection`.
///
/// Immutable: `ConnectOptions.DEFAULT.withLimit(1024 * 1024)`.
///
/// @param limit the limit of the stream reader, in bytes; of no use to protocols
/// @param localAddress the address to bind to before connecting, or null for any
public record ConnectOptions(int limit, @Nullable SocketAddress localAddress) {
  /// A reader's limit of 64 KiB and any local address.
  public static final ConnectOptions DEFAULT = new ConnectOptions(StreamReader.DEFAULT_LIMIT, null);

  /// Checks the options.
  ///
  /// @throws IllegalArgumentException if the limit is not positive
  public ConnectOptions {
    if (limit <= 0) {
      throw new IllegalArgumentException("Expected a limit of 1 byte or more, got " + limit);
    }
  }

  /// Returns these options with another limit of the stream reader.
  ///
  /// @param newLimit the limit, in bytes
  /// @return the new options
  /// @throws IllegalArgumentException if the limit is not positive
  public ConnectOptions withLimit(int newLimit) {
    return new ConnectOptions(newLimit, localAddress);
  }

  /// Returns these options with an address to bind to before connecting.
  ///
  /// @param newLocalAddress the address
  /// @return the new options
  public ConnectOptions withLocalAddress(SocketAddress newLocalAddress) {
    return new ConnectOptions(limit, newLocalAddress);
  }
}
