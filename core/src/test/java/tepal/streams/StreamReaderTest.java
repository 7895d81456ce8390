// SPDX-License-Identifier: Apache-2.0
package tepal.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.streams.Bytes.bytes;
import static tepal.streams.Bytes.text;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;
import static tepal.testing.Testing.waitAllTasksBlocked;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import tepal.sync.NamedTasks;
import tepal.testing.Trail;

/// Reading. Limits are in [StreamReaderLimitTest], cancellations in
/// [StreamReaderCancellationTest].
class StreamReaderTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);
  private final StreamReader reader = new StreamReader();

  // ---- read(n)

  @Test
  void what_is_there_is_read_without_waiting() {
    reader.feedData(bytes("hello"));

    // Not in a task: nothing here may suspend.
    assertThat(text(reader.read(2))).isEqualTo("he");
    assertThat(text(reader.read(100))).isEqualTo("llo");
  }

  @Test
  void a_piece_that_is_read_whole_is_not_copied() {
    byte[] piece = bytes("hello");
    reader.feedData(piece);

    assertThat(reader.read(5)).isSameAs(piece);
  }

  @Test
  void a_task_waits_for_the_first_byte() {
    onLoop(() -> {
      reading("a", () -> reader.read(100));
      pass();
      trail.assertIs();

      reader.feedData(bytes("x"));
      trail.assertIs();
      pass();
      trail.assertIs("a read x", "a done");
    });
  }

  @Test
  void at_the_end_of_the_stream_nothing_is_read() {
    onLoop(() -> {
      reading("a", () -> reader.read(100));
      pass();
      reader.feedEof();
      pass();

      trail.assertIs("a read ", "a done");
      assertThat(reader.read(1)).isEmpty();
      assertThat(reader.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      assertThat(reader.atEof()).isTrue();
    });
  }

  @Test
  void the_end_is_reached_when_all_is_read() {
    reader.feedData(bytes("x"));
    reader.feedEof();

    assertThat(reader.atEof()).isFalse();
    assertThat(text(reader.read(100))).isEqualTo("x");
    assertThat(reader.atEof()).isTrue();
  }

  @Test
  void reading_no_bytes_does_not_wait() {
    assertThat(reader.read(0)).isEmpty();
    assertThat(reader.readExactly(0)).isEmpty();
    assertThat(reader.read(ByteBuffer.allocate(0))).isZero();
  }

  // ---- read()

  @Test
  void all_to_the_end_is_read_when_the_end_is_there() {
    onLoop(() -> {
      reading("a", reader::read);
      reading("b", () -> new StreamReader().read(-1));
      pass();
      reader.feedData(bytes("one "));
      pass();
      reader.feedData(bytes("two"));
      pass();
      trail.assertIs();

      reader.feedEof();
      pass();
      trail.assertIs("a read one two", "a done");
    });
  }

  @Test
  void all_to_the_end_may_be_nothing() {
    reader.feedEof();

    assertThat(reader.read()).isEmpty();
    assertThat(reader.read(-1)).isEmpty();
  }

  // ---- read(ByteBuffer)

  @Test
  void bytes_are_read_into_a_buffer_as_far_as_it_has_room() {
    reader.feedData(bytes("hello"));
    ByteBuffer buffer = ByteBuffer.allocate(10).position(3).limit(6);

    assertThat(reader.read(buffer)).isEqualTo(3);
    assertThat(text(buffer.array())).isEqualTo("\0\0\0hel\0\0\0\0");
    assertThat(text(reader.read(9))).isEqualTo("lo");
  }

  @Test
  void a_buffer_that_waits_is_filled_when_bytes_come() {
    onLoop(() -> {
      ByteBuffer buffer = ByteBuffer.allocateDirect(4);
      tasks.start("a", () -> trail.add("a read " + reader.read(buffer)));
      pass();

      reader.feedData(ByteBuffer.wrap(bytes("hello")));
      reader.feedData(bytes("!"));
      assertThat(buffer.position()).as("filled by the transport").isEqualTo(4);
      pass();
      trail.assertIs("a read 4", "a done");
      assertThat(text(reader.read(9))).isEqualTo("o!");
    });
  }

  @Test
  void a_buffer_with_room_left_takes_what_came_after_the_task_was_woken() {
    onLoop(() -> {
      ByteBuffer buffer = ByteBuffer.allocate(4);
      tasks.start("a", () -> trail.add("a read " + reader.read(buffer)));
      pass();

      reader.feedData(ByteBuffer.wrap(bytes("a")));
      reader.feedData(ByteBuffer.wrap(bytes("bcdef")));
      pass();
      trail.assertIs("a read 4", "a done");
      assertThat(text(buffer.array())).isEqualTo("abcd");
      assertThat(text(reader.read(9))).isEqualTo("ef");
    });
  }

  @Test
  void a_buffer_of_the_transport_can_be_used_again() {
    byte[] own = bytes("hello");
    reader.feedData(ByteBuffer.wrap(own));
    own[0] = 'X';

    assertThat(text(reader.read(9))).isEqualTo("hello");
  }

  @Test
  void a_read_only_buffer_is_refused() {
    assertThatThrownBy(() -> reader.read(ByteBuffer.allocate(1).asReadOnlyBuffer()))
        .isInstanceOf(ReadOnlyBufferException.class);
  }

  // ---- readExactly

  @Test
  void exactly_so_many_bytes_are_read_when_they_are_there() {
    onLoop(() -> {
      reading("a", () -> reader.readExactly(5));
      pass();
      reader.feedData(bytes("hel"));
      pass();
      trail.assertIs();
      reader.feedData(bytes("lo!"));
      pass();

      trail.assertIs("a read hello", "a done");
      assertThat(text(reader.readExactly(1))).isEqualTo("!");
    });
  }

  @Test
  void a_stream_that_ends_too_soon_gives_what_it_had() {
    reader.feedData(bytes("hel"));
    reader.feedEof();

    assertThatThrownBy(() -> reader.readExactly(5))
        .isInstanceOfSatisfying(IncompleteReadException.class, e -> {
          assertThat(text(e.partial())).isEqualTo("hel");
          assertThat(e.expected()).isEqualTo(5);
        })
        .hasMessageEndingWith("Expected 5 bytes, found 3 before the end of the stream")
        .hasCauseInstanceOf(EOFException.class);
    assertThat(reader.atEof()).isTrue();
  }

  @Test
  void a_negative_number_of_bytes_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> reader.readExactly(-1))
        .withMessage("Expected to read 0 bytes or more, found -1");
  }

  // ---- readUntil and readLine

  @Test
  void a_line_comes_with_its_line_feed() {
    reader.feedData(bytes("one\ntwo\n\nrest"));
    reader.feedEof();

    assertThat(text(reader.readLine())).isEqualTo("one\n");
    assertThat(text(reader.readLine())).isEqualTo("two\n");
    assertThat(text(reader.readLine())).isEqualTo("\n");
    assertThat(text(reader.readLine())).isEqualTo("rest");
    assertThat(reader.readLine()).isEmpty();
  }

  @Test
  void a_line_that_comes_byte_by_byte_is_read_when_it_is_complete() {
    onLoop(() -> {
      reading("a", reader::readLine);
      for (byte each : bytes("hello")) {
        pass();
        reader.feedData(new byte[] {each});
      }
      pass();
      trail.assertIs();
      reader.feedData(bytes("\n"));
      pass();
      trail.assertIs("a read hello\n", "a done");
    });
  }

  @Test
  void all_to_a_separator_is_read_with_it() {
    reader.feedData(bytes("name: value\r\n\r\nbody\nend"));

    assertThat(text(reader.readUntil(bytes("\r\n\r\n")))).isEqualTo("name: value\r\n\r\n");
    assertThat(text(reader.readUntil())).isEqualTo("body\n");
    assertThat(text(reader.readUntil(List.of(bytes("nd"), bytes("d"))))).isEqualTo("end");
  }

  @Test
  void a_separator_may_come_together_with_the_end() {
    onLoop(() -> {
      reading("a", () -> reader.readUntil(bytes("--")));
      pass();
      reader.feedData(bytes("x-"));
      pass();
      reader.feedData(bytes("-"));
      reader.feedEof();
      pass();
      trail.assertIs("a read x--", "a done");
    });
  }

  @Test
  void a_stream_that_ends_without_a_separator_gives_what_it_had() {
    reader.feedData(bytes("x-"));
    reader.feedEof();

    assertThatThrownBy(() -> reader.readUntil(bytes("--")))
        .isInstanceOfSatisfying(IncompleteReadException.class, e -> {
          assertThat(text(e.partial())).isEqualTo("x-");
          assertThat(e.expected()).isNull();
        })
        .hasMessageEndingWith("Expected a separator, found 2 before the end of the stream");
    assertThat(reader.atEof()).isTrue();
  }

  // ---- Iterating

  @Test
  void a_loop_gets_the_lines_as_they_come() {
    onLoop(() -> {
      tasks.start("a", () -> {
        for (byte[] line : reader) {
          trail.add(text(line));
        }
      });
      reader.feedData(bytes("one\ntw"));
      pass();
      pass();
      trail.assertIs("one\n");
      reader.feedData(bytes("o\nthree"));
      pass();
      trail.assertIs("two\n");
      reader.feedEof();
      pass();
      trail.assertIs("three", "a done");
    });
  }

  @Test
  void lines_of_text_have_no_line_ends() {
    reader.feedData("eins\nzwölf\r\n\n\r\n\rx\r".getBytes(StandardCharsets.UTF_8));
    reader.feedEof();

    assertThat(reader.lines()).containsExactly("eins", "zwölf", "", "", "\rx\r");
  }

  @Test
  void lines_of_text_are_decoded_from_a_charset() {
    reader.feedData(bytes("zw\u00f6lf\n"));
    reader.feedEof();

    assertThat(reader.lines(StandardCharsets.ISO_8859_1)).containsExactly("zwölf");
  }

  @Test
  void a_charset_with_other_line_feeds_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> reader.lines(StandardCharsets.UTF_16LE))
        .withMessage("Expected a charset in which a line feed is the byte 10, found UTF-16LE");
  }

  @Test
  void after_the_last_line_there_is_none() {
    reader.feedData(bytes("one"));
    reader.feedEof();
    var lines = reader.iterator();

    assertThat(text(lines.next())).isEqualTo("one");
    assertThat(lines.hasNext()).isFalse();
    assertThatThrownBy(lines::next).isInstanceOf(NoSuchElementException.class);
  }

  // ---- Failures

  @Test
  void a_connection_that_fails_fails_the_task_that_waits_and_all_later_reads() {
    onLoop(() -> {
      IOException failure = new IOException("Connection reset");
      reading("a", () -> reader.read(5));
      pass();
      reader.setException(failure);
      pass();

      trail.assertIs("a threw UncheckedIOException");
      assertThat(reader.exception()).isSameAs(failure);
      for (Supplier<Object> each : List.<Supplier<Object>>of(
          reader::read,
          () -> reader.read(0),
          () -> reader.read(ByteBuffer.allocate(1)),
          () -> reader.readExactly(0),
          reader::readLine,
          reader::readUntil)) {
        assertThatThrownBy(each::get)
            .isInstanceOf(UncheckedIOException.class)
            .hasMessage("Connection reset")
            .hasCause(failure);
      }
    });
  }

  @Test
  void what_had_come_before_a_failure_is_read_by_the_task_that_was_woken_for_it() {
    onLoop(() -> {
      reading("a", () -> reader.read(5));
      pass();
      reader.feedData(bytes("x"));
      reader.setException(new IOException("Connection reset"));
      pass();
      trail.assertIs("a read x", "a done");
    });
  }

  @Test
  void an_exception_that_is_unchecked_arrives_as_it_is() {
    ArithmeticException unchecked = new ArithmeticException("/");
    reader.setException(unchecked);
    assertThatThrownBy(() -> reader.read(1)).isSameAs(unchecked);

    AssertionError error = new AssertionError("error");
    reader.setException(error);
    assertThatThrownBy(() -> reader.read(1)).isSameAs(error);

    TimeoutException checked = new TimeoutException("checked");
    reader.setException(checked);
    assertThatThrownBy(() -> reader.read(1))
        .isInstanceOf(CompletionException.class)
        .hasCause(checked);
  }

  @Test
  void a_second_task_that_would_have_to_wait_is_refused() {
    onLoop(() -> {
      reading("a", reader::readLine);
      pass();

      assertThatIllegalStateException()
          .isThrownBy(() -> reader.readExactly(1))
          .withMessage("readExactly() called while another task is already waiting for incoming"
              + " data of StreamReader[0 bytes, a task waits]");
      reader.feedData(bytes("x"));
      assertThat(text(reader.read(1))).isEqualTo("x");
      reader.feedData(bytes("y\n"));
      pass();
      trail.assertIs("a read y\n", "a done");
    });
  }

  @Test
  void a_task_that_was_woken_for_what_another_has_read_waits_on() {
    onLoop(() -> {
      reading("a", () -> reader.read(5));
      pass();
      reader.feedData(bytes("x"));
      assertThat(text(reader.read(5))).isEqualTo("x");
      pass();
      trail.assertIs();
      reader.feedData(bytes("y"));
      pass();
      trail.assertIs("a read y", "a done");
    });
  }

  @Test
  void nothing_can_be_fed_after_the_end() {
    reader.feedEof();

    assertThatIllegalStateException()
        .isThrownBy(() -> reader.feedData(bytes("x")))
        .withMessage("Expected data before the end of the stream, not after it");
    assertThatIllegalStateException().isThrownBy(() -> reader.feedData(ByteBuffer.allocate(1)));
  }

  @Test
  void outside_a_task_nobody_can_wait() {
    assertThatIllegalStateException().isThrownBy(reader::read);
    assertThat(reader).hasToString("StreamReader[0 bytes]");
  }

  @Test
  void a_reader_describes_its_state() {
    StreamReader small = new StreamReader(2);
    small.setTransport(new MemoryTransport(trail));
    small.feedData(bytes("12345"));
    small.feedEof();
    small.setException(new IOException("reset"));

    assertThat(small)
        .hasToString(
            "StreamReader[5 bytes, eof, limit=2, exception=java.io.IOException: reset, paused]");
  }

  // ---- Everything at random

  @Test
  void what_is_fed_is_what_is_read_however_it_is_cut() {
    Random random = new Random(11);
    byte[] all = new byte[200_000];
    random.nextBytes(all);
    onLoop(() -> {
      StreamReader small = new StreamReader(1_000);
      waitAllTasksBlocked();
      var writer = tepal.Asyncio.createTask(() -> feedAll(small, all, random));
      ByteBuffer read = ByteBuffer.allocate(all.length);
      while (!small.atEof()) {
        readSome(small, read, random);
      }
      writer.await();
      assertThat(read.array()).isEqualTo(all);
    });
  }

  private static void feedAll(StreamReader to, byte[] all, Random random) {
    for (int at = 0; at < all.length; ) {
      int length = Math.min(all.length - at, 1 + random.nextInt(700));
      byte[] piece = java.util.Arrays.copyOfRange(all, at, at + length);
      if (random.nextBoolean()) {
        to.feedData(piece);
      } else {
        to.feedData(ByteBuffer.wrap(piece));
      }
      at += length;
      if (random.nextInt(3) > 0) {
        pass();
      }
    }
    to.feedEof();
  }

  private static void readSome(StreamReader from, ByteBuffer to, Random random) {
    int n = 1 + random.nextInt(900);
    switch (random.nextInt(4)) {
      case 0 -> to.put(from.read(n));
      case 1 -> {
        ByteBuffer part = to.slice();
        int count = from.read(part.limit(Math.min(n, part.limit())));
        to.position(to.position() + Math.max(0, count));
      }
      case 2 -> {
        try {
          to.put(from.readExactly(n));
        } catch (IncompleteReadException e) {
          to.put(e.partial());
        }
      }
      default -> {
        try {
          to.put(from.readUntil(bytes("\n")));
        } catch (IncompleteReadException e) {
          to.put(e.partial());
        } catch (LimitOverrunException e) {
          to.put(from.readExactly((int) e.consumed()));
        }
      }
    }
  }

  private void reading(String name, Supplier<byte[]> read) {
    tasks.start(name, () -> trail.add(name + " read " + text(read.get())));
  }
}
