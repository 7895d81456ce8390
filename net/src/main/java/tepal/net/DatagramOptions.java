// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What calls that open an endpoint for datagrams are told: the keyword arguments of
/// `loop.create_datagram_endpoint`, and more.
///
/// Immutable: `DatagramOptions.DEFAULT.withLocalAddress(new InetSocketAddress(5353))`.
public final class DatagramOptions {
  /// Any local address, of IPv4, no remote one, and a queue of 256 datagrams and 1 MiB.
  public static final DatagramOptions DEFAULT = new DatagramOptions();

  // set before anybody else sees the object
  private @Nullable SocketAddress localAddress;
  private @Nullable SocketAddress remoteAddress;
  private @Nullable StandardProtocolFamily family;
  private boolean reusePort;
  private boolean allowBroadcast;
  private List<Membership> groups = List.of();
  private @Nullable NetworkInterface multicastInterface;
  private int multicastTtl = -1;
  private boolean multicastLoopback = true;
  private int receiveBufferSize;
  private int sendBufferSize;
  private int queueSize = 256;
  private int queueBytes = 1024 * 1024;

  private DatagramOptions() {}

  /// A multicast group that an endpoint joins.
  ///
  /// @param group the address of the group
  /// @param on the interface to receive it on
  public record Membership(InetAddress group, NetworkInterface on) {}

  /// Returns a copy that differs in what `change` sets.
  private DatagramOptions with(Consumer<DatagramOptions> change) {
    DatagramOptions copy = new DatagramOptions();
    copy.localAddress = localAddress;
    copy.remoteAddress = remoteAddress;
    copy.family = family;
    copy.reusePort = reusePort;
    copy.allowBroadcast = allowBroadcast;
    copy.groups = groups;
    copy.multicastInterface = multicastInterface;
    copy.multicastTtl = multicastTtl;
    copy.multicastLoopback = multicastLoopback;
    copy.receiveBufferSize = receiveBufferSize;
    copy.sendBufferSize = sendBufferSize;
    copy.queueSize = queueSize;
    copy.queueBytes = queueBytes;
    change.accept(copy);
    return copy;
  }

  /// Returns these options with an address to bind to.
  ///
  /// @param newLocalAddress the address, of the Internet or of a Unix socket; one that is
  ///     not resolved is resolved when the endpoint is opened. A socket that was left at
  ///     the path of a Unix address is replaced
  /// @return the new options
  public DatagramOptions withLocalAddress(SocketAddress newLocalAddress) {
    return with(copy -> copy.localAddress = newLocalAddress);
  }

  /// Returns these options with a remote address: the endpoint is connected, sends only
  /// there and receives only from there. With `allowBroadcast` it is not connected, and
  /// receives from everybody.
  ///
  /// @param newRemoteAddress the address; one that is not resolved is resolved when the
  ///     endpoint is opened
  /// @return the new options
  public DatagramOptions withRemoteAddress(SocketAddress newRemoteAddress) {
    return with(copy -> copy.remoteAddress = newRemoteAddress);
  }

  /// Returns these options with a family, for when no address says it, or names are to be
  /// resolved to addresses of that family.
  ///
  /// @param newFamily `INET`, `INET6` or `UNIX`
  /// @return the new options
  public DatagramOptions withFamily(StandardProtocolFamily newFamily) {
    return with(copy -> copy.family = newFamily);
  }

  /// Returns these options with or without sharing the port with other sockets.
  ///
  /// @param newReusePort whether it is shared
  /// @return the new options
  public DatagramOptions withReusePort(boolean newReusePort) {
    return with(copy -> copy.reusePort = newReusePort);
  }

  /// Returns these options with or without the right to send to a broadcast address.
  ///
  /// @param newAllowBroadcast whether it may
  /// @return the new options
  public DatagramOptions withAllowBroadcast(boolean newAllowBroadcast) {
    return with(copy -> copy.allowBroadcast = newAllowBroadcast);
  }

  /// Returns these options with one more multicast group to join.
  ///
  /// @param group the address of the group
  /// @param on the interface to receive it on
  /// @return the new options
  /// @throws IllegalArgumentException if it is not the address of a group
  public DatagramOptions withGroup(InetAddress group, NetworkInterface on) {
    if (!group.isMulticastAddress()) {
      throw new IllegalArgumentException("Expected the address of a group, got " + group);
    }
    List<Membership> more = new ArrayList<>(groups);
    more.add(new Membership(group, on));
    return with(copy -> copy.groups = List.copyOf(more));
  }

  /// Returns these options with an interface through which datagrams to groups are sent.
  ///
  /// @param newInterface the interface; the system chooses if none is set
  /// @return the new options
  public DatagramOptions withMulticastInterface(NetworkInterface newInterface) {
    return with(copy -> copy.multicastInterface = newInterface);
  }

  /// Returns these options with how many networks a datagram to a group may cross.
  ///
  /// @param newTtl from 0, this machine, to 255; the system's default is 1
  /// @return the new options
  /// @throws IllegalArgumentException if it is not in this range
  public DatagramOptions withMulticastTtl(int newTtl) {
    if (newTtl < 0 || newTtl > 255) {
      throw new IllegalArgumentException("Expected a TTL from 0 to 255, got " + newTtl);
    }
    return with(copy -> copy.multicastTtl = newTtl);
  }

  /// Returns these options with or without members of a group on this machine receiving
  /// what the endpoint sends to it.
  ///
  /// @param newLoopback whether they do
  /// @return the new options
  public DatagramOptions withMulticastLoopback(boolean newLoopback) {
    return with(copy -> copy.multicastLoopback = newLoopback);
  }

  /// Returns these options with another size of the system's buffer for what was not read
  /// yet.
  ///
  /// @param bytes the size; the system may give less or more
  /// @return the new options
  /// @throws IllegalArgumentException if it is not positive
  public DatagramOptions withReceiveBufferSize(int bytes) {
    requirePositive(bytes, "a size of 1 byte");
    return with(copy -> copy.receiveBufferSize = bytes);
  }

  /// Returns these options with another size of the system's buffer for what was not sent
  /// yet.
  ///
  /// @param bytes the size; the system may give less or more
  /// @return the new options
  /// @throws IllegalArgumentException if it is not positive
  public DatagramOptions withSendBufferSize(int bytes) {
    requirePositive(bytes, "a size of 1 byte");
    return with(copy -> copy.sendBufferSize = bytes);
  }

  /// Returns these options with other bounds of the queue of a [DatagramEndpoint]. If
  /// either is reached, the socket is not read until half of it is free, and the system
  /// drops what its own buffer does not hold.
  ///
  /// @param datagrams how many datagrams wait to be received; up to 15 that came together
  ///     with the last one may be added
  /// @param bytes how many bytes they have; the same holds
  /// @return the new options
  /// @throws IllegalArgumentException if one is not positive
  public DatagramOptions withQueueLimits(int datagrams, int bytes) {
    requirePositive(datagrams, "a queue of 1 datagram");
    requirePositive(bytes, "a queue of 1 byte");
    return with(copy -> {
      copy.queueSize = datagrams;
      copy.queueBytes = bytes;
    });
  }

  private static void requirePositive(int value, String least) {
    if (value <= 0) {
      throw new IllegalArgumentException("Expected %s or more, got %d".formatted(least, value));
    }
  }

  /// Returns the address to bind to.
  ///
  /// @return the address, or null for any
  public @Nullable SocketAddress localAddress() {
    return localAddress;
  }

  /// Returns the address to send to.
  ///
  /// @return the address, or null if each datagram has its own
  public @Nullable SocketAddress remoteAddress() {
    return remoteAddress;
  }

  /// Returns the family of the socket.
  ///
  /// @return the family, or null for that of the addresses, and IPv4 without any
  public @Nullable StandardProtocolFamily family() {
    return family;
  }

  /// Returns whether other sockets may be bound to the same port.
  ///
  /// @return whether they may
  public boolean reusePort() {
    return reusePort;
  }

  /// Returns whether datagrams may be sent to a broadcast address.
  ///
  /// @return whether they may
  public boolean allowBroadcast() {
    return allowBroadcast;
  }

  /// Returns the multicast groups to join.
  ///
  /// @return the groups, in the order in which they were added
  public List<Membership> groups() {
    return groups;
  }

  /// Returns the interface through which datagrams to groups are sent.
  ///
  /// @return the interface, or null for what the system chooses
  public @Nullable NetworkInterface multicastInterface() {
    return multicastInterface;
  }

  /// Returns how many networks a datagram to a group may cross.
  ///
  /// @return the number, or -1 for the system's default
  public int multicastTtl() {
    return multicastTtl;
  }

  /// Returns whether members of a group on this machine receive what is sent to it.
  ///
  /// @return whether they do
  public boolean multicastLoopback() {
    return multicastLoopback;
  }

  /// Returns the size of the system's buffer for what was not read yet.
  ///
  /// @return the size in bytes, or 0 for the system's default
  public int receiveBufferSize() {
    return receiveBufferSize;
  }

  /// Returns the size of the system's buffer for what was not sent yet.
  ///
  /// @return the size in bytes, or 0 for the system's default
  public int sendBufferSize() {
    return sendBufferSize;
  }

  /// Returns how many datagrams the queue of a [DatagramEndpoint] holds.
  ///
  /// @return the bound
  public int queueSize() {
    return queueSize;
  }

  /// Returns how many bytes the queue of a [DatagramEndpoint] holds.
  ///
  /// @return the bound
  public int queueBytes() {
    return queueBytes;
  }
}
