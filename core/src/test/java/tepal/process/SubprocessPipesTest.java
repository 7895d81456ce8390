// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.toThread;
import static tepal.process.Subprocess.createSubprocessExec;
import static tepal.process.Subprocess.createSubprocessShell;
import static tepal.streams.Bytes.bytes;
import static tepal.streams.Bytes.text;
import static tepal.sync.NamedTasks.onLoop;
import static tepal.sync.NamedTasks.pass;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tepal.blocking.PipeReader;
import tepal.streams.LimitOverrunException;
import tepal.streams.StreamReader;
import tepal.streams.StreamWriter;
import tepal.streams.WriteBufferLimits;

/// What goes through the pipes of a child.
@DisabledOnOs(OS.WINDOWS)
class SubprocessPipesTest {
  private static final SubprocessOptions PIPES = SubprocessOptions.PIPES;
  private static final SubprocessOptions OUTPUT = SubprocessOptions.DEFAULT.stdout(Stdio.PIPE);

  @TempDir
  private Path directory;

  @Test
  void lines_of_a_child_are_read_as_they_come() {
    onLoop(() -> {
      // It writes the next line when it has been told that the first one was read.
      try (var child = createSubprocessShell("echo one; read x; echo two $x", PIPES)) {
        assertThat(text(child.stdout().readLine())).isEqualTo("one\n");
        child.stdin().write(bytes("got it\n"));
        assertThat(child.stdout().lines()).containsExactly("two got it");
        assertThat(child.await()).isZero();
      }
    });
  }

  @Test
  void input_is_given_and_all_output_returned() {
    onLoop(() -> {
      var child = createSubprocessShell("cat; echo err >&2", PIPES);
      var output = child.communicate(bytes("hello"));
      assertThat(text(output.stdout())).isEqualTo("hello");
      assertThat(text(output.stderr())).isEqualTo("err\n");
      assertThat(child.returnCode()).isZero();
    });
  }

  @Test
  void without_input_a_child_finds_the_end_of_it() {
    onLoop(() -> {
      var child = createSubprocessExec(List.of("cat"), PIPES);
      assertThat(child.communicate().stdout()).isEmpty();
    });
  }

  @Test
  void ten_megabytes_come_from_both_outputs_at_once() {
    onLoop(() -> {
      var child = createSubprocessShell(
          "head -c 10000000 /dev/zero & head -c 10000000 /dev/zero >&2; wait", PIPES);
      var output = child.communicate();
      assertThat(output.stdout()).hasSize(10_000_000);
      assertThat(output.stderr()).hasSize(10_000_000);
    });
  }

  @Test
  void a_child_that_does_not_read_its_input_is_no_error() {
    onLoop(() -> {
      var child = createSubprocessShell("exec 0<&-; echo done", PIPES);
      assertThat(text(child.communicate(new byte[1_000_000]).stdout())).isEqualTo("done\n");
      child = createSubprocessExec(List.of("true"), PIPES);
      assertThat(child.communicate(new byte[1_000_000]).stdout()).isEmpty();
    });
  }

  @Test
  void writing_to_a_child_that_has_closed_its_input_fails_in_drain() {
    onLoop(() -> {
      try (var child = createSubprocessShell("exec 0<&-; echo closed; exec sleep 3600", PIPES)) {
        assertThat(text(child.stdout().readLine())).isEqualTo("closed\n");
        StreamWriter stdin = child.stdin();
        stdin.write(new byte[1_000_000]);
        assertThatThrownBy(stdin::drain)
            .isInstanceOf(UncheckedIOException.class)
            .hasRootCauseMessage("Broken pipe");
        assertThatThrownBy(stdin::waitClosed)
            .isInstanceOf(UncheckedIOException.class)
            .hasMessage("Broken pipe");
        stdin.write(bytes("dropped"));
        assertThat(stdin.isClosing()).isTrue();
        assertThat(child.returnCode()).isNull();
      }
    });
  }

  @Test
  void drain_waits_for_a_child_that_reads_slowly() {
    onLoop(() -> {
      try (var child = createSubprocessShell("read x; cat", PIPES)) {
        StreamWriter stdin = child.stdin();
        stdin.write(new byte[1_000_000]);
        var drained = createTask(stdin::drain);
        assertThat(stdin.transport().getWriteBufferSize())
            .isGreaterThan(stdin.transport().getWriteBufferLimits().high());
        stdin.write(bytes("\n"));
        var rest = createTask(() -> child.stdout().read());
        drained.await();
        assertThat(stdin.transport().getWriteBufferSize())
            .isLessThanOrEqualTo(stdin.transport().getWriteBufferLimits().low());
        stdin.close();
        stdin.waitClosed();
        rest.await();
      }
    });
  }

  @Test
  void small_writes_arrive_in_order() {
    onLoop(() -> {
      var child = createSubprocessExec(List.of("cat"), PIPES);
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < 20_000; i++) {
        child.stdin().write(bytes(i + "\n"));
        expected.append(i).append('\n');
      }
      assertThat(text(child.communicate().stdout())).isEqualTo(expected.toString());
    });
  }

  @Test
  void an_array_can_be_used_again_after_it_was_written() {
    onLoop(() -> {
      var child = createSubprocessExec(List.of("cat"), PIPES);
      byte[] data = bytes("hello");
      child.stdin().write(data);
      data[0] = 'X';
      ByteBuffer buffer = ByteBuffer.wrap(data);
      child.stdin().write(buffer);
      assertThat(buffer.hasRemaining()).isFalse();
      data[1] = 'Y';
      assertThat(text(child.communicate().stdout())).isEqualTo("helloXello");
    });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void what_goes_in_comes_out_however_it_is_cut(long seed) {
    Random random = new Random(seed);
    byte[] all = new byte[1_000_000 + random.nextInt(500_000)];
    random.nextBytes(all);
    onLoop(() -> {
      try (var child = createSubprocessExec(List.of("cat"), PIPES.limit(1 << random.nextInt(18)))) {
        child
            .stdin()
            .transport()
            .setWriteBufferLimits(WriteBufferLimits.ofHigh(random.nextInt(99_999)));
        var writing = createTask(() -> writeAll(child.stdin(), all, random));
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        while (!child.stdout().atEof()) {
          read.writeBytes(child.stdout().read(1 + random.nextInt(100_000)));
        }
        writing.await();
        assertThat(child.await()).isZero();
        assertThat(read.toByteArray()).isEqualTo(all);
      }
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

  @Test
  void what_a_grandchild_writes_after_the_childs_end_is_not_lost() {
    onLoop(() -> {
      for (int i = 0; i < 5; i++) {
        var child = createSubprocessShell(
            "(sleep 0.1; echo late; echo late too >&2) & echo now; echo now too >&2", PIPES);
        var output = child.communicate();
        assertThat(text(output.stdout())).isEqualTo("now\nlate\n");
        assertThat(text(output.stderr())).isEqualTo("now too\nlate too\n");
        assertThat(child.returnCode()).isZero();
      }
    });
  }

  @Test
  void a_childs_exit_is_known_before_a_grandchild_closes_the_pipes() throws IOException {
    Path fifo = directory.resolve("fifo");
    onLoop(() -> {
      assertThat(createSubprocessExec("mkfifo", fifo.toString()).await()).isZero();
      var child = createSubprocessShell("(cat " + fifo + "; echo late) & exit 7", OUTPUT);
      while (child.returnCode() == null) {
        pass();
      }
      assertThat(child.returnCode()).isEqualTo(7);
      assertThat(child.await()).isEqualTo(7);

      toThread(() -> Files.writeString(fifo, "now the grandchild goes on\n"));
      assertThat(text(child.communicate().stdout()))
          .isEqualTo("now the grandchild goes on\nlate\n");
    });
  }

  @Test
  void a_line_over_the_limit_is_dropped_and_the_next_one_read() {
    onLoop(() -> {
      var child =
          createSubprocessShell("head -c 5000 /dev/zero; echo; echo next", OUTPUT.limit(100));
      int tooLong = 0;
      String line = "";
      while (!line.equals("next\n")) {
        try {
          line = text(child.stdout().readLine());
        } catch (LimitOverrunException e) {
          tooLong++;
        }
      }
      assertThat(tooLong).isPositive();
      assertThat(child.await()).isZero();
    });
  }

  @Test
  void a_child_that_nobody_reads_from_stops_and_memory_is_bounded() {
    onLoop(() -> {
      try (var child = createSubprocessExec(List.of("cat", "/dev/zero"), OUTPUT.limit(1_000))) {
        int most = 0;
        for (int i = 0; i < 2_000; i++) {
          child.stdout().read(10_000);
          most = Math.max(most, buffered(child.stdout()));
        }
        assertThat(most).isLessThanOrEqualTo(2_000 + PipeReader.WINDOW);
      }
    });
  }

  private static int buffered(StreamReader reader) {
    var matcher = Pattern.compile("\\[(\\d+) bytes").matcher(reader.toString());
    assertThat(matcher.find()).isTrue();
    return Integer.parseInt(matcher.group(1));
  }
}
