// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.net.Certificates.NAME;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.connect;
import static tepal.net.Network.port;
import static tepal.net.Network.text;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tepal.CancelledError;
import tepal.Future;
import tepal.Task;
import tepal.streams.ClientConnectedCallback;
import tepal.streams.Protocol;
import tepal.streams.StreamWriter;
import tepal.streams.Transport;

/// TLS that begins on a running connection.
@SuppressWarnings("try") // what is closed before its scope ends
class StartTlsTest {

  private static StartTlsOptions named(TlsEngine engine) {
    return StartTlsOptions.of(Certificates.client(engine)).withServerHostname(NAME);
  }

  /// A server of a protocol like SMTP.
  private static ClientConnectedCallback mailServer(TlsEngine engine) {
    TlsContext tls = Certificates.server(engine);
    return (reader, writer) -> {
      writer.write(bytes("220 hello\n"));
      for (byte[] line : reader) {
        String command = text(line).strip();
        switch (command) {
          case "STARTTLS" -> {
            writer.write(bytes("220 go ahead\n"));
            sleep(Duration.ofMillis(20)); // what the client sends now waits in the reader
            writer.startTls(tls);
          }
          case "QUIT" -> writer.write(bytes("221 bye\n"));
          default -> writer.write(bytes("250 " + command + ", " + safety(writer) + "\n"));
        }
      }
      writer.close();
    };
  }

  private static String safety(StreamWriter writer) {
    return writer.getExtraInfo(Net.CIPHER) == null ? "in the open" : "in secret";
  }

  private static String say(Connection connection, String command) {
    connection.writer().write(bytes(command + "\n"));
    return text(connection.reader().readLine()).strip();
  }

  @OnTlsEngines
  void a_dialogue_goes_on_in_secret(NetTransport transport, TlsEngine engine) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(mailServer(engine), HOST, 0);
          Connection mail = connect(server)) {
        List<String> trail = new ArrayList<>();
        trail.add(text(mail.reader().readLine()).strip());
        trail.add(say(mail, "EHLO"));
        trail.add(say(mail, "STARTTLS"));
        mail.writer().startTls(named(engine));
        trail.add(say(mail, "EHLO"));
        trail.add(say(mail, "QUIT"));

        assertThat(trail)
            .containsExactly(
                "220 hello",
                "250 EHLO, in the open",
                "220 go ahead",
                "250 EHLO, in secret",
                "221 bye");
        assertThat(mail.writer().getExtraInfo(Net.PEERCERT))
            .isEqualTo(Certificates.SERVER.getCertificate());
        mail.close();
        mail.writer().waitClosed();
      }
    });
  }

  @OnTlsEngines
  void what_a_server_got_before_is_never_taken_for_what_was_encrypted(
      NetTransport transport, TlsEngine engine) throws Exception {
    List<String> heard = new ArrayList<>();
    TlsContext tls = Certificates.server(engine);
    Network.runAndReport(transport, () -> {
      Future<@Nullable Void> over = getRunningLoop().createFuture();
      try (Server server = Net.startServer(
              (reader, writer) -> {
                heard.add(text(reader.readLine()).strip());
                try {
                  writer.startTls(tls);
                  heard.add(text(reader.readLine()));
                } catch (UncheckedIOException e) {
                  heard.add(
                      Objects.requireNonNull(e.getCause()) instanceof SSLException
                          ? "refused"
                          : e.toString());
                } finally {
                  over.setResult(null);
                }
              },
              HOST,
              0);
          Connection attacker = connect(server)) {
        attacker.writer().write(bytes("STARTTLS\nMAIL FROM:<somebody else>\n"));
        over.await();
        assertThat(heard).containsExactly("STARTTLS", "refused");
      }
    });
  }

  @OnTlsEngines
  void what_a_client_got_before_is_never_taken_for_what_was_encrypted(
      NetTransport transport, TlsEngine engine) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(
              (_, writer) -> writer.write(bytes("220 go ahead\n250 forged\n")), HOST, 0);
          Connection mail = connect(server)) {
        assertThat(text(mail.reader().readLine())).isEqualTo("220 go ahead\n");
        assertThatThrownBy(() -> mail.writer().startTls(named(engine)))
            .isInstanceOf(UncheckedIOException.class)
            .hasCauseInstanceOf(SSLException.class);
        assertThat(mail.writer().isClosing()).isTrue();
        server.abortClients();
      }
    });
  }

  @OnTlsEngines
  void what_was_written_before_is_sent_as_it_is(NetTransport transport, TlsEngine engine)
      throws Exception {
    byte[] much = new byte[500_000];
    TlsContext tls = Certificates.server(engine);
    Network.run(transport, () -> {
      try (Server server = Net.startServer(
              (reader, writer) -> {
                byte[] open = reader.readExactly(much.length);
                assertThat(open).isEqualTo(much);
                writer.startTls(tls);
                byte[] line = reader.readLine();
                writer.write(line);
                writer.close();
              },
              HOST,
              0);
          Connection connection = connect(server)) {
        connection.writer().write(much);
        connection.writer().startTls(named(engine));
        assertThat(say(connection, "hello")).isEqualTo("hello");
      }
    });
  }

  @OnTlsEngines
  void a_protocol_is_not_told_again_that_it_is_connected(NetTransport transport, TlsEngine engine)
      throws Exception {
    Network.run(transport, () -> {
      Net net = Net.of(getRunningLoop());
      List<String> trail = new ArrayList<>();
      Future<@Nullable Void> goAhead = getRunningLoop().createFuture();
      Future<@Nullable Void> lost = getRunningLoop().createFuture();
      try (Server server = net.createServer(() -> new Upgrading(net, engine), HOST, 0)) {
        var client = net.createConnection(
            () -> new Protocol() {
              @Override
              public void connectionMade(Transport connected) {
                trail.add("made");
              }

              @Override
              public void dataReceived(byte[] data) {
                trail.add(text(data));
                if (!goAhead.done()) {
                  goAhead.setResult(null);
                }
              }

              @Override
              public void connectionLost(@Nullable Throwable exception) {
                trail.add("lost: " + exception);
                lost.setResult(null);
              }
            },
            HOST,
            port(server));
        client.transport().write(bytes("STARTTLS"));
        goAhead.await();
        Transport secured =
            net.startTls(client.transport(), client.protocol(), Certificates.client(engine), NAME);
        assertThat(secured).isSameAs(client.transport());
        secured.write(bytes("hello"));
        lost.await();

        assertThat(trail).containsExactly("made", "go ahead", "hello", "lost: null");
      }
    });
  }

  /// Begins TLS at the first data, answers the second and closes.
  private static final class Upgrading implements Protocol {
    private final Net net;
    private final TlsContext tls;
    private @Nullable Transport transport;
    private @Nullable Task<?> upgrade;

    Upgrading(Net net, TlsEngine engine) {
      this.net = net;
      this.tls = Certificates.server(engine);
    }

    @Override
    public void connectionMade(Transport connected) {
      transport = connected;
    }

    @Override
    public void dataReceived(byte[] data) {
      Transport connected = Objects.requireNonNull(transport);
      if (upgrade == null) {
        StartTlsOptions options = StartTlsOptions.of(tls).withServerSide(true);
        connected.write(bytes("go ahead"));
        upgrade = getRunningLoop().createTask(() -> {
          Transport _ = net.startTls(connected, this, options);
        });
      } else {
        connected.write(data);
        connected.close();
      }
    }
  }

  @OnTlsEngines
  void a_cancelled_start_closes_the_connection(NetTransport transport, TlsEngine engine)
      throws Exception {
    Network.run(transport, () -> {
      try (Server server = Net.startServer(
              (reader, writer) -> {
                try {
                  byte[] _ = reader.read();
                } catch (UncheckedIOException e) {
                  // reset
                }
                writer.close();
              },
              HOST,
              0);
          Connection connection = connect(server)) {
        Task<?> starting = createTask(() -> connection.writer().startTls(named(engine)));
        sleep(Duration.ofMillis(20));
        assertThat(starting.done()).isFalse();
        boolean _ = starting.cancel();
        assertThatThrownBy(starting::await).isInstanceOf(CancelledError.class);
        assertThat(connection.writer().isClosing()).isTrue();
        connection.writer().waitClosed();
        server.close();
        server.waitClosed();
      }
    });
  }

  @OnTlsEngines
  void it_must_be_possible(NetTransport transport, TlsEngine engine) throws Exception {
    Network.run(transport, () -> {
      try (Server server = Certificates.echoServer(engine);
          Connection secure = Certificates.connect(server, engine);
          Connection plain = connect(server)) {
        assertThatIllegalStateException()
            .isThrownBy(() -> secure.writer().startTls(named(engine)))
            .withMessageContaining("has no TLS");
        assertThatIllegalArgumentException()
            .isThrownBy(() -> plain.writer().startTls(Certificates.client(engine)))
            .withMessageContaining("Expected a serverHostname");
        assertThatIllegalArgumentException()
            .isThrownBy(() -> plain.writer().startTls(Certificates.server(engine)))
            .withMessageContaining("Expected a TlsContext for a client");
        plain.close();
        assertThatIllegalStateException().isThrownBy(() -> plain.writer().startTls(named(engine)));
      }
    });
  }
}
