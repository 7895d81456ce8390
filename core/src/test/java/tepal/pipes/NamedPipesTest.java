// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.timeout;
import static tepal.Asyncio.toThread;
import static tepal.streams.Bytes.bytes;
import static tepal.streams.Bytes.text;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.Runner;
import tepal.Task;
import tepal.TimeoutException;
import tepal.streams.StreamReader;
import tepal.streams.StreamWriter;
import tepal.testing.VirtualClock;

/// Named pipes, with both ends in this process.
@DisabledOnOs(OS.WINDOWS)
class NamedPipesTest {
  @TempDir
  private Path directory;

  private Path fifo = Path.of("");

  @BeforeEach
  void make_a_named_pipe() {
    fifo = PipeEnds.fifo(directory);
  }

  /// Both ends of the pipe.
  private record Ends(ReadingEnd reading, StreamWriter writer) {
    StreamReader reader() {
      return reading.reader();
    }

    void close() {
      reading.close();
      writer.transport().abort();
    }
  }

  private Ends open() {
    return open(StreamReader.DEFAULT_LIMIT);
  }

  private Ends open(int limit) {
    Task<ReadingEnd> reading = createTask(() -> Pipes.openReader(fifo, limit));
    StreamWriter writer = Pipes.openWriter(fifo);
    return new Ends(reading.await(), writer);
  }

  // ---- Bytes

  @Test
  void what_is_written_is_read_and_ends_when_the_writer_is_closed() {
    onLoop(() -> {
      Ends pipe = open();
      pipe.writer().write(bytes("one\ntwo\n"));
      assertThat(text(pipe.reader().readLine())).isEqualTo("one\n");
      pipe.writer().close();
      pipe.writer().waitClosed();

      assertThat(pipe.reader().lines()).containsExactly("two");
      assertThat(pipe.reading().transport())
          .hasToString("PipeTransport[reads " + fifo + ", closing]");
      PipeEnds.awaitNoneLeft(fifo);
    });
  }

  @Test
  void a_pipe_with_several_writers_ends_when_the_last_one_is_closed() {
    onLoop(() -> {
      Ends pipe = open();
      try (StreamWriter other = Pipes.openWriter(fifo)) {
        pipe.writer().write(bytes("first\n"));
        pipe.writer().close();
        pipe.writer().waitClosed();
        assertThat(text(pipe.reader().readLine())).isEqualTo("first\n");

        other.write(bytes("second\n"));
        assertThat(text(pipe.reader().readLine())).isEqualTo("second\n");
      }
      assertThat(pipe.reader().read()).isEmpty();
    });
  }

  @Test
  void a_writer_whose_reader_is_gone_fails_in_drain() {
    onLoop(() -> {
      Ends pipe = open();
      pipe.reading().close();
      pipe.writer().write(new byte[1_000_000]); // more than the pipe has room for

      assertThatThrownBy(pipe.writer()::drain)
          .isInstanceOf(UncheckedIOException.class)
          .hasRootCauseMessage("Broken pipe");
      assertThatThrownBy(pipe.writer()::waitClosed)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage("Broken pipe");
      assertThat(pipe.writer().isClosing()).isTrue();
      PipeEnds.awaitNoneLeft(fifo);
    });
  }

  @Test
  void drain_waits_for_a_reader_that_reads_slowly() {
    onLoop(() -> {
      Ends pipe = open(1_000);
      pipe.writer().write(new byte[1_000_000]);
      Task<?> drained = createTask(pipe.writer()::drain);
      pass();
      assertThat(drained.done()).isFalse();

      assertThat(pipe.reader().readExactly(1_000_000)).hasSize(1_000_000);
      drained.await();
      pipe.close();
    });
  }

  @Test
  void another_program_reads_and_writes_at_the_other_end() throws IOException {
    onLoop(() -> {
      var written = createTask(() -> toThread(() -> Files.readString(fifo)));
      try (var writer = Pipes.openWriter(fifo)) {
        writer.write(bytes("out"));
      }
      assertThat(written.await()).isEqualTo("out");

      var writing = createTask(() -> toThread(() -> Files.writeString(fifo, "in")));
      try (var pipe = Pipes.openReader(fifo)) {
        assertThat(text(pipe.reader().read())).isEqualTo("in");
      }
      writing.await();
    });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void ten_megabytes_come_in_order_however_they_are_cut_and_reads_cancelled(long seed) {
    Random random = new Random(seed);
    byte[] all = new byte[10_000_000];
    random.nextBytes(all);
    onLoop(() -> {
      Ends pipe = open(1 << (8 + random.nextInt(10)));
      Random cuts = new Random(seed);
      Task<?> writing = createTask(() -> writeAll(pipe.writer(), all, cuts));
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      int cancelled = 0;
      while (!pipe.reader().atEof()) {
        int length = 1 + random.nextInt(100_000);
        Task<byte[]> reading = createTask(() -> pipe.reader().read(length));
        if (random.nextInt(4) == 0) {
          pass();
          boolean _ = reading.cancel();
        }
        try {
          read.writeBytes(reading.await());
        } catch (CancelledError e) {
          cancelled++;
        }
      }
      writing.await();
      assertThat(cancelled).isPositive();
      assertThat(read.toByteArray()).isEqualTo(all);
    });
  }

  private static void writeAll(StreamWriter to, byte[] all, Random random) {
    for (int at = 0; at < all.length; ) {
      int length = Math.min(all.length - at, 1 << random.nextInt(18));
      to.write(ByteBuffer.wrap(all, at, length));
      at += length;
      if (random.nextBoolean()) {
        to.drain();
      }
    }
    to.close();
  }

  // ---- Opening

  @Test
  void what_is_no_named_pipe_is_refused() throws IOException {
    onLoop(() -> {
      Path file = Files.writeString(directory.resolve("file"), "text");
      assertThatThrownBy(() -> Pipes.openReader(file))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Expected a named pipe, found a file: " + file);
      Path missing = directory.resolve("missing");
      assertThatThrownBy(() -> Pipes.openWriter(missing))
          .isInstanceOf(UncheckedIOException.class)
          .hasCauseInstanceOf(NoSuchFileException.class);
      assertThat(missing).doesNotExist();
      assertThat(file).content().isEqualTo("text");
    });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_cancelled_open_leaves_no_thread_and_no_descriptor(boolean reading) {
    onLoop(() -> {
      Task<?> opening = reading
          ? createTask(() -> Pipes.openReader(fifo))
          : createTask(() -> Pipes.openWriter(fifo));
      PipeEnds.awaitBusy();
      assertThat(opening.cancel()).isTrue();
      assertThatExceptionOfType(CancelledError.class).isThrownBy(opening::await);

      PipeEnds.awaitNoneLeft(fifo);
      Ends pipe = open();
      pipe.writer().write(bytes("still a pipe\n"));
      assertThat(text(pipe.reader().readLine())).isEqualTo("still a pipe\n");
      pipe.close();
    });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void opens_that_are_cancelled_at_any_moment_leave_nothing(long seed) {
    Random random = new Random(seed);
    onLoop(() -> {
      for (int i = 0; i < 100; i++) {
        Task<ReadingEnd> reading = createTask(() -> Pipes.openReader(fifo));
        Task<StreamWriter> writing =
            random.nextBoolean() ? createTask(() -> Pipes.openWriter(fifo)) : null;
        for (int passes = random.nextInt(30); passes > 0; passes--) {
          pass();
        }
        boolean _ = reading.cancel();
        try {
          reading.await().close();
        } catch (CancelledError e) {
          // As it should be, unless it was open already.
        }
        if (writing != null) {
          boolean _ = writing.cancel();
          try {
            writing.await().close();
          } catch (CancelledError e) {
            // The same.
          }
        }
      }
      PipeEnds.awaitNoneLeft(fifo);
    });
  }

  // ---- Closing

  @Test
  void closing_the_reading_end_during_a_read_ends_the_read_and_the_thread() {
    onLoop(() -> {
      Ends pipe = open();
      Task<byte[]> reading = createTask(() -> pipe.reader().readLine());
      pass();
      pipe.reading().close();

      assertThat(reading.await()).isEmpty();
      pipe.writer().close();
      pipe.writer().waitClosed();
      PipeEnds.awaitNoneLeft(fifo);
    });
  }

  @Test
  void aborting_a_writer_ends_a_write_that_nobody_reads() {
    onLoop(() -> {
      Ends pipe = open(1);
      pipe.writer().write(new byte[1_000_000]);
      pass();
      pipe.writer().transport().abort();
      pipe.writer().waitClosed();

      pipe.reading().close();
      PipeEnds.awaitNoneLeft(fifo);
    });
  }

  @Test
  void closing_a_writer_writes_what_is_buffered() {
    onLoop(() -> {
      Ends pipe = open();
      pipe.writer().write(new byte[1_000_000]);
      pipe.writer().close();
      assertThat(pipe.reader().read()).hasSize(1_000_000);
      pipe.writer().waitClosed();
    });
  }

  @Test
  void a_loop_that_is_closed_closes_its_pipes_and_gives_up_its_opens() throws IOException {
    try (Runner runner = new Runner()) {
      runner.run(() -> {
        Ends pipe = open();
        pipe.writer().write(new byte[1_000_000]);
        var _ = createTask(() -> pipe.reader().readExactly(2_000_000));
        Path another = Files.createDirectory(directory.resolve("another"));
        var _ = createTask(() -> Pipes.openReader(PipeEnds.fifo(another)));
        PipeEnds.awaitBusy();
      });
    }
    onLoop(() -> {
      PipeEnds.awaitNoneLeft(fifo);
      PipeEnds.awaitNoneLeft(directory.resolve("another").resolve("fifo"));
    });
  }

  // ---- Virtual time

  @Test
  void a_virtual_clock_jumps_after_its_grace_while_a_pipe_is_waited_for() {
    onLoop(() -> {
      Duration week = Duration.ofDays(7);
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> timeout(week, () -> Pipes.openReader(fifo)));
      Ends pipe = open();
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> timeout(week, () -> pipe.reader().readLine()));
      pipe.writer().write(new byte[1_000_000]);
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> timeout(week, pipe.writer()::drain));
      pipe.close();
    });
  }

  @Test
  void a_virtual_clock_gives_a_pipe_its_grace() {
    VirtualClock patient = new VirtualClock(Duration.ofMinutes(10));
    try (var runner = new Runner(EventLoop.builder().clock(patient))) {
      runner.run(() -> timeout(Duration.ofSeconds(1), () -> {
        Ends pipe = open();
        for (int i = 0; i < 100; i++) {
          pipe.writer().write(new byte[200_000]);
          assertThat(pipe.reader().readExactly(200_000)).hasSize(200_000);
          pipe.writer().drain();
        }
        pipe.writer().close();
        pipe.writer().waitClosed();
      }));
    }
  }
}
