// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.toThread;
import static tepal.streams.Bytes.bytes;
import static tepal.streams.Bytes.text;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tepal.CancelledError;
import tepal.Runner;
import tepal.Task;
import tepal.streams.StreamReader;

/// Standard input, of which these tests put one of their own in place.
class StandardInputTest {
  private final InputStream before = System.in;
  private final Keyboard keyboard = new Keyboard();

  @BeforeEach
  void put_it_in_place() {
    System.setIn(keyboard);
  }

  @AfterEach
  void put_it_back() {
    keyboard.end();
    System.setIn(before);
  }

  /// A stream of what a test types, which blocks like a terminal.
  private static final class Keyboard extends InputStream {
    private static final byte[] END = {};

    private final LinkedBlockingQueue<byte[]> typed = new LinkedBlockingQueue<>();
    private final AtomicInteger reads = new AtomicInteger();
    private byte[] left = {};

    void type(String text) {
      typed.add(bytes(text));
    }

    void end() {
      typed.add(END);
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public synchronized int read(byte[] into, int offset, int length) throws IOException {
      int _ = reads.incrementAndGet();
      if (left.length == 0) {
        try {
          left = typed.take();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      if (left.length == 0) {
        return -1;
      }
      int count = Math.min(length, left.length);
      System.arraycopy(left, 0, into, offset, count);
      left = Arrays.copyOfRange(left, count, left.length);
      return count;
    }
  }

  @Test
  void lines_are_read_as_they_are_typed() {
    onLoop(() -> {
      List<String> lines = new ArrayList<>();
      keyboard.type("one\n");
      for (String line : Pipes.standardInput().lines()) {
        lines.add(line);
        if (line.equals("one")) {
          keyboard.type("two\nthr");
          keyboard.type("ee\n");
          keyboard.end();
        }
      }
      assertThat(lines).containsExactly("one", "two", "three");
    });
  }

  @Test
  void a_loop_has_one_reader_of_it() {
    onLoop(() -> {
      StreamReader reader = Pipes.standardInput();
      assertThat(Pipes.standardInput()).isSameAs(reader);
      toThread(() -> {
        try (Runner other = new Runner()) {
          assertThatThrownBy(() -> other.run(() -> Pipes.standardInput().readLine()))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageStartingWith("Expected standard input to be read by one loop at a time");
        }
      });
    });
  }

  @Test
  void a_cancelled_read_loses_nothing_and_the_next_one_gets_it() {
    onLoop(() -> {
      StreamReader reader = Pipes.standardInput();
      keyboard.type("half a ");
      Task<byte[]> reading = createTask(reader::readLine);
      while (keyboard.reads.get() < 2) {
        pass();
      }
      assertThat(reading.cancel()).isTrue();
      assertThatExceptionOfType(CancelledError.class).isThrownBy(reading::await);

      keyboard.type("line\n");
      assertThat(text(reader.readLine())).isEqualTo("half a line\n");
    });
  }

  @Test
  void what_one_loop_did_not_read_the_next_one_has() {
    onLoop(() -> {
      keyboard.type("one\ntwo\nthr");
      assertThat(text(Pipes.standardInput().readLine())).isEqualTo("one\n");
    });
    keyboard.type("ee\n"); // to the thread that waits since the first loop
    onLoop(() -> {
      assertThat(text(Pipes.standardInput().readLine())).isEqualTo("two\n");
      assertThat(text(Pipes.standardInput().readLine())).isEqualTo("three\n");
      keyboard.end();
      assertThat(Pipes.standardInput().readLine()).isEmpty();
    });
  }

  @Test
  void an_end_that_nobody_has_seen_yet_is_there_for_the_next_loop() {
    onLoop(() -> {
      keyboard.type("one\ntwo\n");
      keyboard.end();
      assertThat(text(Pipes.standardInput().readLine())).isEqualTo("one\n");
    });
    onLoop(() -> assertThat(text(Pipes.standardInput().read())).isEqualTo("two\n"));
    keyboard.type("after the end\n"); // as a terminal can
    onLoop(() -> assertThat(text(Pipes.standardInput().readLine())).isEqualTo("after the end\n"));
  }

  @Test
  void a_loop_without_a_read_takes_nothing_away() {
    onLoop(() -> {
      StreamReader _ = Pipes.standardInput();
    });
    keyboard.type("line\n");
    onLoop(() -> assertThat(text(Pipes.standardInput().readLine())).isEqualTo("line\n"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void loops_in_a_row_lose_no_byte_however_they_end(long seed) {
    Random random = new Random(seed);
    byte[] all = new byte[3_000_000];
    random.nextBytes(all);
    Thread typing = Thread.ofPlatform().daemon().start(() -> typeAll(all, new Random(seed)));
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    while (read.size() < all.length) {
      onLoop(() -> readSome(read, random));
    }
    assertThat(read.toByteArray()).isEqualTo(all);
    assertThat(typing.isDaemon()).isTrue();
  }

  private void typeAll(byte[] all, Random random) {
    for (int at = 0; at < all.length; ) {
      int length = Math.min(all.length - at, 1 + random.nextInt(1 << random.nextInt(17)));
      keyboard.typed.add(Arrays.copyOfRange(all, at, at + length));
      at += length;
    }
    keyboard.end();
  }

  private static void readSome(ByteArrayOutputStream read, Random random) {
    StreamReader reader = Pipes.standardInput();
    for (int reads = random.nextInt(20); reads > 0; reads--) {
      int length = 1 + random.nextInt(20_000);
      Task<byte[]> reading = createTask(() -> reader.read(length));
      if (random.nextInt(3) == 0) {
        pass();
        boolean _ = reading.cancel();
      }
      try {
        read.writeBytes(reading.await());
      } catch (CancelledError e) {
        // It has read nothing.
      }
    }
  }

  @Test
  void memory_is_bounded_while_nobody_reads() {
    byte[] megabyte = new byte[1_000_000];
    onLoop(() -> {
      for (int i = 0; i < 20; i++) {
        keyboard.typed.add(megabyte);
      }
      StreamReader reader = Pipes.standardInput();
      byte[] _ = reader.read(1);
      while (!reader.toString().contains("paused")) {
        pass();
      }
      PipeEnds.awaitBusy();
      assertThat(keyboard.typed).hasSizeGreaterThan(18);
    });
  }

  @Test
  void a_failure_is_thrown_by_reads_and_told_to_the_exception_handler() {
    System.setIn(PipeEnds.failing("on fire"));
    List<String> reported = new ArrayList<>();
    try (Runner runner = new Runner()) {
      runner.getLoop().setExceptionHandler((_, context) -> reported.add(context.message()));
      runner.run(() -> assertThatThrownBy(() -> Pipes.standardInput().readLine())
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage("on fire"));
    }
    assertThat(reported)
        .singleElement()
        .asString()
        .startsWith("Fatal read error on pipe transport PipeTransport[reads standard input");
  }
}
