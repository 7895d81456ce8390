// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.EventLoop;
import tepal.Future;
import tepal.loops.LoopGroup;
import tepal.streams.BaseProtocol;
import tepal.streams.ClientConnectedCallback;
import tepal.streams.ExtraInfo;
import tepal.streams.Protocol;
import tepal.streams.StreamReader;
import tepal.streams.StreamReaderProtocol;
import tepal.streams.StreamWriter;
import tepal.streams.Transport;
import tepal.streams.TransportAndProtocol;
import tepal.streams.WriteTransport;

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

  /// The TLS session of a connection: its protocol, its certificates; null without TLS.
  public static final ExtraInfo<SSLSession> TLS_SESSION =
      new ExtraInfo<>("ssl_object", SSLSession.class);

  /// The peer's certificate; null without TLS, and for a client that has none.
  public static final ExtraInfo<X509Certificate> PEERCERT =
      new ExtraInfo<>("peercert", X509Certificate.class);

  /// The name of the cipher suite of TLS, such as `TLS_AES_256_GCM_SHA384`; null without TLS.
  public static final ExtraInfo<String> CIPHER = new ExtraInfo<>("cipher", String.class);

  /// The protocol that was agreed on by ALPN, such as `h2`; null if none was.
  public static final ExtraInfo<String> ALPN_PROTOCOL =
      new ExtraInfo<>("selected_alpn_protocol", String.class);

  /// What TLS was negotiated with; null without TLS.
  public static final ExtraInfo<TlsContext> TLS_CONTEXT =
      new ExtraInfo<>("sslcontext", TlsContext.class);

  private final NettySelector selector;
  private final Readiness readiness;
  private final Names names;
  private final Connecting connecting;

  private Net(EventLoop loop, @Nullable NetTransport transport, Resolver resolver) {
    selector = new NettySelector(loop, NettyTransports.choose(transport, loop.mode()), this);
    names = new Names(resolver);
    connecting = new Connecting(selector, names);
    readiness = new Readiness(selector);
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
    private @Nullable Resolver resolver;

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

    /// Sets what finds the addresses of names, instead of [Resolver#dns()].
    ///
    /// @param newResolver the resolver
    /// @return this builder
    public Builder resolver(Resolver newResolver) {
      resolver = newResolver;
      return this;
    }

    /// Sets up the network.
    ///
    /// @return the network
    /// @throws IllegalStateException if the loop is closed or has a network, or if
    ///     the transport cannot be had
    public Net build() {
      return new Net(loop, transport, resolver == null ? Resolver.dns() : resolver);
    }
  }

  /// Returns what the loop's sockets wait in.
  ///
  /// @return the transport
  public NetTransport transport() {
    return selector.backend.transport();
  }

  NettySelector selector() {
    return selector;
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
    return streams(net.connectUnix(path, options), options);
  }

  private static Connection streams(NettyConnection transport, ConnectOptions options) {
    StreamReader reader = new StreamReader(options.limit());
    StreamReaderProtocol protocol = new StreamReaderProtocol(reader);
    transport.begin(protocol);
    return new Connection(reader, new StreamWriter(transport, protocol, reader));
  }

  /// Starts a server whose clients are served by tasks. Suspends the current task until it
  /// listens.
  ///
  /// @param clientConnected what serves a client, each in a task of its own
  /// @param host the name or address to listen on; null or empty for all of this machine
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
  /// @param host the name or address to listen on; null or empty for all of this machine
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

  /// Starts a server on a Unix socket whose clients are served by tasks. Suspends the current
  /// task until it listens. A socket that was left at that path by an earlier server is replaced.
  ///
  /// Over epoll, kqueue and io_uring, closing the server deletes whatever is at that path then,
  /// also the socket of a newer server: close the old one first.
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
    return createUnixConnection(factory, path, ConnectOptions.DEFAULT);
  }

  /// Opens a connection to a Unix socket for a protocol; see
  /// [#createConnection(Supplier, String, int)].
  ///
  /// @param factory makes the protocol
  /// @param path the path of the socket
  /// @param options TLS, if the server wants it
  /// @param <P> the type of the protocol
  /// @return the transport and the protocol
  /// @throws UncheckedIOException if nobody accepts the connection, or its TLS handshake fails
  public <P extends BaseProtocol<Transport>>
      TransportAndProtocol<Transport, P> createUnixConnection(
          Supplier<P> factory, Path path, ConnectOptions options) {
    return begin(connectUnix(path, options), factory);
  }

  /// Negotiates TLS on a running connection, as its client. Suspends the current task until the
  /// handshake is done.
  ///
  /// What was written before is sent as it is. What has come and the protocol was not given yet
  /// is taken for the beginning of the handshake. The protocol's `connectionMade` is not called
  /// again. If the handshake fails, or the task is cancelled while it waits, the connection is
  /// closed.
  ///
  /// Mirrors `loop.start_tls`.
  ///
  /// @param transport the connection
  /// @param protocol what is called from now on
  /// @param tls what to negotiate
  /// @param serverHostname the name that the server's certificate must have; empty to let any
  ///     certificate pass that is trusted
  /// @return the transport, which is the same one
  /// @throws UncheckedIOException if the handshake fails
  /// @throws UnsupportedOperationException if the transport is not a socket's
  /// @throws IllegalStateException if the connection is closing, or has TLS, or after
  ///     `writeEof()` or the end of what the peer sends
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public Transport startTls(
      Transport transport, Protocol protocol, TlsContext tls, String serverHostname) {
    return startTls(
        transport, protocol, StartTlsOptions.of(tls).withServerHostname(serverHostname));
  }

  /// Negotiates TLS on a running connection, as its client or its server; see
  /// [#startTls(Transport, Protocol, TlsContext, String)].
  ///
  /// @param transport the connection
  /// @param protocol what is called from now on
  /// @param options what to negotiate, and on which side
  /// @return the transport, which is the same one
  /// @throws UncheckedIOException if the handshake fails
  /// @throws IllegalStateException if the connection is closing, or has TLS, or after
  ///     `writeEof()` or the end of what the peer sends
  public Transport startTls(Transport transport, Protocol protocol, StartTlsOptions options) {
    options.secure(transport, protocol, options.serverSide());
    return transport;
  }

  private <P extends BaseProtocol<Transport>> TransportAndProtocol<Transport, P> begin(
      NettyConnection transport, Supplier<P> factory) {
    return begin(transport, transport::begin, factory);
  }

  private <P extends BaseProtocol<Transport>> TransportAndProtocol<Transport, P> begin(
      Transport transport, Consumer<? super P> beginning, Supplier<P> factory) {
    boolean complete = false;
    try {
      P protocol = factory.get();
      inCallback(() -> beginning.accept(protocol));
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
  /// @param host the name or address to listen on; null or empty for all of this machine
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
  /// @param host the name or address to listen on; null or empty for all of this machine
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
    return listen(factory, localAddresses(hosts, port), options);
  }

  private List<SocketAddress> localAddresses(List<? extends @Nullable String> hosts, int port) {
    List<SocketAddress> addresses = new ArrayList<>();
    for (String host : hosts) {
      if (host == null || host.isEmpty()) {
        addresses.add(new InetSocketAddress(port)); // of both families, on one socket
      } else {
        addresses.addAll(getaddrinfo(host, port));
      }
    }
    return addresses.stream().distinct().toList();
  }

  /// Starts a server on a Unix socket that makes a protocol for each client. Suspends the current
  /// task until it listens. A socket that was left at that path by an earlier server is replaced,
  /// and closing deletes what is there: see [#startUnixServer(ClientConnectedCallback, Path)].
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
    for (DatagramOptions each :
        DatagramAddresses.resolve(options, (host, port) -> getaddrinfo(host, port))) {
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

  /// Returns a server that does not listen.
  NettyServer newServer(
      Supplier<? extends BaseProtocol<Transport>> factory, @Nullable TlsSettings tls) {
    return new NettyServer(selector, factory, tls);
  }

  private Server listen(
      Supplier<? extends BaseProtocol<Transport>> factory,
      List<SocketAddress> addresses,
      ServerOptions options) {
    NettyServer server = newServer(factory, options.tlsSettings());
    listen(server, addresses, options);
    return new Server(server);
  }

  private void listen(NettyServer server, List<SocketAddress> addresses, ServerOptions options) {
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

  // ---- Servers over the loops of a group

  /// Starts a server whose clients are served by tasks of the loops of a group, in turn. The
  /// current loop accepts them; it serves some itself if it is one of the group's. Suspends the
  /// current task until the server listens.
  ///
  /// If cancelled while waiting, nothing is left of it.
  ///
  /// @param group the loops
  /// @param clientConnected what serves a client, each in a task of its own; several threads
  ///     call it
  /// @param host the name or address to listen on; null for all of this machine
  /// @param port the port; 0 for one that the system chooses
  /// @return the server
  /// @throws UncheckedIOException if the name does not resolve or the address cannot be bound
  /// @throws IllegalStateException if the group is stopped, or if one of its loops has another
  ///     transport than this loop
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public static GroupServer startServer(
      LoopGroup group, ClientConnectedCallback clientConnected, @Nullable String host, int port) {
    return startServer(group, clientConnected, host, port, ServerOptions.DEFAULT);
  }

  /// Starts a server whose clients are served by tasks of the loops of a group; see
  /// [#startServer(LoopGroup, ClientConnectedCallback, String, int)].
  ///
  /// @param group the loops
  /// @param clientConnected what serves a client, each in a task of its own; several threads
  ///     call it
  /// @param host the name or address to listen on; null for all of this machine
  /// @param port the port; 0 for one that the system chooses
  /// @param options the limit of the readers, the backlog and more
  /// @return the server
  /// @throws UncheckedIOException if the name does not resolve or the address cannot be bound
  /// @throws IllegalStateException if the group is stopped, or if one of its loops has another
  ///     transport than this loop
  public static GroupServer startServer(
      LoopGroup group,
      ClientConnectedCallback clientConnected,
      @Nullable String host,
      int port,
      ServerOptions options) {
    return current()
        .createServer(group, streamProtocols(clientConnected, options), host, port, options);
  }

  /// Starts a server on a Unix socket whose clients are served by tasks of the loops of a group;
  /// see [#startServer(LoopGroup, ClientConnectedCallback, String, int)]. A socket that was left
  /// at that path by an earlier server is replaced.
  ///
  /// @param group the loops
  /// @param clientConnected what serves a client, each in a task of its own; several threads
  ///     call it
  /// @param path the path of the socket
  /// @param options the limit of the readers, the backlog and more
  /// @return the server
  /// @throws UncheckedIOException if the path cannot be bound
  /// @throws IllegalStateException if the group is stopped, or if one of its loops has another
  ///     transport than this loop
  public static GroupServer startUnixServer(
      LoopGroup group, ClientConnectedCallback clientConnected, Path path, ServerOptions options) {
    Net net = current();
    net.selector.loop.runInExecutor(null, () -> UnixSockets.removeStale(path)).await();
    return net.listen(
        group,
        streamProtocols(clientConnected, options),
        List.of(UnixDomainSocketAddress.of(path)),
        options);
  }

  /// Starts a server that makes a protocol for each client, on the loops of a group in turn; see
  /// [#startServer(LoopGroup, ClientConnectedCallback, String, int)].
  ///
  /// @param group the loops
  /// @param factory makes the protocols, on the loop that each is for; several threads call it
  /// @param host the name or address to listen on; null for all of this machine
  /// @param port the port; 0 for one that the system chooses
  /// @param options the backlog and more
  /// @return the server
  /// @throws UncheckedIOException if the name does not resolve or the address cannot be bound
  /// @throws IllegalStateException if the group is stopped, or if one of its loops has another
  ///     transport than this loop
  public GroupServer createServer(
      LoopGroup group,
      Supplier<? extends BaseProtocol<Transport>> factory,
      @Nullable String host,
      int port,
      ServerOptions options) {
    return listen(group, factory, localAddresses(Collections.singletonList(host), port), options);
  }

  private GroupServer listen(
      LoopGroup group,
      Supplier<? extends BaseProtocol<Transport>> factory,
      List<SocketAddress> addresses,
      ServerOptions options) {
    NettyGroupServer server =
        NettyGroupServer.create(group, selector, factory, options.tlsSettings());
    boolean complete = false;
    try {
      listen(server.accepting(), addresses, options);
      complete = true;
      return new GroupServer(server);
    } finally {
      if (!complete) {
        server.close();
      }
    }
  }

  // ---- Channels of the JDK

  /// Returns what waits for channels of the JDK.
  Readiness readiness() {
    return readiness;
  }

  /// Opens streams over a channel that is connected: one that somebody else has accepted, or that
  /// was connected in a way that [#openConnection(String, int)] does not know. Returns
  /// immediately.
  ///
  /// From now on the channel is the connection's: it is made non-blocking, and closed with it.
  ///
  /// @param channel the channel
  /// @return the streams of the connection
  /// @throws IllegalArgumentException if the channel is not connected, or closed
  public static Connection openConnection(SocketChannel channel) {
    return openConnection(channel, ConnectOptions.DEFAULT);
  }

  /// Opens streams over a channel that is connected; see [#openConnection(SocketChannel)].
  ///
  /// @param channel the channel
  /// @param options the limit of the reader
  /// @return the streams of the connection
  /// @throws IllegalArgumentException if the channel is not connected, or closed
  public static Connection openConnection(SocketChannel channel, ConnectOptions options) {
    Net net = current();
    StreamReader reader = new StreamReader(options.limit());
    StreamReaderProtocol protocol = new StreamReaderProtocol(reader);
    ChannelTransport transport = new ChannelTransport(net.selector.loop, net.readiness, channel);
    transport.begin(protocol);
    return new Connection(reader, new StreamWriter(transport, protocol, reader));
  }

  /// Lets a protocol serve a connection that somebody else has accepted: a listening channel of
  /// the JDK, or the process that started this one. Suspends the current task until the
  /// protocol's `connectionMade` was called.
  ///
  /// From now on the channel is the transport's: it is made non-blocking, and closed with it,
  /// also if the task is cancelled while it waits. On every [NetTransport] it is waited for by a
  /// selector of the JDK, so that it costs more than a connection of [#createServer].
  ///
  /// @param factory makes the protocol
  /// @param channel the channel
  /// @param <P> the type of the protocol
  /// @return the transport and the protocol
  /// @throws IllegalArgumentException if the channel is not connected, or closed
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public <P extends Protocol> TransportAndProtocol<Transport, P> connectAcceptedSocket(
      Supplier<P> factory, SocketChannel channel) {
    ChannelTransport transport = new ChannelTransport(selector.loop, readiness, channel);
    return begin(transport, transport::begin, factory);
  }

  /// Lets a protocol use a channel that is connected already: `create_connection(sock=...)`. The
  /// same as [#connectAcceptedSocket].
  ///
  /// @param factory makes the protocol
  /// @param channel the channel
  /// @param <P> the type of the protocol
  /// @return the transport and the protocol
  /// @throws IllegalArgumentException if the channel is not connected, or closed
  public <P extends Protocol> TransportAndProtocol<Transport, P> createConnection(
      Supplier<P> factory, SocketChannel channel) {
    return connectAcceptedSocket(factory, channel);
  }

  // ---- Files

  /// Sends a whole file over a connection; see [#sendfile(Transport, FileChannel, long, long,
  /// boolean)].
  ///
  /// @param transport the transport, [StreamWriter#transport()] of a stream
  /// @param file the file
  /// @return how many bytes were sent
  /// @throws UncheckedIOException if reading the file fails or the connection is lost
  public long sendfile(WriteTransport transport, FileChannel file) {
    return sendfile(transport, file, 0, Long.MAX_VALUE, /* fallback= */ true);
  }

  /// Sends a part of a file over a connection. Suspends the current task until the system has
  /// taken it.
  ///
  /// What was written before is sent first. Meanwhile reading is paused and writing refused. Over
  /// epoll, kqueue and NIO the bytes do not pass through this process; over io_uring and TLS, the
  /// fallback, they are read by another thread. Either way 256 KiB at a time: the loop stands
  /// still while the system reads a piece that is not in memory, if it does that by itself.
  ///
  /// The file's position is then that of the first byte that was not sent, also if it fails or is
  /// cancelled. After a cancellation the connection can be used again; the peer has got as many
  /// bytes as the position says, and with the fallback up to 256 KiB more. A file that cannot be
  /// read, or is cut shorter while a piece of it is being sent, may close the connection.
  ///
  /// @param transport a transport of this loop; [StreamWriter#transport()] of a stream
  /// @param file the file
  /// @param offset where in the file to begin
  /// @param count how many bytes to send
  /// @param fallback whether to use the fallback where the system cannot send files by itself
  /// @return how many bytes were sent: fewer than `count` if the file has no more
  /// @throws IllegalArgumentException if the transport is not of this module, `offset` is
  ///     negative or `count` not positive
  /// @throws IllegalStateException if the transport is closing, or a file is being sent over
  ///     it, or after `writeEof()`
  /// @throws SendfileNotAvailableException if the system cannot, and there is to be no fallback
  /// @throws UncheckedIOException if reading the file fails or the connection is lost
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public long sendfile(
      WriteTransport transport, FileChannel file, long offset, long count, boolean fallback) {
    if (!(transport instanceof FileTransport target)) {
      throw new IllegalArgumentException("Expected a transport of a socket, got " + transport);
    }
    return new Sendfile(file, offset, count).send(target, fallback);
  }

  // ---- Connecting

  private NettyConnection connect(String host, int port, ConnectOptions options) {
    TlsSettings tls = options.tlsSettings(host);
    return secured(connecting.connect(host, port, options), tls);
  }

  private NettyConnection connectUnix(Path path, ConnectOptions options) {
    TlsSettings tls = options.tlsSettings(null);
    return secured(connecting.connect(path), tls);
  }

  private static NettyConnection secured(NettyConnection connection, @Nullable TlsSettings tls) {
    if (tls != null) {
      NettyTls.connect(connection, tls);
    }
    return connection;
  }

  // ---- Names

  /// Returns the addresses of a host, with a port: see
  /// [#getaddrinfo(String, String, StandardProtocolFamily, AddressFlag...)].
  ///
  /// @param host the name or address
  /// @param port the port
  /// @return the addresses, one at least
  /// @throws UncheckedIOException if the name does not resolve
  public List<InetSocketAddress> getaddrinfo(String host, int port) {
    return getaddrinfo(host, Integer.toString(port), null);
  }

  /// Returns the addresses of a host and a service. Suspends the current task until they are
  /// known, unless both are numbers.
  ///
  /// The names of services are those in `/etc/services`. If cancelled while waiting, nothing is
  /// left of it.
  ///
  /// Mirrors `loop.getaddrinfo` of asyncio.
  ///
  /// @param host the name or address; null for this machine, see [AddressFlag#PASSIVE]
  /// @param service the name of the service or the port; null for port 0
  /// @param family the family of the addresses, `INET` or `INET6`; null for both
  /// @param flags how to look them up
  /// @return the addresses, one at least
  /// @throws UncheckedIOException if the name does not resolve, with
  ///     [java.net.UnknownHostException] as its cause, or if there is no such service, with
  ///     [java.net.UnknownServiceException]
  /// @throws IllegalArgumentException if host and service are null, or for another family
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public List<InetSocketAddress> getaddrinfo(
      @Nullable String host,
      @Nullable String service,
      @Nullable StandardProtocolFamily family,
      AddressFlag... flags) {
    Names.requireInternet(family);
    return names.addresses(host, service, family, Set.of(flags));
  }

  /// Returns the names of an address and a port. Suspends the current task until they are known,
  /// unless flags ask for numbers.
  ///
  /// An address without a name stands for itself, as does a port. If cancelled while waiting,
  /// nothing is left of it.
  ///
  /// Mirrors `loop.getnameinfo` of asyncio.
  ///
  /// @param address the address and the port
  /// @param flags how to look them up
  /// @return the names
  /// @throws UncheckedIOException if the address has no name, with [NameFlag#NAMEREQD]
  /// @throws IllegalArgumentException if the address is an unresolved name itself
  /// @throws tepal.CancelledError if the task is cancelled while it waits
  public NameInfo getnameinfo(InetSocketAddress address, NameFlag... flags) {
    return names.names(address, Set.of(flags));
  }
}
