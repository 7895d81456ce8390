// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.Future;
import tepal.streams.BaseProtocol;
import tepal.streams.ClientConnectedCallback;
import tepal.streams.ExtraInfo;
import tepal.streams.StreamReader;
import tepal.streams.StreamReaderProtocol;
import tepal.streams.StreamWriter;
import tepal.streams.Transport;
import tepal.streams.TransportAndProtocol;

/// The network of a loop: its sockets, servers and connections.
///
/// The static functions are for tasks, and mean the loop that runs them. The loop's own network
/// methods are those of the object that [#of] returns.
///
/// A loop's first use of the network chooses what its sockets wait in: see [NetTransport] and
/// [Builder#transport].
///
/// Mirrors the network part of `asyncio` and of its loop.
public final class Net {
  /// The address of the peer, for [StreamWriter#getExtraInfo].
  public static final ExtraInfo<SocketAddress> PEERNAME =
      new ExtraInfo<>("peername", SocketAddress.class);

  /// The local address of a connection, for [StreamWriter#getExtraInfo].
  public static final ExtraInfo<SocketAddress> SOCKNAME =
      new ExtraInfo<>("sockname", SocketAddress.class);

  private final NettySelector selector;

  private Net(EventLoop loop, @Nullable NetTransport transport) {
    selector = new NettySelector(loop, NettyTransports.choose(transport, loop.mode()), this);
    loop.installSelector(selector);
    System.getLogger("tepal")
        .log(Level.DEBUG, "{0} waits for its sockets with {1}", loop, transport());
  }

  /// Returns the network of a loop, which its first use sets up.
  ///
  /// Returns immediately. Must be called from the loop, or while it does not run.
  ///
  /// @param loop the loop
  /// @return its network
  /// @throws IllegalStateException if the loop is closed, if another layer waits in its selector,
  ///     or if the transport that the system property `tepal.transport` names cannot be had
  public static Net of(EventLoop loop) {
    return loop.selector() instanceof NettySelector present
        ? present.net
        : new Builder(loop).build();
  }

  /// Returns a builder of a loop's network, for what must be set before its first use.
  ///
  /// @param loop the loop
  /// @return the builder
  public static Builder builder(EventLoop loop) {
    return new Builder(loop);
  }

  /// Sets up the network of a loop.
  public static final class Builder {
    private final EventLoop loop;
    private @Nullable NetTransport transport;

    private Builder(EventLoop loop) {
      this.loop = loop;
    }

    /// Sets what the loop's sockets wait in, instead of the best that there is: `epoll` on Linux,
    /// `kqueue` on macOS, in portable mode and elsewhere NIO. The system property
    /// `tepal.transport` says the same for all loops: `io_uring`, `epoll`, `kqueue`, `nio` or
    /// `auto`.
    ///
    /// @param newTransport the transport
    /// @return this builder
    public Builder transport(NetTransport newTransport) {
      transport = newTransport;
      return this;
    }

    /// Sets up the network.
    ///
    /// @return the network
    /// @throws IllegalStateException if the loop is closed or has a network, or if
    ///     the transport cannot be had
    public Net build() {
      return new Net(loop, transport);
    }
  }

  /// Returns what the loop's sockets wait in.
  ///
  /// @return the transport
  public NetTransport transport() {
    return selector.backend.transport();
  }

  private static Net current() {
    return of(Asyncio.getRunningLoop());
  }

  // ---- Streams

  /// Opens a connection. Suspends the current task until it is there.
  ///
  /// If cancelled while waiting, nothing is left of it.
  ///
  /// @param host the name or address of the peer
  /// @param port the port
  /// @return the streams of the connection
  /// @throws UncheckedIOException if the name does not resolve or nobody accepts the connection
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public static Connection openConnection(String host, int port) {
    return openConnection(host, port, ConnectOptions.DEFAULT);
  }

  /// Opens a connection; see [#openConnection(String, int)].
  ///
  /// @param host the name or address of the peer
  /// @param port the port
  /// @param options the limit of the reader and more
  /// @return the streams of the connection
  /// @throws UncheckedIOException if the name does not resolve or nobody accepts the connection
  public static Connection openConnection(String host, int port, ConnectOptions options) {
    Net net = current();
    return streams(net.connect(host, port, options), options);
  }

  /// Opens a connection to a Unix socket. Suspends the current task until it is there.
  ///
  /// If cancelled while waiting, nothing is left of it.
  ///
  /// @param path the path of the socket
  /// @return the streams of the connection
  /// @throws UncheckedIOException if nobody accepts the connection
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public static Connection openUnixConnection(Path path) {
    return openUnixConnection(path, ConnectOptions.DEFAULT);
  }

  /// Opens a connection to a Unix socket; see [#openUnixConnection(Path)].
  ///
  /// @param path the path of the socket
  /// @param options the limit of the reader
  /// @return the streams of the connection
  /// @throws UncheckedIOException if nobody accepts the connection
  public static Connection openUnixConnection(Path path, ConnectOptions options) {
    Net net = current();
    return streams(net.connect(List.of(UnixDomainSocketAddress.of(path)), options), options);
  }

  private static Connection streams(NettyConnection transport, ConnectOptions options) {
    StreamReader reader = new StreamReader(options.limit());
    StreamReaderProtocol protocol = new StreamReaderProtocol(reader);
    transport.begin(protocol);
    return new Connection(reader, new StreamWriter(transport, protocol, reader));
  }

  /// Starts a server whose clients are served by tasks. Suspends the current task until it listens.
  ///
  /// @param clientConnected what serves a client, each in a task of its own
  /// @param host the name or address to listen on; null for all of this machine
  /// @param port the port; 0 for one that the system chooses
  /// @return the server
  /// @throws UncheckedIOException if the name does not resolve or the address cannot be bound
  public static Server startServer(
      ClientConnectedCallback clientConnected, @Nullable String host, int port) {
    return startServer(clientConnected, host, port, ServerOptions.DEFAULT);
  }

  /// Starts a server whose clients are served by tasks; see
  /// [#startServer(ClientConnectedCallback, String, int)].
  ///
  /// @param clientConnected what serves a client, each in a task of its own
  /// @param host the name or address to listen on; null for all of this machine
  /// @param port the port; 0 for one that the system chooses
  /// @param options the limit of the readers, the backlog and more
  /// @return the server
  /// @throws UncheckedIOException if the name does not resolve or the address cannot be bound
  public static Server startServer(
      ClientConnectedCallback clientConnected,
      @Nullable String host,
      int port,
      ServerOptions options) {
    return current().createServer(streamProtocols(clientConnected, options), host, port, options);
  }

  /// Starts a server on a Unix socket whose clients are served by tasks. Suspends the current task
  /// until it listens. A socket that was left at that path by an earlier server is replaced.
  ///
  /// @param clientConnected what serves a client, each in a task of its own
  /// @param path the path of the socket
  /// @return the server
  /// @throws UncheckedIOException if the path cannot be bound
  public static Server startUnixServer(ClientConnectedCallback clientConnected, Path path) {
    return startUnixServer(clientConnected, path, ServerOptions.DEFAULT);
  }

  /// Starts a server on a Unix socket; see [#startUnixServer(ClientConnectedCallback, Path)].
  ///
  /// @param clientConnected what serves a client, each in a task of its own
  /// @param path the path of the socket
  /// @param options the limit of the readers, the backlog and more
  /// @return the server
  /// @throws UncheckedIOException if the path cannot be bound
  public static Server startUnixServer(
      ClientConnectedCallback clientConnected, Path path, ServerOptions options) {
    return current().createUnixServer(streamProtocols(clientConnected, options), path, options);
  }

  private static Supplier<StreamReaderProtocol> streamProtocols(
      ClientConnectedCallback clientConnected, ServerOptions options) {
    return () -> new StreamReaderProtocol(new StreamReader(options.limit()), clientConnected);
  }

  // ---- Protocols

  /// Opens a connection for a protocol. Suspends the current task until the protocol's
  /// `connectionMade` was called.
  ///
  /// If cancelled while waiting, the connection is closed.
  ///
  /// @param factory makes the protocol
  /// @param host the name or address of the peer
  /// @param port the port
  /// @param <P> the type of the protocol
  /// @return the transport and the protocol
  /// @throws UncheckedIOException if the name does not resolve or nobody accepts the connection
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public <P extends BaseProtocol<Transport>> TransportAndProtocol<Transport, P> createConnection(
      Supplier<P> factory, String host, int port) {
    return createConnection(factory, host, port, ConnectOptions.DEFAULT);
  }

  /// Opens a connection for a protocol; see [#createConnection(Supplier, String, int)].
  ///
  /// @param factory makes the protocol
  /// @param host the name or address of the peer
  /// @param port the port
  /// @param options where to bind
  /// @param <P> the type of the protocol
  /// @return the transport and the protocol
  /// @throws UncheckedIOException if the name does not resolve or nobody accepts the connection
  public <P extends BaseProtocol<Transport>> TransportAndProtocol<Transport, P> createConnection(
      Supplier<P> factory, String host, int port, ConnectOptions options) {
    return begin(connect(host, port, options), factory);
  }

  /// Opens a connection to a Unix socket for a protocol; see
  /// [#createConnection(Supplier, String, int)].
  ///
  /// @param factory makes the protocol
  /// @param path the path of the socket
  /// @param <P> the type of the protocol
  /// @return the transport and the protocol
  /// @throws UncheckedIOException if nobody accepts the connection
  public <P extends BaseProtocol<Transport>>
      TransportAndProtocol<Transport, P> createUnixConnection(Supplier<P> factory, Path path) {
    return begin(
        connect(List.of(UnixDomainSocketAddress.of(path)), ConnectOptions.DEFAULT), factory);
  }

  private <P extends BaseProtocol<Transport>> TransportAndProtocol<Transport, P> begin(
      NettyConnection transport, Supplier<P> factory) {
    boolean complete = false;
    try {
      P protocol = factory.get();
      inCallback(() -> transport.begin(protocol));
      complete = true;
      return new TransportAndProtocol<>(transport, protocol);
    } finally {
      if (!complete) {
        transport.abort();
      }
    }
  }

  /// Suspends the current task until a callback of the loop has run `action`.
  private void inCallback(Runnable action) {
    Future<@Nullable Void> ran = selector.loop.createFuture();
    var _ = selector.loop.callSoon(() -> {
      try {
        action.run();
      } finally {
        if (!ran.done()) {
          ran.setResult(null);
        }
      }
    });
    ran.await();
  }

  /// Starts a server that makes a protocol for each client. Suspends the current task until it
  /// listens.
  ///
  /// @param factory makes the protocols
  /// @param host the name or address to listen on; null for all of this machine
  /// @param port the port; 0 for one that the system chooses
  /// @return the server
  /// @throws UncheckedIOException if the name does not resolve or the address cannot be bound
  public Server createServer(
      Supplier<? extends BaseProtocol<Transport>> factory, @Nullable String host, int port) {
    return createServer(factory, host, port, ServerOptions.DEFAULT);
  }

  /// Starts a server that makes a protocol for each client; see
  /// [#createServer(Supplier, String, int)].
  ///
  /// @param factory makes the protocols
  /// @param host the name or address to listen on; null for all of this machine
  /// @param port the port; 0 for one that the system chooses
  /// @param options the backlog and more
  /// @return the server
  /// @throws UncheckedIOException if the name does not resolve or the address cannot be bound
  public Server createServer(
      Supplier<? extends BaseProtocol<Transport>> factory,
      @Nullable String host,
      int port,
      ServerOptions options) {
    return createServer(factory, Collections.singletonList(host), port, options);
  }

  /// Starts a server that listens on several addresses; see
  /// [#createServer(Supplier, String, int)].
  ///
  /// Each name is resolved, and each address that results is listened on, once.
  ///
  /// @param factory makes the protocols
  /// @param hosts the names or addresses to listen on
  /// @param port the port; 0 for one that the system chooses, another for each address
  /// @param options the backlog and more
  /// @return the server
  /// @throws UncheckedIOException if a name does not resolve or an address cannot be bound
  public Server createServer(
      Supplier<? extends BaseProtocol<Transport>> factory,
      List<? extends @Nullable String> hosts,
      int port,
      ServerOptions options) {
    List<SocketAddress> addresses = new ArrayList<>();
    for (String host : hosts) {
      if (host == null) {
        addresses.add(new InetSocketAddress(port));
      } else {
        addresses.addAll(resolve(host, port));
      }
    }
    return listen(factory, addresses.stream().distinct().toList(), options);
  }

  /// Starts a server on a Unix socket that makes a protocol for each client. Suspends the current
  /// task until it listens. A socket that was left at that path by an earlier server is replaced.
  ///
  /// @param factory makes the protocols
  /// @param path the path of the socket
  /// @param options the backlog and more
  /// @return the server
  /// @throws UncheckedIOException if the path cannot be bound
  public Server createUnixServer(
      Supplier<? extends BaseProtocol<Transport>> factory, Path path, ServerOptions options) {
    selector.loop.runInExecutor(null, () -> UnixSockets.removeStale(path)).await();
    return listen(factory, List.of(UnixDomainSocketAddress.of(path)), options);
  }

  // ---- Datagrams

  /// Opens a socket for datagrams to send to and to receive from. Suspends the current task
  /// until it
  /// is bound.
  ///
  /// If cancelled while waiting, nothing is left of it.
  ///
  /// @param host the name or address to bind to; null for all of this machine
  /// @param port the port; 0 for one that the system chooses
  /// @return the endpoint
  /// @throws UncheckedIOException if the name does not resolve or the address cannot be bound
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public static DatagramEndpoint openDatagramEndpoint(@Nullable String host, int port) {
    InetSocketAddress local =
        host == null ? new InetSocketAddress(port) : InetSocketAddress.createUnresolved(host, port);
    return openDatagramEndpoint(DatagramOptions.DEFAULT.withLocalAddress(local));
  }

  /// Opens a socket for datagrams, of UDP or of Unix; see [#openDatagramEndpoint(String,
  /// int)].
  ///
  /// @param options the addresses and more
  /// @return the endpoint
  /// @throws UncheckedIOException if a name does not resolve, an address cannot be bound or
  ///     connected to, a group not joined
  /// @throws IllegalArgumentException if the addresses are of different families
  /// @throws UnsupportedOperationException if the loop's transport has no Unix sockets for
  ///     datagrams, as only epoll and kqueue have them, or not what an option asks for
  public static DatagramEndpoint openDatagramEndpoint(DatagramOptions options) {
    Net net = current();
    NettyDatagrams transport = net.openDatagrams(options);
    DatagramInbox inbox = new DatagramInbox(net.selector.loop, options);
    transport.begin(inbox);
    return new DatagramEndpoint(transport, inbox);
  }

  /// Opens a socket for datagrams that sends to one address and receives only from there.
  /// Suspends the current task until that is so, which does not say whether anybody is there.
  ///
  /// @param host the name or address of the peer
  /// @param port the port
  /// @return the endpoint
  /// @throws UncheckedIOException if the name does not resolve or there is no way to the
  ///     address
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public static DatagramEndpoint openConnectedDatagramEndpoint(String host, int port) {
    return openDatagramEndpoint(
        DatagramOptions.DEFAULT.withRemoteAddress(InetSocketAddress.createUnresolved(host, port)));
  }

  /// Opens a Unix socket for datagrams; see [#openDatagramEndpoint(DatagramOptions)].
  ///
  /// @param path the path of the socket, where an earlier one is replaced; null for none, so
  ///     that nobody can answer
  /// @return the endpoint
  /// @throws UncheckedIOException if the path cannot be bound
  /// @throws UnsupportedOperationException if the loop's transport has no Unix sockets for
  ///     datagrams, as only epoll and kqueue have them
  public static DatagramEndpoint openUnixDatagramEndpoint(@Nullable Path path) {
    DatagramOptions unix = DatagramOptions.DEFAULT.withFamily(StandardProtocolFamily.UNIX);
    return openDatagramEndpoint(
        path == null ? unix : unix.withLocalAddress(UnixDomainSocketAddress.of(path)));
  }

  /// Opens a Unix socket for datagrams that sends to one path and receives only from there;
  /// see [#openUnixDatagramEndpoint].
  ///
  /// @param remote the path of the peer
  /// @param path the path of the socket, where an earlier one is replaced; null for none, so
  ///     that the peer cannot answer
  /// @return the endpoint
  /// @throws UncheckedIOException if the path cannot be bound or nobody has the other
  /// @throws UnsupportedOperationException if the loop's transport has no Unix sockets for
  ///     datagrams, as only epoll and kqueue have them
  public static DatagramEndpoint openConnectedUnixDatagramEndpoint(
      Path remote, @Nullable Path path) {
    DatagramOptions unix =
        DatagramOptions.DEFAULT.withRemoteAddress(UnixDomainSocketAddress.of(remote));
    return openDatagramEndpoint(
        path == null ? unix : unix.withLocalAddress(UnixDomainSocketAddress.of(path)));
  }

  /// Opens a socket for datagrams, of UDP or of Unix, for a protocol. Suspends the current
  /// task until
  /// the protocol's `connectionMade` was called.
  ///
  /// Names are resolved, and the first addresses that work are taken. If cancelled while
  /// waiting, the
  /// socket is closed.
  ///
  /// @param factory makes the protocol
  /// @param options the addresses and more
  /// @param <P> the type of the protocol
  /// @return the transport and the protocol
  /// @throws UncheckedIOException if a name does not resolve, an address cannot be bound or
  ///     connected to, a group not joined
  /// @throws IllegalArgumentException if the addresses are of different families
  /// @throws UnsupportedOperationException if the loop's transport has no Unix sockets for
  ///     datagrams, as only epoll and kqueue have them, or not what an option asks for
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public <P extends DatagramProtocol>
      TransportAndProtocol<DatagramTransport, P> createDatagramEndpoint(
          Supplier<P> factory, DatagramOptions options) {
    NettyDatagrams transport = openDatagrams(options);
    boolean complete = false;
    try {
      P protocol = factory.get();
      inCallback(() -> transport.begin(protocol));
      complete = true;
      return new TransportAndProtocol<>(transport, protocol);
    } finally {
      if (!complete) {
        transport.abort();
      }
    }
  }

  private NettyDatagrams openDatagrams(DatagramOptions options) {
    UncheckedIOException first = null;
    if (options.localAddress() instanceof UnixDomainSocketAddress unix) {
      selector
          .loop
          .runInExecutor(null, () -> UnixSockets.removeStale(unix.getPath()))
          .await();
    }
    for (DatagramOptions each : DatagramAddresses.resolve(options, this::resolve)) {
      try {
        return NettyDatagramChannels.open(selector, each);
      } catch (UncheckedIOException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    throw first == null ? new UncheckedIOException(new IOException("No address")) : first;
  }

  private Server listen(
      Supplier<? extends BaseProtocol<Transport>> factory,
      List<SocketAddress> addresses,
      ServerOptions options) {
    NettyServer server = new NettyServer(selector, factory);
    boolean complete = false;
    try {
      for (SocketAddress address : addresses) {
        listen(server, address, options, addresses.size() > 1);
      }
      if (server.addresses().isEmpty()) {
        throw new UncheckedIOException(
            new BindException("Expected an address of this machine, got " + addresses));
      }
      complete = true;
    } finally {
      if (!complete) {
        server.close();
      }
    }
    if (options.startServing()) {
      server.startServing();
    }
    return new Server(server);
  }

  private void listen(
      NettyServer server, SocketAddress address, ServerOptions options, boolean oneOfSeveral) {
    try {
      NettyChannels.listen(selector, server, address, options);
    } catch (UncheckedIOException e) {
      // An address of a family that this machine does not have.
      if (!oneOfSeveral || !String.valueOf(e.getMessage()).contains("ssign requested address")) {
        throw e;
      }
    }
  }

  // ---- Connecting

  private NettyConnection connect(String host, int port, ConnectOptions options) {
    return connect(resolve(host, port), options);
  }

  /// Connects to the first address that accepts.
  private NettyConnection connect(List<? extends SocketAddress> addresses, ConnectOptions options) {
    UncheckedIOException first = null;
    for (SocketAddress address : addresses) {
      try {
        return NettyChannels.connect(selector, address, options.localAddress());
      } catch (UncheckedIOException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    throw first == null ? new UncheckedIOException(new IOException("No address")) : first;
  }

  /// Returns the addresses of a name. Suspends the current task unless it is an address itself.
  private List<InetSocketAddress> resolve(String host, int port) {
    try {
      return List.of(new InetSocketAddress(InetAddress.ofLiteral(host), port));
    } catch (IllegalArgumentException notAnAddress) {
      List<InetSocketAddress> addresses = new ArrayList<>();
      for (InetAddress each : allByName(host)) {
        addresses.add(new InetSocketAddress(each, port));
      }
      return addresses;
    }
  }

  private InetAddress[] allByName(String host) {
    return selector
        .loop
        .runInExecutor(null, () -> {
          try {
            return InetAddress.getAllByName(host);
          } catch (IOException e) {
            throw new UncheckedIOException("Cannot resolve " + host, e);
          }
        })
        .await();
  }
}
