// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.net.SocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tepal.streams.StreamReader;

/// What calls that open a connection may be told beside the address: the keyword arguments of
/// `asyncio.open_connection` and `loop.create_connection`.
///
/// Immutable: `ConnectOptions.DEFAULT.withLimit(1024 * 1024)`.
public final class ConnectOptions {
  /// A reader's limit of 64 KiB and any local address.
  public static final ConnectOptions DEFAULT = new ConnectOptions();

  // set before anybody else sees the object
  private int limit = StreamReader.DEFAULT_LIMIT;
  private @Nullable SocketAddress localAddress;

  private ConnectOptions() {}

  /// Returns a copy that differs in what `change` sets.
  private ConnectOptions with(Consumer<ConnectOptions> change) {
    ConnectOptions copy = new ConnectOptions();
    copy.limit = limit;
    copy.localAddress = localAddress;
    change.accept(copy);
    return copy;
  }

  /// Returns these options with another limit of the stream reader.
  ///
  /// @param newLimit the limit, in bytes
  /// @return the new options
  /// @throws IllegalArgumentException if the limit is not positive
  public ConnectOptions withLimit(int newLimit) {
    if (newLimit <= 0) {
      throw new IllegalArgumentException("Expected a limit of 1 byte or more, got " + newLimit);
    }
    return with(copy -> copy.limit = newLimit);
  }

  /// Returns these options with an address to bind to before connecting.
  ///
  /// @param newLocalAddress the address
  /// @return the new options
  public ConnectOptions withLocalAddress(SocketAddress newLocalAddress) {
    return with(copy -> copy.localAddress = newLocalAddress);
  }

  /// Returns the limit of the stream reader.
  ///
  /// @return the limit, in bytes; of no use to protocols
  public int limit() {
    return limit;
  }

  /// Returns the address to bind to before connecting.
  ///
  /// @return the address, or null for any
  public @Nullable SocketAddress localAddress() {
    return localAddress;
  }
}
