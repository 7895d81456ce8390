// SPDX-License-Identifier: Apache-2.0
package tepal.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Open files: what is read and written, and where.
class AsyncFileTest extends FilesTest {

  private AsyncPath text(String content) {
    try {
      Files.writeString(path("file").path(), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return path("file");
  }

  private String content() {
    try {
      return Files.readString(path("file").path());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- Reading

  @Test
  void lines_come_without_their_terminator() {
    run(() -> {
      try (var file = text("one\ntwo\r\n\nfour").open()) {
        assertThat(file.readLine()).isEqualTo("one");
        assertThat(file.tell()).isEqualTo(4);
        assertThat(file.readLine()).isEqualTo("two");
        assertThat(file.readLine()).isEmpty();
        assertThat(file.readLine()).isEqualTo("four");
        assertThat(file.readLine()).isNull();
        assertThat(file.readLine()).isNull();
      }
    });
  }

  @Test
  void a_loop_reads_the_lines_from_the_position_on() {
    run(() -> {
      List<String> read = new ArrayList<>();
      try (var file = text("one\ntwo\nthree\n").open()) {
        file.readLine();
        file.lines().forEach(read::add);
      }
      assertThat(read).containsExactly("two", "three");
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 100, 65_535, 65_536, 65_537, 131_073, 300_000})
  void lines_of_any_length_are_read_across_the_borders_of_what_is_read_ahead(int length) {
    List<String> lines = IntStream.range(0, Math.max(3, 150_000 / length))
        .mapToObj(i -> String.valueOf((char) ('a' + i % 26)).repeat(length))
        .toList();
    run(() -> {
      try (var file = text(String.join("\n", lines)).open()) {
        assertThat(file.lines()).containsExactlyElementsOf(lines);
        assertThat(file.tell()).isEqualTo(file.size());
      }
    });
  }

  @Test
  void so_many_bytes_are_read_as_are_asked_for() {
    byte[] bytes = new byte[200_000];
    new Random(1).nextBytes(bytes);
    run(() -> {
      path("file").writeBytes(bytes);
      try (var file = path("file").open()) {
        int at = 0;
        for (int count : new int[] {0, 1, 10, 65_530, 7, 65_536, 65_537, 100}) {
          assertThat(file.read(count)).isEqualTo(Arrays.copyOfRange(bytes, at, at + count));
          at += count;
          assertThat(file.tell()).isEqualTo(at);
        }
        assertThat(file.readAll()).isEqualTo(Arrays.copyOfRange(bytes, at, bytes.length));
        assertThat(file.read(10)).isEmpty();
        assertThat(file.readAll()).isEmpty();
      }
    });
  }

  @Test
  void the_position_can_be_set_before_and_behind_what_was_read_ahead() {
    run(() -> {
      try (var file = text("0123456789".repeat(20_000)).open()) {
        file.seek(199_998);
        assertThat(file.readText()).isEqualTo("89");
        file.seek(3);
        assertThat(new String(file.read(3), UTF_8)).isEqualTo("345");
        file.seek(1_000_000);
        assertThat(file.read(1)).isEmpty();
        assertThat(file.readLine()).isNull();
        assertThat(file.tell()).isEqualTo(1_000_000);
      }
    });
  }

  @Test
  void what_comes_to_a_file_after_its_end_was_read_is_read_too() {
    run(() -> {
      try (var file = text("one\n").open()) {
        assertThat(file.lines()).containsExactly("one");
        path("file").writeText("two\n", APPEND);
        assertThat(file.readLine()).isEqualTo("two");
      }
    });
  }

  @Test
  void text_is_utf_8_unless_another_charset_is_given() {
    run(() -> {
      path("file").writeBytes("grün\n".getBytes(ISO_8859_1));
      try (var file = AsyncFile.open(path("file").path(), ISO_8859_1)) {
        assertThat(file.readLine()).isEqualTo("grün");
      }
      try (var file = path("file").open()) {
        assertThatExceptionOfType(UncheckedIOException.class)
            .isThrownBy(file::readText)
            .withMessage("Could not read text of " + path("file") + " as UTF-8");
      }
      try (var file = text("\uFFFD is a character too").open()) {
        assertThat(file.readText()).startsWith("\uFFFD");
      }
    });
  }

  @Test
  void lines_need_a_charset_in_which_a_line_feed_is_one_byte() {
    run(() -> {
      try (var file = AsyncFile.open(text("a\0\n\0").path(), UTF_16LE)) {
        assertThatIllegalStateException()
            .isThrownBy(file::readLine)
            .withMessageEndingWith("it is UTF-16LE");
        assertThatIllegalStateException().isThrownBy(file::lines);
        assertThat(file.readText()).isEqualTo("a\n");
      }
    });
  }

  @Test
  @EnabledIf("hasProc")
  void a_file_that_does_not_say_how_long_it_is_is_read_to_its_end() {
    run(() -> {
      try (var file = AsyncFile.open(Path.of("/proc/self/status"))) {
        assertThat(file.readText()).startsWith("Name:").endsWith("\n");
      }
    });
  }

  static boolean hasProc() {
    return Files.isReadable(Path.of("/proc/self/status"));
  }

  // ---- Writing

  @Test
  void short_writes_come_together_and_are_in_the_file_after_a_flush() {
    run(() -> {
      try (var file = path("file").open(CREATE, WRITE)) {
        file.write("one ");
        file.write("two");
        assertThat(content()).isEmpty();
        assertThat(file.tell()).isEqualTo(7);
        assertThat(file.size()).isEqualTo(7);
        file.write(" three");
        file.flush();
        assertThat(content()).isEqualTo("one two three");
        file.write("!");
        file.sync();
        assertThat(content()).endsWith("!");
      }
    });
  }

  @Test
  void closing_writes_what_is_left() {
    run(() -> {
      byte[] bytes = new byte[200_000];
      new Random(2).nextBytes(bytes);
      try (var file = path("file").open(CREATE, WRITE)) {
        for (int at = 0; at < bytes.length; at += 999) {
          file.write(bytes, at, Math.min(999, bytes.length - at));
        }
      }
      assertThat(path("file").readBytes()).isEqualTo(bytes);
      try (var file = path("file").open(WRITE)) {
        file.write(bytes);
      }
      assertThat(path("file").readBytes()).isEqualTo(bytes);
    });
  }

  @Test
  void what_was_written_is_read_and_what_was_read_ahead_does_not_hide_it() {
    run(() -> {
      try (var file = text("abcdef").open(READ, WRITE)) {
        assertThat(file.read(1)).isEqualTo(new byte[] {'a'});
        file.write("XY");
        assertThat(file.tell()).isEqualTo(3);
        assertThat(file.readText()).isEqualTo("def");
        file.seek(0);
        assertThat(file.readText()).isEqualTo("aXYdef");
        file.seek(1);
        file.write("1");
        file.seek(4);
        file.write("2");
        file.seek(0);
        assertThat(file.readLine()).isEqualTo("a1Yd2f");
      }
    });
  }

  @Test
  void appended_bytes_go_to_the_end_wherever_the_position_is() {
    run(() -> {
      try (var file = text("one ").open(APPEND)) {
        assertThat(file.tell()).isEqualTo(4);
        file.write("two ");
        file.seek(0);
        file.write("three");
        assertThat(file.tell()).isEqualTo(13);
      }
      assertThat(content()).isEqualTo("one two three");
    });
  }

  @Test
  void a_file_is_cut_or_made_longer() {
    run(() -> {
      try (var file = text("abcdef").open(READ, WRITE)) {
        file.seek(6);
        file.write("gh");
        file.truncate(3);
        assertThat(file.tell()).isEqualTo(8);
        assertThat(file.size()).isEqualTo(3);
        file.truncate(5);
      }
      assertThat(content()).isEqualTo("abc\0\0");
    });
  }

  // ---- Order

  @Test
  void operations_of_several_tasks_follow_each_other_in_the_order_of_their_calls() {
    run(() -> {
      byte[] bytes = new byte[150_000];
      try (var file = path("file").open(CREATE, WRITE)) {
        var tasks = IntStream.range(0, 5)
            .mapToObj(i -> createTask(() -> {
              byte[] own = bytes.clone();
              Arrays.fill(own, (byte) ('a' + i));
              file.write(own);
            }))
            .toList();
        tasks.forEach(task -> task.await());
      }
      String all = content();
      assertThat(all.replaceAll("(.)\\1+", "$1")).isEqualTo("abcde");
      assertThat(all).hasSize(5 * bytes.length);
    });
  }

  @Test
  void others_run_while_a_task_waits_for_a_file() {
    run(() -> {
      var ticks = new ArrayList<String>();
      try (var busy = new BusyThreads()) {
        var reading = createTask(() -> text("content").readText());
        tepal.Asyncio.sleep(java.time.Duration.ofMillis(1));
        ticks.add("tick");
        busy.letGo();
        assertThat(reading.await()).isEqualTo("content");
      }
      assertThat(ticks).containsExactly("tick");
    });
  }

  // ---- Errors

  @Test
  void errors_have_the_path_and_the_exception_of_the_jdk() {
    run(() -> {
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() -> path("missing").open())
          .withMessage("Could not open " + path("missing") + ": NoSuchFileException")
          .withCauseInstanceOf(NoSuchFileException.class);
      text("content");
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() -> path("file").open(CREATE_NEW, WRITE))
          .withCauseInstanceOf(FileAlreadyExistsException.class);
      try (var open = new AsyncPath(directory).open()) {
        assertThatExceptionOfType(UncheckedIOException.class)
            .isThrownBy(() -> open.read(1))
            .withMessageContaining("Could not read " + directory + ": ");
      }
    });
  }

  @Test
  void operations_that_the_file_was_not_opened_for_are_refused_at_once() {
    run(() -> {
      try (var file = text("content").open()) {
        assertThatIllegalStateException()
            .isThrownBy(() -> file.write("x"))
            .withMessage(
                "Expected a file that is open for writing, but it is not: " + path("file"));
        assertThatIllegalStateException().isThrownBy(() -> file.truncate(0));
      }
      try (var file = path("file").open(WRITE)) {
        assertThatIllegalStateException().isThrownBy(() -> file.read(1));
        assertThatIllegalStateException().isThrownBy(file::readLine);
      }
      assertThat(content()).isEqualTo("content");
    });
  }

  @Test
  void bad_arguments_are_refused() {
    run(() -> {
      try (var file = text("content").open(READ, WRITE)) {
        assertThatIllegalArgumentException().isThrownBy(() -> file.read(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> file.seek(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> file.truncate(-1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
            .isThrownBy(() -> file.write(new byte[2], 1, 2));
      }
    });
  }

  @Test
  void a_closed_file_is_refused_and_closing_twice_does_nothing() {
    run(() -> {
      var file = text("content").open();
      file.close();
      file.close();
      assertThatIllegalStateException()
          .isThrownBy(() -> file.read(1))
          .withMessage("Expected a file that is open, but it is closed: " + path("file"));
      assertThat(file).hasToString("AsyncFile[" + path("file") + ", closed]");
    });
  }

  @Test
  void files_need_a_task() {
    assertThatIllegalStateException().isThrownBy(() -> path("file").open());
  }
}
