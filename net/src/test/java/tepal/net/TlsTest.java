// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.net.Certificates.AUTHORITY;
import static tepal.net.Certificates.CLIENT;
import static tepal.net.Certificates.NAME;
import static tepal.net.Certificates.STRANGER;
import static tepal.net.Certificates.connecting;
import static tepal.net.Certificates.echoServer;
import static tepal.net.Certificates.serverWith;
import static tepal.net.Certificates.serving;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.port;
import static tepal.net.Network.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tepal.CancelledError;
import tepal.ExceptionContext;
import tepal.Future;
import tepal.Task;
import tepal.streams.Protocol;
import tepal.streams.Transport;

@SuppressWarnings("try") // what is closed before its scope ends
class TlsTest {

  // ---- Data

  @OnTlsEngines
  void bytes_of_random_sizes_come_back_in_order(NetTransport transport, TlsEngine engine)
      throws Exception {
    Network.run(transport, () -> {
      try (Server server = echoServer(engine)) {
        List<Task<?>> all = new ArrayList<>();
        for (int seed = 0; seed < 4; seed++) {
          Random random = new Random(seed);
          all.add(createTask(() -> exchange(server, engine, random)));
        }
        all.forEach(Task::await);
      }
    });
  }

  private static void exchange(Server server, TlsEngine engine, Random random) {
    byte[] data = new byte[400_000];
    random.nextBytes(data);
    try (Connection connection = Certificates.connect(server, engine)) {
      Task<?> writing = createTask(() -> {
        for (int at = 0; at < data.length; ) {
          int length = Math.min(data.length - at, 1 + random.nextInt(1 << random.nextInt(18)));
          connection.writer().write(java.util.Arrays.copyOfRange(data, at, at + length));
          connection.writer().drain();
          at += length;
        }
      });
      assertThat(connection.reader().readExactly(data.length)).isEqualTo(data);
      Object _ = writing.await();
      connection.close();
      connection.writer().waitClosed();
    }
  }

  @OnTlsEngines
  void protocols_are_called_in_order(NetTransport transport, TlsEngine engine) throws Exception {
    Network.run(transport, () -> {
      List<String> trail = new ArrayList<>();
      Future<@Nullable Void> lost = getRunningLoop().createFuture();
      Net net = Net.of(getRunningLoop());
      try (Server server = net.createServer(
          () -> new Protocol() {
            @Override
            public void connectionMade(Transport connected) {
              connected.write(bytes("greeting"));
              connected.close();
            }
          },
          HOST,
          0,
          serving(engine))) {
        var client = net.createConnection(
            () -> new Protocol() {
              @Override
              public void connectionMade(Transport connected) {
                trail.add("made");
              }

              @Override
              public void dataReceived(byte[] data) {
                trail.add(text(data));
              }

              @Override
              public boolean eofReceived() {
                trail.add("eof");
                return true; // which means nothing here
              }

              @Override
              public void connectionLost(@Nullable Throwable exception) {
                trail.add("lost: " + exception);
                lost.setResult(null);
              }
            },
            HOST,
            port(server),
            connecting(engine));
        trail.add("connected");
        lost.await();

        assertThat(trail).containsExactly("made", "connected", "greeting", "eof", "lost: null");
        assertThat(client.transport().isClosing()).isTrue();
      }
    });
  }

  @OnTlsEngines
  void a_unix_socket_can_have_tls(NetTransport transport, TlsEngine engine, @TempDir Path directory)
      throws Exception {
    Network.run(transport, () -> {
      Path path = directory.resolve("socket");
      try (Server server = Net.startUnixServer(Network::echo, path, serving(engine));
          Connection connection =
              Net.openUnixConnection(path, connecting(engine).withServerHostname(NAME))) {
        connection.writer().write(bytes("hello\n"));
        assertThat(text(connection.reader().readLine())).isEqualTo("hello\n");
        assertThatIllegalArgumentException()
            .isThrownBy(() -> Net.openUnixConnection(path, connecting(engine)))
            .withMessageStartingWith("Expected a serverHostname");
      }
      sleep(Duration.ofMillis(20)); // the server's side
    });
  }

  @OnTlsEngines
  void a_connection_knows_its_tls(NetTransport transport, TlsEngine engine) throws Exception {
    Network.run(transport, () -> {
      Future<@Nullable X509Certificate> seen = getRunningLoop().createFuture();
      try (Server server = Net.startServer(
              (_, writer) -> {
                seen.setResult(writer.getExtraInfo(Net.PEERCERT));
                writer.close();
              },
              HOST,
              0,
              serving(engine));
          Connection connection = Certificates.connect(server, engine);
          Connection plain = Net.openConnection(HOST, port(server))) {
        assertThat(connection.writer().getExtraInfo(Net.PEERCERT))
            .isEqualTo(Certificates.SERVER.getCertificate());
        assertThat(connection.writer().getExtraInfo(Net.CIPHER)).startsWith("TLS_");
        assertThat(connection.writer().getExtraInfo(Net.TLS_SESSION))
            .satisfies(it -> assertThat(it.getProtocol()).isEqualTo("TLSv1.3"));
        assertThat(connection.writer().getExtraInfo(Net.TLS_CONTEXT)).isNotNull();
        assertThat(connection.writer().getExtraInfo(Net.ALPN_PROTOCOL)).isNull();
        assertThat(connection.writer().getExtraInfo(Net.PEERNAME)).isNotNull();
        assertThat(seen.await()).isNull();
        assertThat(plain.writer().getExtraInfo(Net.PEERCERT)).isNull();
      }
    });
  }

  // ---- What is negotiated

  @OnTlsEngines
  void the_first_protocol_in_common_is_chosen(NetTransport transport, TlsEngine engine)
      throws Exception {
    TlsContext own =
        serverWith(engine, Certificates.SERVER).alpnProtocols("b", "c").build();
    TlsContext client =
        Certificates.clientBuilder(engine).alpnProtocols("a", "c", "b").build();
    Network.run(transport, () -> {
      try (Server server = Net.startServer(
              (_, writer) -> {
                String chosen = writer.getExtraInfo(Net.ALPN_PROTOCOL, "none");
                writer.write(bytes(chosen));
                writer.close();
              },
              HOST,
              0,
              ServerOptions.DEFAULT.withTls(own));
          Connection connection =
              Net.openConnection(HOST, port(server), ConnectOptions.DEFAULT.withTls(client))) {
        assertThat(connection.writer().getExtraInfo(Net.ALPN_PROTOCOL)).isEqualTo("b");
        assertThat(text(connection.reader().read())).isEqualTo("b");
      }
    });
  }

  @OnTlsEngines
  void a_server_can_require_certificates_of_its_clients(NetTransport transport, TlsEngine engine)
      throws Exception {
    TlsContext own = serverWith(engine, Certificates.SERVER)
        .trust(AUTHORITY.getRootCertificatePEM())
        .clientCertificates(ClientCertificates.REQUIRED)
        .build();
    TlsContext good = Certificates.clientBuilder(engine)
        .certificate(CLIENT.getCertificatePathPEM(), CLIENT.getPrivateKeyPEM(), null)
        .build();
    TlsContext stranger = Certificates.clientBuilder(engine)
        .certificate(STRANGER.getCertificatePathPEM(), STRANGER.getPrivateKeyPEM(), null)
        .build();
    Network.run(transport, () -> {
      List<String> served = new ArrayList<>();
      try (Server server = Net.startServer(
          (_, writer) -> {
            X509Certificate peer = writer.getExtraInfo(Net.PEERCERT);
            served.add(peer == null ? "nobody" : peer.getSubjectX500Principal().getName());
            writer.write(bytes("welcome\n"));
            writer.close();
          },
          HOST,
          0,
          ServerOptions.DEFAULT.withTls(own))) {
        assertThat(ask(server, good)).isEqualTo("welcome\n");
        for (TlsContext bad : List.of(stranger, Certificates.client(engine))) {
          // With TLS 1.3 the client learns of it when it reads.
          assertThatThrownBy(() -> ask(server, bad)).isInstanceOf(UncheckedIOException.class);
        }
        assertThat(served).containsExactly("CN=a client");
      }
    });
  }

  private static String ask(Server server, TlsContext client) {
    try (Connection connection =
        Net.openConnection(HOST, port(server), ConnectOptions.DEFAULT.withTls(client))) {
      return text(connection.reader().readLine());
    }
  }

  @OnTlsEngines
  void an_optional_certificate_may_be_missing(NetTransport transport, TlsEngine engine)
      throws Exception {
    TlsContext own = serverWith(engine, Certificates.SERVER)
        .trust(AUTHORITY.getRootCertificatePEM())
        .clientCertificates(ClientCertificates.OPTIONAL)
        .build();
    Network.run(transport, () -> {
      try (Server server =
          Net.startServer(Network::echo, HOST, 0, ServerOptions.DEFAULT.withTls(own))) {
        assertThat(echoOnce(server, connecting(engine))).isEqualTo("hello\n");
      }
    });
  }

  private static String echoOnce(Server server, ConnectOptions options) {
    try (Connection connection = Net.openConnection(HOST, port(server), options)) {
      connection.writer().write(bytes("hello\n"));
      String answer = text(connection.reader().readLine());
      connection.close();
      connection.writer().waitClosed();
      return answer;
    }
  }

  @OnTlsEngines
  void tls_1_2_works_as_well(NetTransport transport, TlsEngine engine) throws Exception {
    TlsContext client = Certificates.clientBuilder(engine)
        .protocols("TLSv1.2")
        .cipherSuites("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
        .build();
    Network.run(transport, () -> {
      try (Server server = echoServer(engine);
          Connection connection =
              Net.openConnection(HOST, port(server), ConnectOptions.DEFAULT.withTls(client))) {
        connection.writer().write(bytes("hello\n"));
        assertThat(text(connection.reader().readLine())).isEqualTo("hello\n");
        assertThat(connection.writer().getExtraInfo(Net.CIPHER))
            .isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
        connection.close();
        connection.writer().waitClosed();
      }
    });
  }

  @OnTransports
  void a_context_of_the_jdk_is_either_side_and_checks_host_names(NetTransport transport)
      throws Exception {
    TlsContext either = TlsContext.of(Certificates.jdk());
    TlsContext unsaid = TlsContext.of(Certificates.jdk(), new SSLParameters());
    SSLParameters lax = new SSLParameters();
    lax.setEndpointIdentificationAlgorithm("");
    Network.run(transport, () -> {
      try (Server server =
          Net.startServer(Network::echo, HOST, 0, ServerOptions.DEFAULT.withTls(either))) {
        ConnectOptions options = ConnectOptions.DEFAULT.withTls(either);
        assertThat(echoOnce(server, options)).isEqualTo("hello\n");
        assertThatThrownBy(() -> echoOnce(server, options.withServerHostname("elsewhere.test")))
            .hasCauseInstanceOf(SSLHandshakeException.class);
        ConnectOptions checked = ConnectOptions.DEFAULT.withTls(unsaid);
        assertThat(echoOnce(server, checked)).isEqualTo("hello\n");
        assertThatThrownBy(() -> echoOnce(server, checked.withServerHostname("elsewhere.test")))
            .hasCauseInstanceOf(SSLHandshakeException.class);
        TlsContext unchecked = TlsContext.of(Certificates.jdk(), lax);
        assertThat(echoOnce(
                server,
                ConnectOptions.DEFAULT.withTls(unchecked).withServerHostname("elsewhere.test")))
            .isEqualTo("hello\n");
      }
    });
  }

  // ---- Failures

  @OnTransports
  void a_context_that_can_make_no_engine_fails_its_connections_only(NetTransport transport)
      throws Exception {
    TlsContext broken = TlsContext.of(SSLContext.getInstance("TLS")); // never initialised
    List<ExceptionContext> told = Network.runAndReport(transport, () -> {
      try (Server plain = Net.startServer(Network::echo, HOST, 0);
          Server encrypted =
              Net.startServer(Network::echo, HOST, 0, ServerOptions.DEFAULT.withTls(broken))) {
        assertThatThrownBy(() -> Net.openConnection(
                HOST, Network.port(plain), ConnectOptions.DEFAULT.withTls(broken)))
            .isInstanceOf(IllegalStateException.class);
        try (Connection refused = Network.connect(encrypted)) {
          assertThat(refused.read()).isEmpty();
        }
        try (Connection connection = Network.connect(plain)) {
          connection.write(bytes("went on\n"));
          assertThat(connection.readLine()).isEqualTo(bytes("went on\n"));
        }
      }
    });
    assertThat(told)
        .singleElement()
        .satisfies(each -> assertThat(each.message()).startsWith("TLS cannot begin on Transport["));
  }

  @OnTlsEngines
  void a_certificate_of_another_host_is_refused_unless_that_is_not_checked(
      NetTransport transport, TlsEngine engine) throws Exception {
    TlsContext lax = Certificates.clientBuilder(engine).withoutHostnameCheck().build();
    Network.run(transport, () -> {
      try (Server server = echoServer(engine)) {
        ConnectOptions options = connecting(engine);
        assertThatThrownBy(() -> echoOnce(server, options.withServerHostname("elsewhere.test")))
            .isInstanceOf(UncheckedIOException.class)
            .hasCauseInstanceOf(SSLHandshakeException.class)
            .hasRootCauseInstanceOf(CertificateException.class);
        assertThat(echoOnce(server, options.withServerHostname(NAME))).isEqualTo("hello\n");
        assertThat(echoOnce(server, options.withServerHostname(""))).isEqualTo("hello\n");
        assertThat(echoOnce(
                server, ConnectOptions.DEFAULT.withTls(lax).withServerHostname("elsewhere.test")))
            .isEqualTo("hello\n");
      }
    });
  }

  @OnTlsEngines
  void a_certificate_that_nobody_vouches_for_is_refused_unless_anything_is_trusted(
      NetTransport transport, TlsEngine engine) throws Exception {
    TlsContext system = TlsContext.clientBuilder().engine(engine).build();
    TlsContext anything =
        TlsContext.clientBuilder().engine(engine).trustAnything().build();
    Network.run(transport, () -> {
      try (Server server = echoServer(engine)) {
        assertThatThrownBy(() -> echoOnce(server, ConnectOptions.DEFAULT.withTls(system)))
            .isInstanceOf(UncheckedIOException.class)
            .hasCauseInstanceOf(SSLHandshakeException.class);
        assertThat(echoOnce(server, ConnectOptions.DEFAULT.withTls(anything))).isEqualTo("hello\n");
      }
    });
  }

  @OnTlsEngines
  void a_certificate_that_has_expired_is_refused(NetTransport transport, TlsEngine engine)
      throws Exception {
    TlsContext old = serverWith(engine, Certificates.expired()).build();
    Network.run(transport, () -> {
      try (Server server =
          Net.startServer(Network::echo, HOST, 0, ServerOptions.DEFAULT.withTls(old))) {
        assertThatThrownBy(() -> echoOnce(server, connecting(engine)))
            .isInstanceOf(UncheckedIOException.class)
            .hasCauseInstanceOf(SSLHandshakeException.class);
      }
    });
  }

  @OnTlsEngines
  void sides_without_a_version_in_common_do_not_connect(NetTransport transport, TlsEngine engine)
      throws Exception {
    TlsContext old =
        serverWith(engine, Certificates.SERVER).protocols("TLSv1.2").build();
    TlsContext client = Certificates.clientBuilder(engine).protocols("TLSv1.3").build();
    Network.run(transport, () -> {
      try (Server server =
          Net.startServer(Network::echo, HOST, 0, ServerOptions.DEFAULT.withTls(old))) {
        assertThatThrownBy(() -> echoOnce(server, ConnectOptions.DEFAULT.withTls(client)))
            .isInstanceOf(UncheckedIOException.class)
            .hasCauseInstanceOf(SSLException.class);
      }
    });
  }

  @OnTlsEngines
  void a_server_that_speaks_plaintext_is_not_taken_for_tls(NetTransport transport, TlsEngine engine)
      throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(
          (_, writer) -> {
            writer.write(bytes("220 welcome to a server without TLS\r\n"));
            writer.close();
          },
          HOST,
          0)) {
        assertThatThrownBy(() -> Certificates.connect(server, engine))
            .isInstanceOf(UncheckedIOException.class)
            .hasCauseInstanceOf(SSLException.class);
      }
    });
  }

  @OnTlsEngines
  void a_client_that_speaks_plaintext_is_closed_and_disturbs_nobody(
      NetTransport transport, TlsEngine engine) throws Exception {
    Network.run(transport, () -> {
      try (Server server = echoServer(engine);
          Connection plain = Net.openConnection(HOST, port(server))) {
        plain.writer().write(bytes("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"));
        try {
          byte[] _ = plain.reader().read(); // perhaps an alert
        } catch (UncheckedIOException e) {
          // or a reset
        }
        assertThat(echoOnce(server, connecting(engine))).isEqualTo("hello\n");
      }
    });
  }

  @OnTlsEngines
  void a_peer_that_goes_away_in_the_handshake_fails_it(NetTransport transport, TlsEngine engine)
      throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer((_, writer) -> writer.close(), HOST, 0)) {
        assertThatThrownBy(() -> Certificates.connect(server, engine))
            .isInstanceOf(UncheckedIOException.class)
            .hasCauseInstanceOf(SSLHandshakeException.class)
            .hasMessageContaining("Expected the peer to finish the TLS handshake");
      }
    });
  }

  @OnTlsEngines
  void options_that_do_not_go_together_are_refused(NetTransport transport, TlsEngine engine)
      throws Exception {
    Network.run(transport, () -> {
      assertThatIllegalArgumentException()
          .isThrownBy(() ->
              Net.openConnection(HOST, 1, ConnectOptions.DEFAULT.withServerHostname("example.org")))
          .withMessageContaining("only together with TLS");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Net.openConnection(
              HOST, 1, ConnectOptions.DEFAULT.withTls(Certificates.server(engine))))
          .withMessageContaining("Expected a TlsContext for a client");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Net.startServer(
              Network::echo, HOST, 0, ServerOptions.DEFAULT.withTls(Certificates.client(engine))))
          .withMessageContaining("Expected a TlsContext for a server");
    });
  }

  // ---- Waiting

  @OnTlsEngines
  void a_cancelled_handshake_leaves_nothing(NetTransport transport, TlsEngine engine)
      throws Exception {
    Network.run(transport, () -> {
      Future<@Nullable Void> gone = getRunningLoop().createFuture();
      try (Server server = Net.startServer(
          (reader, writer) -> {
            byte[] _ = reader.readExactly(5);
            try {
              byte[] _ = reader.read();
            } catch (UncheckedIOException e) {
              // reset
            }
            writer.close();
            gone.setResult(null);
          },
          HOST,
          0)) {
        Task<?> connecting = createTask(() -> Certificates.connect(server, engine));
        sleep(Duration.ofMillis(30));
        assertThat(connecting.done()).isFalse();
        boolean _ = connecting.cancel();
        assertThatThrownBy(connecting::await).isInstanceOf(CancelledError.class);
        gone.await();
      }
    });
  }

  @OnTlsEngines
  void connections_that_are_cancelled_at_random_leave_nothing(
      NetTransport transport, TlsEngine engine) throws Exception {
    List<ExceptionContext> told = Network.runAndReport(transport, () -> {
      Server server = echoServer(engine);
      Random random = new Random(3);
      List<Task<?>> tasks = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        tasks.add(createTask(() -> echoOnce(server, connecting(engine))));
        sleep(Duration.ofNanos(random.nextInt(4_000_000)));
        boolean _ = tasks.get(random.nextInt(tasks.size())).cancel();
      }
      for (Task<?> each : tasks) {
        try {
          Object _ = each.await();
        } catch (CancelledError e) {
          // as it should be
        }
      }
      server.close();
      server.abortClients();
      server.waitClosed();
    });
    // those of echo tasks whose peer was cancelled
    assertThat(told)
        .allSatisfy(each -> assertThat(each.exception()).isInstanceOf(UncheckedIOException.class));
  }

  @OnTlsEngines
  void a_trust_manager_that_blocks_does_not_stop_the_loop(NetTransport transport, TlsEngine engine)
      throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    List<String> threads = new ArrayList<>();
    TlsContext slow = TlsContext.clientBuilder()
        .engine(engine)
        .trust(new Trusting() {
          @Override
          void check() {
            threads.add(Thread.currentThread().getName());
            asked.countDown();
            try {
              released.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        })
        .build();
    Network.run(transport, () -> {
      try (Server server = echoServer(engine)) {
        Task<String> blocked =
            createTask(() -> echoOnce(server, ConnectOptions.DEFAULT.withTls(slow)));
        tepal.Asyncio.toThread(() -> asked.await());
        try (Server plain = Net.startServer(Network::echo, HOST, 0)) {
          assertThat(echoOnce(plain, ConnectOptions.DEFAULT)).isEqualTo("hello\n");
        }
        assertThat(blocked.done()).isFalse();
        released.countDown();
        assertThat(blocked.await()).isEqualTo("hello\n");
        assertThat(threads).allSatisfy(it -> assertThat(it).startsWith("tepal-tls-"));
      }
    });
  }

  /// Trusts everybody, after a check.
  private abstract static class Trusting extends X509ExtendedTrustManager {
    abstract void check();

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      check();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
      check();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      check();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Test
  void a_socket_says_that_the_address_is_wrong_before_tls_begins() throws Exception {
    Network.run(
        NetTransport.NIO,
        () -> assertThatThrownBy(() -> Net.openConnection(HOST, 1, connecting(TlsEngine.JDK)))
            .isInstanceOf(UncheckedIOException.class)
            .hasCauseInstanceOf(IOException.class)
            .satisfies(it -> assertThat(it.getCause()).isNotInstanceOf(SSLException.class)));
  }
}
