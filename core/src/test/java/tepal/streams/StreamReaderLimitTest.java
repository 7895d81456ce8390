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

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import tepal.sync.NamedTasks;
import tepal.testing.Trail;

/// How long a line may be, and when a reader pauses its transport and lets it go on.
class StreamReaderLimitTest {
  private final Trail trail = new Trail();
  private final NamedTasks tasks = new NamedTasks(trail);
  private final MemoryTransport transport = new MemoryTransport(trail);
  private final StreamReader reader = new StreamReader(4);

  // ---- Lines

  @Test
  void a_line_as_long_as_the_limit_is_read() {
    reader.feedData(bytes("1234\n"));

    assertThat(text(reader.readLine())).isEqualTo("1234\n");
  }

  @Test
  void a_line_that_is_too_long_is_dropped_and_the_next_can_be_read() {
    reader.feedData(bytes("12345\nnext\n"));

    assertThatThrownBy(reader::readLine)
        .isInstanceOf(LimitOverrunException.class)
        .hasMessage("Expected a separator within 4 bytes, found one after 5");
    assertThat(text(reader.readLine())).isEqualTo("next\n");
  }

  @Test
  void the_beginning_of_a_line_that_is_too_long_is_dropped() {
    reader.feedData(bytes("12345"));

    assertThatThrownBy(reader::readLine)
        .isInstanceOf(LimitOverrunException.class)
        .hasMessage("Expected a separator within 4 bytes, found none in 5");
    reader.feedData(bytes("6\nnext\n"));
    assertThat(text(reader.readLine())).isEqualTo("6\n");
  }

  @Test
  void what_no_separator_was_found_in_stays_and_can_be_read() {
    reader.feedData(bytes("12345-"));

    assertThatThrownBy(() -> reader.readUntil(bytes("--")))
        .isInstanceOfSatisfying(
            LimitOverrunException.class, e -> assertThat(e.consumed()).isEqualTo(5));
    assertThat(text(reader.readExactly(5))).isEqualTo("12345");
    reader.feedData(bytes("-"));
    assertThat(text(reader.readUntil(bytes("--")))).isEqualTo("--");
  }

  @Test
  void a_separator_after_the_limit_stays_with_what_is_before_it() {
    reader.feedData(bytes("12345--"));

    assertThatThrownBy(() -> reader.readUntil(bytes("--")))
        .isInstanceOfSatisfying(
            LimitOverrunException.class, e -> assertThat(e.consumed()).isEqualTo(5));
    assertThat(text(reader.read(9))).isEqualTo("12345--");
  }

  @Test
  void a_separator_that_may_have_begun_does_not_count() {
    reader.feedData(bytes("1234-"));

    onLoop(() -> {
      tasks.start("a", () -> trail.add(text(reader.readUntil(List.of(bytes("--"))))));
      pass();
      reader.feedData(bytes("-"));
      pass();
      trail.assertIs("1234--", "a done");
    });
  }

  @Test
  void a_limit_is_positive() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StreamReader(0))
        .withMessage("Expected a limit of 1 byte or more, found 0");
  }

  // ---- Pausing

  @Test
  void more_than_twice_the_limit_pauses_the_transport() {
    reader.setTransport(transport);
    reader.feedData(bytes("12345678"));
    trail.assertIs();

    reader.feedData(ByteBuffer.wrap(bytes("9")));
    trail.assertIs("pause");
    reader.feedData(bytes("more"));
    trail.assertIs();
  }

  @Test
  void no_more_than_the_limit_resumes_it() {
    reader.setTransport(transport);
    reader.feedData(bytes("123456789"));
    trail.assertIs("pause");

    assertThat(reader.read(4)).hasSize(4);
    trail.assertIs();
    assertThat(reader.read(ByteBuffer.allocate(1))).isOne();
    trail.assertIs("resume");
  }

  @Test
  void every_way_to_read_resumes_it() {
    reader.setTransport(transport);
    for (Runnable read : List.<Runnable>of(
        () -> reader.read(5),
        () -> reader.read(ByteBuffer.allocate(5)),
        () -> reader.readExactly(5),
        reader::readLine,
        reader::readUntil)) {
      reader.feedData(bytes("1234\n6789"));
      trail.assertIs("pause");
      read.run();
      trail.assertIs("resume");
      assertThat(text(reader.read(9))).isEqualTo("6789");
    }
  }

  @Test
  void dropping_a_line_that_is_too_long_resumes_it() {
    reader.setTransport(transport);
    reader.feedData(bytes("12345\n789"));
    trail.assertIs("pause");

    assertThatThrownBy(reader::readLine).isInstanceOf(LimitOverrunException.class);
    trail.assertIs("resume");
  }

  @Test
  void a_task_that_waits_for_more_than_fits_resumes_it_each_time() {
    onLoop(() -> {
      reader.setTransport(transport);
      reader.feedData(bytes("123456789"));
      tasks.start("a", () -> trail.add(text(reader.readExactly(20))));
      pass();
      trail.assertIs("pause", "resume");

      reader.feedData(bytes("0123456"));
      trail.assertIs("pause");
      pass();
      trail.assertIs("resume");
      reader.feedData(bytes("7890"));
      pass();
      trail.assertIs("pause", "resume", "12345678901234567890", "a done");
    });
  }

  @Test
  void a_read_to_the_end_never_leaves_it_paused() {
    onLoop(() -> {
      reader.setTransport(transport);
      tasks.start("a", () -> trail.add(text(reader.read())));
      pass();
      reader.feedData(bytes("123456789"));
      trail.assertIs("pause");
      pass();
      trail.assertIs("resume");
      reader.feedEof();
      pass();
      trail.assertIs("123456789", "a done");
    });
  }

  @Test
  void a_transport_that_has_data_when_it_is_resumed_wakes_the_task() {
    onLoop(() -> {
      transport.onResume = () -> reader.feedData(bytes("0"));
      reader.setTransport(transport);
      reader.feedData(bytes("123456789"));

      assertThat(text(reader.readExactly(10))).isEqualTo("1234567890");
    });
  }

  @Test
  void a_transport_that_cannot_be_paused_is_not_asked_again() {
    transport.pausable = false;
    reader.setTransport(transport);
    reader.feedData(bytes("123456789"));
    reader.feedData(bytes("123456789"));

    assertThat(text(reader.readExactly(18))).isEqualTo("123456789123456789");
    trail.assertIs();
  }

  @Test
  void a_reader_has_one_transport() {
    reader.setTransport(transport);

    assertThatIllegalStateException()
        .isThrownBy(() -> reader.setTransport(transport))
        .withMessage("Expected a reader without a transport, found StreamReader[0 bytes, limit=4]");
  }
}
