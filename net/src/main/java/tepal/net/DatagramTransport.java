// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import tepal.Future;
import tepal.streams.BaseTransport;
import tepal.streams.WriteBufferLimits;

/// Sends datagrams for a [DatagramProtocol], and calls it with what comes in.
///
/// All methods must be called from the loop, and return immediately. All datagrams that one
/// step of a task or callback sends leave together, after it; what the system then cannot
/// take at once is buffered. When the buffer grows beyond its upper limit, the protocol's
/// `pauseWriting` is called, and `resumeWriting` when it is down to the lower one.
///
/// Mirrors
/// [`asyncio.DatagramTransport`](https://docs.python.org/3.14/library/asyncio-protocol.html#asyncio.DatagramTransport).
public interface DatagramTransport extends BaseTransport {

  /// Sends a datagram. Nobody says whether it arrives.
  ///
  /// The bytes are taken when this returns, so that the array may be used again. Errors of
  /// the system go to the protocol's `errorReceived`. What is sent on a transport that is
  /// closing is dropped.
  ///
  /// @param data the bytes; none for an empty datagram, which is an error of the system's
  ///     if the endpoint is connected and the loop has NIO, as the JDK cannot send it
  /// @param to where to; null for the remote address of the endpoint
  /// @throws IllegalArgumentException if `to` is null and the endpoint has no remote
  ///     address; if it has one and `to` is another; if `to` is unresolved or of another
  ///     kind
  void sendTo(byte[] data, @Nullable SocketAddress to);

  /// Sends the remaining bytes of a buffer, whose position is then its limit; see
  /// [#sendTo(byte\[\], SocketAddress)].
  ///
  /// @param data the bytes; none for an empty datagram
  /// @param to where to; null for the remote address of the endpoint
  /// @throws IllegalArgumentException as there
  void sendTo(ByteBuffer data, @Nullable SocketAddress to);

  /// Closes the endpoint at once: what is buffered is dropped. The protocol's
  /// `connectionLost(null)` is called.
  void abort();

  /// Joins a multicast group.
  ///
  /// @param group the address of the group
  /// @param on the interface to receive it on
  /// @return done when that is so; fails with an [java.io.IOException] if the system
  ///     refuses
  Future<@Nullable Void> joinGroup(InetAddress group, NetworkInterface on);

  /// Leaves a multicast group.
  ///
  /// @param group the address of the group
  /// @param on the interface that it was joined on
  /// @return done when that is so; fails with an [java.io.IOException] if the system
  ///     refuses
  Future<@Nullable Void> leaveGroup(InetAddress group, NetworkInterface on);

  /// Sets when the protocol is told to pause and to resume writing. If the buffer is larger
  /// than the new upper limit, it is told to pause at once.
  ///
  /// @param limits the limits; [WriteBufferLimits#DEFAULT] until they are set
  void setWriteBufferLimits(WriteBufferLimits limits);

  /// Returns how much was given to [#sendTo] and has not left.
  ///
  /// @return the size of the buffer, in bytes; 8 more are counted for each datagram, so
  ///     that empty ones count
  long getWriteBufferSize();

  /// Returns when the protocol is told to pause and to resume writing.
  ///
  /// @return the limits
  WriteBufferLimits getWriteBufferLimits();
}
