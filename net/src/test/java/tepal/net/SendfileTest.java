// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.getRunningLoop;
import static tepal.Asyncio.sleep;
import static tepal.net.Network.HOST;
import static tepal.net.Network.bytes;
import static tepal.net.Network.connect;
import static tepal.net.Network.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import tepal.CancelledError;
import tepal.Future;
import tepal.Task;
import tepal.streams.ReadTransport;
import tepal.streams.StreamReader;
import tepal.streams.StreamWriter;
import tepal.streams.WriteTransport;

class SendfileTest {
  private static final byte[] CONTENT = new byte[3_000_000];

  @TempDir
  static Path directory;

  @BeforeAll
  static void write() throws IOException {
    new Random(1).nextBytes(CONTENT);
    Files.write(path(), CONTENT);
  }

  private static Path path() {
    return directory.resolve("file");
  }

  private static long sendfile(
      WriteTransport transport, FileChannel file, long offset, long count) {
    return Net.of(getRunningLoop()).sendfile(transport, file, offset, count, /* fallback= */ true);
  }

  /// What serves one connection with the file at hand.
  private interface Serving {
    void serve(StreamReader reader, StreamWriter writer, FileChannel file) throws Exception;
  }

  /// What the client does, until whose end the file is open.
  private interface Asking {
    void ask(Connection connection, Task<?> serving, FileChannel file) throws Exception;
  }

  private static void run(NetTransport transport, Serving serving, Asking asking) throws Exception {
    Network.run(transport, () -> {
      try (FileChannel file = FileChannel.open(path())) {
        Future<Task<?>> task = getRunningLoop().createFuture();
        Server server = Net.startServer(
            (reader, writer) -> {
              Task<?> served = createTask(() -> serving.serve(reader, writer, file));
              task.setResult(served);
              try {
                served.await();
              } catch (CancelledError | RuntimeException _) {
                // whoever asks looks at it
              } finally {
                writer.close();
              }
            },
            HOST,
            0);
        try (Connection connection = connect(server)) {
          asking.ask(connection, task.await(), file);
        }
        server.close();
        server.waitClosed();
      }
    });
  }

  @OnTransports
  void a_file_arrives_between_what_was_written_before_and_after(NetTransport transport)
      throws Exception {
    run(
        transport,
        (_, writer, file) -> {
          writer.write(bytes("before"));
          Net net = Net.of(getRunningLoop());
          assertThat(net.sendfile(writer.transport(), file)).isEqualTo(CONTENT.length);
          writer.write(bytes("after"));
        },
        (connection, serving, file) -> {
          assertThat(text(connection.reader().readExactly(6))).isEqualTo("before");
          assertThat(connection.reader().readExactly(CONTENT.length)).isEqualTo(CONTENT);
          assertThat(text(connection.reader().read())).isEqualTo("after");
          serving.await();
          assertThat(file.position()).isEqualTo(CONTENT.length);
        });
  }

  @OnTransports
  void a_part_of_a_file_is_sent(NetTransport transport) throws Exception {
    run(
        transport,
        (_, writer, file) -> {
          assertThat(sendfile(writer.transport(), file, 1000, 500_000)).isEqualTo(500_000);
          assertThat(file.position()).isEqualTo(501_000);
        },
        (connection, serving, _) -> {
          assertThat(connection.reader().read())
              .isEqualTo(Arrays.copyOfRange(CONTENT, 1000, 501_000));
          serving.await();
        });
  }

  @OnTransports
  void a_file_shorter_than_asked_for_is_sent_to_its_end(NetTransport transport) throws Exception {
    run(
        transport,
        (_, writer, file) -> {
          long end = CONTENT.length;
          assertThat(sendfile(writer.transport(), file, end - 10, 500)).isEqualTo(10);
          assertThat(sendfile(writer.transport(), file, end, 500)).isZero();
          assertThat(sendfile(writer.transport(), file, end + 10, 500)).isZero();
        },
        (connection, serving, _) -> {
          assertThat(connection.reader().read()).hasSize(10);
          serving.await();
        });
  }

  @OnTransports
  void the_fallback_sends_the_same(NetTransport transport) throws Exception {
    Network.run(transport, () -> {
      try (FileChannel file = FileChannel.open(path());
          Server server = Net.startServer(
              (_, writer) -> {
                new Sendfile(file, 0, Long.MAX_VALUE).send(withoutKernel(writer.transport()), true);
                writer.close();
              },
              HOST,
              0);
          Connection connection = connect(server)) {
        assertThat(connection.reader().read()).isEqualTo(CONTENT);
        assertThat(file.position()).isEqualTo(CONTENT.length);
      }
    });
  }

  @OnTransports
  void without_a_kernel_path_and_a_fallback_it_is_not_available(NetTransport transport)
      throws Exception {
    run(
        transport,
        (_, writer, file) -> {
          FileTransport target = withoutKernel(writer.transport());
          assertThatThrownBy(() -> new Sendfile(file, 0, 10).send(target, false))
              .isInstanceOf(SendfileNotAvailableException.class);
          assertThat(((FileTransport) writer.transport()).canSendFiles())
              .isEqualTo(transport != NetTransport.IO_URING);
        },
        (connection, serving, _) -> {
          assertThat(connection.reader().read()).isEmpty();
          serving.await();
        });
  }

  @OnTransports
  void writing_while_a_file_is_sent_is_refused(NetTransport transport) throws Exception {
    run(
        transport,
        (_, writer, file) -> {
          Task<Long> sending =
              createTask(() -> sendfile(writer.transport(), file, 0, CONTENT.length));
          sleep(Duration.ZERO);
          assertThatIllegalStateException()
              .isThrownBy(() -> writer.write(bytes("x")))
              .withMessageStartingWith("Expected no write while a file is sent");
          assertThatIllegalStateException()
              .isThrownBy(() -> sendfile(writer.transport(), file, 0, 1));
          assertThat(writer.transport() instanceof ReadTransport reading && reading.isReading())
              .isFalse();
          sending.await();
          writer.write(bytes("x"));
        },
        (connection, serving, _) -> {
          assertThat(connection.reader().read()).hasSize(CONTENT.length + 1);
          serving.await();
        });
  }

  @OnTransports
  void what_makes_no_sense_is_refused(NetTransport transport) throws Exception {
    run(
        transport,
        (_, writer, file) -> {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sendfile(writer.transport(), file, -1, 1));
          assertThatIllegalArgumentException()
              .isThrownBy(() -> sendfile(writer.transport(), file, 0, 0));
          writer.close();
          assertThatIllegalStateException()
              .isThrownBy(() -> sendfile(writer.transport(), file, 0, 1));
        },
        (connection, serving, _) -> {
          assertThat(connection.reader().read()).isEmpty();
          serving.await();
        });
  }

  @OnTransports
  void a_cancelled_task_leaves_the_connection_usable_and_says_what_was_sent(NetTransport transport)
      throws Exception {
    Path large = directory.resolve("large");
    if (!Files.exists(large)) {
      Files.write(large, new byte[30_000_000]);
    }
    run(
        transport,
        (_, writer, _) -> {
          try (FileChannel file = FileChannel.open(large)) {
            Task<Long> sending =
                createTask(() -> sendfile(writer.transport(), file, 0, 30_000_000));
            sleep(Duration.ofMillis(50));
            sending.cancel();
            assertThatThrownBy(sending::await).isInstanceOf(CancelledError.class);
            writer.write(bytes("\n%d\n".formatted(file.position())));
          }
        },
        (connection, serving, _) -> {
          sleep(Duration.ofMillis(100));
          byte[] all = connection.reader().read();
          serving.await();
          int end = text(Arrays.copyOfRange(all, all.length - 12, all.length)).indexOf('\n');
          int sent = all.length - 12 + end;
          long said = Long.parseLong(
              text(Arrays.copyOfRange(all, sent + 1, all.length - 1)).strip());
          // with the fallback, a piece that was written goes on its way
          assertThat(sent - said)
              .isBetween(0L, transport == NetTransport.IO_URING ? 256L * 1024 : 0L);
          assertThat(said).isBetween(1L, 29_999_999L);
        });
  }

  @OnTransports
  void a_peer_that_resets_in_the_middle_fails_it(NetTransport transport) throws Exception {
    run(
        transport,
        (_, writer, file) -> {
          while (true) {
            sendfile(writer.transport(), file, 0, CONTENT.length);
          }
        },
        (connection, serving, file) -> {
          connection.reader().readExactly(1000);
          connection.writer().transport().abort();
          assertThatThrownBy(serving::await)
              .satisfies(e -> assertThat(e)
                  .isInstanceOfAny(UncheckedIOException.class, IllegalStateException.class));
          assertThat(file.isOpen()).isTrue();
          assertThat(file.position()).isPositive();
        });
  }

  @OnTransports
  void closing_while_a_file_is_sent_fails_it(NetTransport transport) throws Exception {
    run(
        transport,
        (_, writer, file) -> {
          Task<Long> sending =
              createTask(() -> sendfile(writer.transport(), file, 0, CONTENT.length));
          sleep(Duration.ZERO);
          writer.close();
          assertThatThrownBy(sending::await).isInstanceOf(UncheckedIOException.class);
        },
        (connection, serving, _) -> {
          assertThat(connection.reader().read()).hasSizeLessThan(CONTENT.length);
          serving.await();
        });
  }

  @OnTransports
  void a_file_is_sent_over_a_channel_that_was_accepted_elsewhere(NetTransport transport)
      throws Exception {
    Network.run(transport, () -> {
      SocketsTest.Pair pair = SocketsTest.Pair.open();
      pair.left().setOption(StandardSocketOptions.SO_SNDBUF, 50_000);
      try (FileChannel file = FileChannel.open(path());
          SocketChannel peer = pair.right();
          Connection connection = Net.openConnection(pair.left())) {
        connection.writer().write(bytes("before"));
        Task<Long> sending =
            createTask(() -> sendfile(connection.writer().transport(), file, 0, Long.MAX_VALUE));
        ByteBuffer received = ByteBuffer.allocate(6 + CONTENT.length);
        while (received.hasRemaining()) {
          Sockets.sockRecvInto(peer, received);
        }
        assertThat(sending.await()).isEqualTo(CONTENT.length);
        assertThat(received.flip().position(6)).isEqualTo(ByteBuffer.wrap(CONTENT));
      }
    });
  }

  /// Returns a transport over which the system cannot send files itself.
  private static FileTransport withoutKernel(WriteTransport real) {
    return (FileTransport) Proxy.newProxyInstance(
        SendfileTest.class.getClassLoader(),
        new Class<?>[] {FileTransport.class},
        (_, method, arguments) -> {
          try {
            return method.getName().equals("canSendFiles") ? false : method.invoke(real, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }
}
