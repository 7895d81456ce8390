// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.streams.Bytes.bytes;
import static tepal.streams.Bytes.text;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tepal.sync.NamedTasks;
import tepal.testing.Trail;

/// Tasks that are cancelled before, while and after they wait: no byte is lost, and the next
/// task can wait.
class StreamReaderCancellationTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);
  private final StreamReader reader = new StreamReader(4);
  private final ByteBuffer buffer = ByteBuffer.allocate(3);

  /// The calls that wait.
  enum Call {
    READ_SOME,
    READ_ALL,
    READ_EXACTLY,
    READ_LINE,
    READ_UNTIL,
    READ_BUFFER
  }

  private Object read(Call call) {
    return switch (call) {
      case READ_SOME -> reader.read(3);
      case READ_ALL -> reader.read();
      case READ_EXACTLY -> reader.readExactly(3);
      case READ_LINE -> reader.readLine();
      case READ_UNTIL -> reader.readUntil();
      case READ_BUFFER -> reader.read(buffer);
    };
  }

  @ParameterizedTest
  @EnumSource
  void cancelled_before_its_first_turn_a_task_reads_nothing(Call call) {
    onLoop(() -> {
      reader.feedData(bytes("abc\n"));
      var task = tasks.start("a", () -> read(call));
      task.cancel();
      pass();
      trail.assertIs();
      assertThat(text(reader.read(9))).isEqualTo("abc\n");
    });
  }

  @ParameterizedTest
  @EnumSource
  void cancelled_while_it_waits_a_task_leaves_room_for_the_next(Call call) {
    onLoop(() -> {
      var task = tasks.start("a", () -> read(call));
      pass();
      task.cancel();
      pass();
      trail.assertIs("a cancelled");
      assertThat(reader).hasToString("StreamReader[0 bytes, limit=4]");

      tasks.start("b", () -> trail.add(text(reader.readLine())));
      pass();
      reader.feedData(bytes("abc\n"));
      pass();
      trail.assertIs("abc\n", "b done");
    });
  }

  @ParameterizedTest
  @EnumSource
  void cancelled_after_it_was_woken_a_task_has_read_nothing(Call call) {
    onLoop(() -> {
      var task = tasks.start("a", () -> read(call));
      pass();
      reader.feedData(ByteBuffer.wrap(bytes("abcd")));
      reader.feedData(bytes("e\n"));
      task.cancel();
      pass();

      trail.assertIs("a cancelled");
      assertThat(buffer.position()).isZero();
      assertThat(text(reader.read(9))).isEqualTo("abcde\n");
    });
  }

  @ParameterizedTest
  @EnumSource
  void what_comes_between_a_cancellation_and_its_arrival_stays(Call call) {
    onLoop(() -> {
      var task = tasks.start("a", () -> read(call));
      pass();
      task.cancel();
      reader.feedData(ByteBuffer.wrap(bytes("abc\n")));
      pass();

      trail.assertIs("a cancelled");
      assertThat(buffer.position()).isZero();
      assertThat(text(reader.read(9))).isEqualTo("abc\n");
    });
  }

  @Test
  void a_read_to_the_end_that_is_cancelled_puts_back_what_it_had() {
    MemoryTransport transport = new MemoryTransport(trail);
    onLoop(() -> {
      reader.setTransport(transport);
      var task = tasks.start("a", reader::read);
      for (int i = 0; i < 4; i++) {
        pass();
        reader.feedData(bytes("abc"));
      }
      pass();
      trail.assertIs();
      task.cancel();
      pass();

      trail.assertIs("pause", "a cancelled");
      assertThat(text(reader.read(100))).isEqualTo("abcabcabcabc");
      trail.assertIs("resume");
    });
  }

  @Test
  void a_read_to_the_end_that_fails_keeps_what_it_had() {
    onLoop(() -> {
      tasks.start("a", reader::read);
      pass();
      reader.feedData(bytes("abc"));
      pass();
      reader.setException(new ArithmeticException("/"));
      pass();
      trail.assertIs("a threw ArithmeticException");
      assertThat(reader.toString()).startsWith("StreamReader[3 bytes");
    });
  }

  @Test
  void a_cancelled_reader_does_not_take_the_place_of_the_next() {
    onLoop(() -> {
      var cancelled = tasks.start("a", () -> read(Call.READ_SOME));
      pass();
      reader.feedData(bytes("x"));
      cancelled.cancel();
      // Waits before the cancelled one has resumed.
      Supplier<byte[]> rest = () -> reader.readExactly(2);
      tasks.start("b", () -> trail.add(text(rest.get())));
      pass();
      trail.assertIs("a cancelled");
      reader.feedData(bytes("y"));
      pass();
      trail.assertIs("xy", "b done");
    });
  }
}
