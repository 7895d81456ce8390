// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// A socket for datagrams, of UDP or of Unix, to send to and to receive from in plain code.
///
/// ```java
/// try (DatagramEndpoint endpoint = Net.openDatagramEndpoint("127.0.0.1", 9999)) {
///   for (Datagram datagram : endpoint) {
///     endpoint.send(datagram.data(), datagram.address());
///   }
/// }
/// ```
///
/// What comes in waits in a queue that has a bound, see [DatagramOptions#withQueueLimits].
/// While it is full, the socket is not read, and the system drops what its own buffer does
/// not hold.
///
/// Errors that the system reports, such as that nobody listens at the address that was sent
/// to, are thrown by the next call of [#receive()] or a `send`, whichever comes first,
/// before it does anything else; the endpoint stays open. Of several errors before such a
/// call the first is thrown;
/// [#statistics()] counts the others.
///
/// Must be used from the loop. asyncio has no such thing: this is what its protocols for
/// datagrams are to a stream's.
public final class DatagramEndpoint implements AutoCloseable, Iterable<Datagram> {
  private final NettyDatagrams transport;
  private final DatagramInbox inbox;

  DatagramEndpoint(NettyDatagrams transport, DatagramInbox inbox) {
    this.transport = transport;
    this.inbox = inbox;
  }

  /// Sends a datagram. Suspends the current task only while too much is buffered; nobody
  /// says whether it arrives.
  ///
  /// If cancelled while waiting, the datagram is not sent. The bytes are taken when this
  /// returns.
  ///
  /// @param data the bytes; none for an empty datagram
  /// @param to where to
  /// @throws IllegalArgumentException if the endpoint is connected and `to` is another
  ///     address; if `to` is unresolved or of another kind
  /// @throws UncheckedIOException if the system has reported an error; with a
  ///     [java.nio.channels.ClosedChannelException] if the endpoint is closed
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public void send(byte[] data, SocketAddress to) {
    inbox.beforeSending();
    transport.sendTo(data, to);
  }

  /// Sends a datagram to the remote address of the endpoint; see [#send(byte\[\],
  /// SocketAddress)].
  ///
  /// @param data the bytes; none for an empty datagram
  /// @throws IllegalArgumentException if the endpoint has no remote address
  /// @throws UncheckedIOException if the system has reported an error, or the endpoint is
  ///     closed
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public void send(byte[] data) {
    inbox.beforeSending();
    transport.sendTo(data, null);
  }

  /// Receives a datagram. Suspends the current task until there is one; returns immediately
  /// if one is queued and nobody else waits. Tasks that wait are served in the order in
  /// which they came.
  ///
  /// If cancelled while waiting, no datagram is lost.
  ///
  /// @return the datagram
  /// @throws UncheckedIOException if the system has reported an error; with a
  ///     [java.nio.channels.ClosedChannelException] if the endpoint is closed, be it while
  ///     waiting
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public Datagram receive() {
    return inbox.receive();
  }

  /// Returns the datagrams as they come. `hasNext` suspends the current task until there is
  /// one or the endpoint is closed, which ends the iteration; it throws what [#receive()]
  /// throws.
  ///
  /// @return the datagrams
  @Override
  public Iterator<Datagram> iterator() {
    return new Datagrams(inbox);
  }

  private static final class Datagrams implements Iterator<Datagram> {
    private final DatagramInbox inbox;

    // received by hasNext(); null if it was not called since
    private @Nullable Datagram ahead;

    Datagrams(DatagramInbox inbox) {
      this.inbox = inbox;
    }

    @Override
    public boolean hasNext() {
      if (ahead == null) {
        ahead = inbox.receiveOrEnd();
      }
      return ahead != null;
    }

    @Override
    public Datagram next() {
      Datagram next = hasNext() ? ahead : null;
      if (next == null) {
        throw new NoSuchElementException("Expected a datagram, found the endpoint closed");
      }
      ahead = null;
      return next;
    }
  }

  /// Joins a multicast group. Suspends the current task until that is done.
  ///
  /// @param group the address of the group
  /// @param on the interface to receive it on
  /// @throws UncheckedIOException if the system refuses
  public void joinGroup(InetAddress group, NetworkInterface on) {
    transport.joinGroup(group, on).await();
  }

  /// Leaves a multicast group. Suspends the current task until that is done.
  ///
  /// @param group the address of the group
  /// @param on the interface that it was joined on
  /// @throws UncheckedIOException if the system refuses
  public void leaveGroup(InetAddress group, NetworkInterface on) {
    transport.leaveGroup(group, on).await();
  }

  /// Returns the address that the endpoint is bound to.
  ///
  /// @return the address; null if it is a Unix socket without a name
  public @Nullable SocketAddress localAddress() {
    return transport.getExtraInfo(Net.SOCKNAME);
  }

  /// Returns the address that the endpoint is connected to.
  ///
  /// @return the address, or null if it is not connected
  public @Nullable SocketAddress remoteAddress() {
    return transport.getExtraInfo(Net.PEERNAME);
  }

  /// Returns the transport, for its write buffer's limits.
  ///
  /// @return the transport
  public DatagramTransport transport() {
    return transport;
  }

  /// Returns how many datagrams came and went, and what waits. Returns immediately.
  ///
  /// @return a snapshot
  public DatagramStatistics statistics() {
    return inbox.statistics();
  }

  /// Returns whether the endpoint is closed or closing.
  ///
  /// @return whether it is
  public boolean isClosed() {
    return inbox.isClosed();
  }

  /// Closes the endpoint. Returns immediately: what was sent leaves, what was queued is
  /// dropped, and tasks that wait in [#receive()] throw. Closing twice does nothing.
  @Override
  public void close() {
    inbox.close();
    transport.close();
  }

  /// Suspends the current task until the endpoint is closed and everything has left.
  ///
  /// If cancelled while waiting, nothing else happens.
  ///
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public void waitClosed() {
    inbox.flowControl.waitClosed();
  }

  /// Returns the addresses and how much is queued, as in `DatagramEndpoint[/127.0.0.1:9999,
  /// 2 queued]`.
  @Override
  public String toString() {
    return "DatagramEndpoint[%s%s, %d queued%s]"
        .formatted(
            localAddress(),
            remoteAddress() == null ? "" : " -> " + remoteAddress(),
            statistics().queued(),
            isClosed() ? ", closed" : "");
  }
}
