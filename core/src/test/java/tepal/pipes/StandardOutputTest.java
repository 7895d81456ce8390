// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.streams.Bytes.bytes;
import static tepal.streams.Bytes.text;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tepal.Runner;
import tepal.Task;
import tepal.streams.StreamWriter;
import tepal.streams.WriteBufferLimits;

/// Standard output, over a stream that a test looks at.
class StandardOutputTest {
  private final Terminal terminal = new Terminal();
  private final StandardOutput output = new StandardOutput("a terminal", terminal);

  /// Shows what is written once it may, as a slow terminal.
  private static final class Terminal extends OutputStream {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final Semaphore mayWrite = new Semaphore(0);
    private volatile @Nullable IOException failure;
    private volatile boolean closed;

    @Override
    public void write(int data) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
      mayWrite.acquireUninterruptibly();
      IOException thrown = failure;
      if (thrown != null) {
        throw thrown;
      }
      shown.write(data, offset, length);
    }

    void goOn() {
      mayWrite.release(1_000_000);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @Test
  void what_tasks_write_is_shown_in_order() {
    onLoop(() -> {
      terminal.goOn();
      Task<?> one = createTask(() -> output.writer().write(bytes("one ")));
      Task<?> two = createTask(() -> output.writer().write(bytes("two ")));
      one.await();
      two.await();
      StreamWriter writer = output.writer();
      writer.transport().setWriteBufferLimits(WriteBufferLimits.ofHigh(0));
      writer.write(bytes("three"));
      writer.drain();
      assertThat(terminal.shown).hasToString("one two three");
    });
  }

  @Test
  void drain_waits_for_a_slow_terminal() {
    onLoop(() -> {
      output.writer().write(new byte[1_000_000]);
      Task<?> drained = createTask(() -> output.writer().drain());
      pass();
      assertThat(drained.done()).isFalse();
      terminal.goOn();
      drained.await();
    });
    assertThat(terminal.shown.size()).isEqualTo(1_000_000);
  }

  @Test
  void the_end_of_the_loop_writes_what_is_left() {
    try (Runner runner = new Runner()) {
      runner.run(() -> {
        output.writer().write(bytes("begun "));
        output.writer().write(new byte[100_000]);
        output.writer().write(bytes("and ended"));
      });
      Thread _ = Thread.ofPlatform().start(terminal::goOn);
    }
    assertThat(text(terminal.shown.toByteArray())).startsWith("begun ").endsWith("and ended");
    assertThat(terminal.shown.size()).isEqualTo(6 + 100_000 + 9);
    assertThat(terminal.closed).isFalse();
  }

  @Test
  void an_interrupt_ends_the_wait_for_what_is_left() {
    try (Runner runner = new Runner()) {
      runner.run(() -> output.writer().write(bytes("nobody looks")));
      Thread.currentThread().interrupt();
    }
    assertThat(Thread.interrupted()).isTrue();
    terminal.goOn();
  }

  @Test
  void closing_the_writer_writes_the_rest_and_another_one_can_follow() {
    onLoop(() -> {
      terminal.goOn();
      StreamWriter first = output.writer();
      assertThat(output.writer()).isSameAs(first);
      first.write(bytes("first "));
      first.close();
      first.waitClosed();
      StreamWriter second = output.writer();
      assertThat(second).isNotSameAs(first);
      second.write(bytes("second"));
      second.close();
      second.waitClosed();
      assertThat(terminal.shown).hasToString("first second");
      assertThat(terminal.closed).isFalse();
    });
  }

  @Test
  void a_reader_that_is_gone_shows_in_drain() {
    onLoop(() -> {
      terminal.failure = new IOException("Broken pipe");
      terminal.goOn();
      StreamWriter writer = output.writer();
      writer.write(new byte[100_000]);
      assertThatThrownBy(writer::drain)
          .isInstanceOf(UncheckedIOException.class)
          .hasRootCauseMessage("Broken pipe");
    });
  }
}
