// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.streams.Bytes.bytes;
import static tepal.streams.Bytes.text;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import tepal.Asyncio;
import tepal.sync.NamedTasks;
import tepal.testing.Trail;

/// A writer and a reader over one transport, and the protocol between them.
class StreamWriterTest {
  private static final ExtraInfo<String> PEER = new ExtraInfo<>("peer", String.class);

  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);
  private final StreamReader reader = new StreamReader();
  private final StreamReaderProtocol protocol = new StreamReaderProtocol(reader);
  private final MemoryTransport transport = new MemoryTransport(trail).with(PEER, "memory");
  private final StreamWriter writer = new StreamWriter(transport, protocol, reader);

  @Test
  void what_is_written_goes_to_the_transport() {
    ByteBuffer buffer = ByteBuffer.wrap(bytes("xtwox"), 1, 3);
    writer.write(bytes("one"));
    writer.write(buffer);
    writer.writeLines(List.of(bytes("three"), bytes("four")));
    writer.writeEof();
    writer.close();

    assertThat(buffer.hasRemaining()).isFalse();
    trail.assertIs("write one", "write two", "write three", "write four", "eof", "close");
    assertThat(writer.canWriteEof()).isTrue();
    assertThat(writer.isClosing()).isTrue();
  }

  @Test
  void what_the_transport_knows_can_be_asked_for() {
    assertThat(writer.getExtraInfo(PEER)).isEqualTo("memory");
    assertThat(writer.getExtraInfo(SubprocessTransport.SUBPROCESS)).isNull();
    assertThat(writer.getExtraInfo(PEER, "other")).isEqualTo("memory");
    assertThat(writer.getExtraInfo(new ExtraInfo<>("other", Integer.class), 5)).isEqualTo(5);
    assertThat(writer.transport()).isSameAs(transport);
    assertThat(writer).hasToString("StreamWriter[MemoryTransport, FlowControl[open]]");
  }

  @Test
  void a_task_waits_in_drain_while_too_much_is_buffered() {
    onLoop(() -> {
      transport.connect(protocol);
      transport.setWriteBufferLimits(new WriteBufferLimits(2, 4));
      writer.write(bytes("1234"));
      writer.drain();
      writer.write(bytes("5"));
      tasks.start("a", writer::drain);
      pass();
      trail.assertIs("write 1234", "write 5");
      transport.send(2);
      pass();
      trail.assertIs();
      transport.send(1);
      pass();
      trail.assertIs("a done");
    });
  }

  @Test
  void drain_lets_others_run_while_the_connection_closes() {
    onLoop(() -> {
      transport.connect(protocol);
      writer.close();
      Asyncio.getRunningLoop().callSoon(() -> protocol.connectionLost(null));
      assertThatThrownBy(writer::drain)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage("Connection lost");
    });
  }

  @Test
  void drain_throws_what_the_reader_failed_with() {
    IOException failure = new IOException("Connection reset");
    reader.setException(failure);

    assertThatThrownBy(writer::drain).isInstanceOf(UncheckedIOException.class).hasCause(failure);
  }

  @Test
  void a_protocol_feeds_its_reader() {
    onLoop(() -> {
      transport.connect(protocol);
      protocol.dataReceived(bytes("hel"));
      protocol.dataReceived(bytes("lo"));
      assertThat(protocol.eofReceived()).isTrue();
      assertThat(text(reader.read())).isEqualTo("hello");
    });
  }

  @Test
  void a_connection_that_is_closed_ends_the_reader_and_the_wait_for_it() {
    onLoop(() -> {
      transport.connect(protocol);
      tasks.start("a", () -> trail.add("read " + reader.read().length));
      tasks.start("b", writer::waitClosed);
      pass();
      protocol.connectionLost(null);
      pass();
      trail.assertIs("read 0", "a done", "b done");
    });
  }

  @Test
  void a_connection_that_fails_fails_reader_and_writer() {
    onLoop(() -> {
      transport.connect(protocol);
      tasks.start("a", reader::read);
      tasks.start("b", writer::waitClosed);
      pass();
      protocol.connectionLost(new IOException("Connection reset"));
      pass();
      trail.assertIs("a threw UncheckedIOException", "b threw UncheckedIOException");
    });
  }

  @Test
  void a_resource_block_closes_without_waiting() {
    try (writer) {
      writer.write(bytes("x"));
    }
    trail.assertIs("write x", "close");
  }

  // ---- A server's side

  @Test
  void a_client_is_served_in_a_task_of_its_own() {
    onLoop(() -> {
      var serving = new StreamReaderProtocol(reader, (in, out) -> {
        trail.add("serving");
        out.write(in.readLine());
      });
      transport.connect(serving);
      trail.assertIs();
      pass();
      trail.assertIs("serving");
      serving.dataReceived(bytes("hello\n"));
      pass();
      trail.assertIs("write hello\n");
      pass();
      trail.assertIs();
    });
  }

  @Test
  void a_handler_that_fails_is_reported_and_its_connection_closed() {
    onLoop(() -> {
      Asyncio.getRunningLoop()
          .setExceptionHandler(
              (_, context) -> trail.add(context.message() + ": " + context.exception()));
      transport.connect(new StreamReaderProtocol(reader, (_, _) -> {
        throw new IOException("no such page");
      }));
      pass();
      pass();
      trail.assertIs(
          "Unhandled exception in clientConnected of MemoryTransport: java.io.IOException: no such"
              + " page",
          "close");
    });
  }

  @Test
  void a_handler_that_is_cancelled_has_its_connection_closed() {
    onLoop(() -> {
      transport.connect(new StreamReaderProtocol(reader, (in, _) -> in.readLine()));
      pass();
      Asyncio.allTasks().stream()
          .filter(task -> task != Asyncio.currentTask())
          .forEach(task -> task.cancel());
      pass();
      pass();
      trail.assertIs("close");
    });
  }
}
