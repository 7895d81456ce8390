// SPDX-License-Identifier: Apache-2.0
package tepal.files;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.Task;

/// What becomes of an operation on a file whose task is cancelled.
class AsyncFileCancellationTest extends FilesTest {
  private static final int CHUNK = ReadAhead.CHUNK;

  private static byte[] filled(int length, char with) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) with);
    return bytes;
  }

  /// Cancels a task that waits for a thread, and lets it end.
  private static void cancel(Task<?> task) {
    sleep(Duration.ofMillis(1));
    assertThat(task.done()).isFalse();
    task.cancel();
    assertThatExceptionOfType(CancelledError.class).isThrownBy(task::await);
  }

  // ---- Opening

  @Test
  void an_open_that_has_not_begun_is_dropped() {
    run(() -> {
      try (var _ = new BusyThreads()) {
        cancel(createTask(() -> path("file").open(CREATE, WRITE)));
      }
      assertThat(path("file").exists()).isFalse();
    });
  }

  @Test
  void an_open_whose_file_is_on_its_way_closes_it_again() {
    // Many times, as the moment of the cancellation differs.
    run(() -> {
      path("file").touch();
      int before = openFiles();
      for (int round = 0; round < 300; round++) {
        var opening = createTask(() -> path("file").open());
        int turns = round % 5;
        for (int i = 0; i <= turns; i++) {
          sleep(Duration.ZERO);
        }
        if (opening.cancel()) {
          assertThatExceptionOfType(CancelledError.class).isThrownBy(opening::await);
        } else {
          opening.result().close();
        }
      }
      path("file").exists();
      assertThat(openFiles()).isLessThanOrEqualTo(before + 5);
    });
  }

  private static int openFiles() {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return (int) files.count();
    } catch (IOException e) {
      return 0;
    }
  }

  // ---- Reading

  @Test
  void a_read_that_is_cancelled_has_read_nothing() {
    run(() -> {
      path("file").writeText("one\ntwo\n");
      try (var file = path("file").open()) {
        try (var _ = new BusyThreads()) {
          cancel(Asyncio.<@Nullable String>createTask(file::readLine));
          cancel(createTask(() -> file.read(100_000)));
          assertThat(file.tell()).isZero();
        }
        assertThat(file.readLine()).isEqualTo("one");
        assertThat(file.readLine()).isEqualTo("two");
      }
    });
  }

  @Test
  void reads_that_are_cancelled_at_any_moment_lose_nothing() {
    run(() -> {
      var text = new StringBuilder();
      for (int i = 0; i < 40_000; i++) {
        text.append("line ").append(i).append('\n');
      }
      path("file").writeText(text.toString());
      try (var file = path("file").open()) {
        int next = 0;
        for (int round = 0; next < 40_000; round++) {
          var reading = Asyncio.<@Nullable String>createTask(file::readLine);
          for (int i = 0; i <= round % 7; i++) {
            sleep(Duration.ZERO);
          }
          if (reading.cancel()) {
            long at = file.tell();
            assertThatExceptionOfType(CancelledError.class).isThrownBy(reading::await);
            assertThat(file.tell()).isEqualTo(at);
            assertThat(file.readLine()).isEqualTo("line " + next);
          } else {
            assertThat(reading.result()).isEqualTo("line " + next);
          }
          next++;
        }
      }
    });
  }

  // ---- Writing

  @Test
  void a_write_that_is_cancelled_has_written_what_it_had_taken() {
    run(() -> {
      try (var file = path("file").open(CREATE, WRITE)) {
        try (var _ = new BusyThreads()) {
          cancel(createTask(() -> file.write(filled(3 * CHUNK, 'a'))));
          assertThat(file.tell()).isEqualTo(CHUNK);
        }
        file.write("b");
      }
      assertThat(path("file").readText()).isEqualTo("a".repeat(CHUNK) + "b");
    });
  }

  @Test
  void a_write_that_has_no_turn_yet_has_written_nothing() {
    run(() -> {
      try (var file = path("file").open(CREATE, WRITE)) {
        Task<?> first;
        try (var _ = new BusyThreads()) {
          first = createTask(() -> file.write(filled(CHUNK, 'a')));
          cancel(createTask(() -> file.write("never")));
        }
        first.await();
      }
      assertThat(path("file").readText()).isEqualTo("a".repeat(CHUNK));
    });
  }

  @Test
  void an_operation_after_a_cancelled_one_waits_for_its_thread_and_comes_after_it() {
    run(() -> {
      try (var file = path("file").open(CREATE, READ, WRITE)) {
        Task<Long> size;
        try (var _ = new BusyThreads()) {
          cancel(createTask(() -> file.write(filled(CHUNK, 'a'))));
          size = createTask(file::size);
          sleep(Duration.ofMillis(1));
          assertThat(size.done()).isFalse();
        }
        assertThat(size.await()).isEqualTo(CHUNK);
      }
    });
  }

  @Test
  void a_flush_that_is_cancelled_is_done_all_the_same() {
    run(() -> {
      try (var file = path("file").open(CREATE, WRITE)) {
        file.write("content");
        try (var _ = new BusyThreads()) {
          cancel(createTask(file::flush));
        }
        assertThat(file.size()).isEqualTo(7);
        assertThat(path("file").readText()).isEqualTo("content");
      }
    });
  }

  @Test
  @EnabledIf("hasFullDevice")
  void what_a_cancelled_write_could_not_write_is_told_by_the_next_one_and_then_not_again() {
    run(() -> {
      try (var file = AsyncFile.open(Path.of("/dev/full"), WRITE)) {
        try (var _ = new BusyThreads()) {
          cancel(createTask(() -> file.write(filled(CHUNK, 'a'))));
        }
        assertThatExceptionOfType(UncheckedIOException.class)
            .isThrownBy(() -> file.write("b"))
            .withMessage("Could not write /dev/full: an earlier write failed")
            .withCauseInstanceOf(IOException.class);
        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(file::flush);
      }
    });
  }

  @Test
  @EnabledIf("hasFullDevice")
  void what_a_cancelled_write_could_not_write_is_told_by_the_close_at_the_latest() {
    run(() -> {
      var file = AsyncFile.open(Path.of("/dev/full"), WRITE);
      try (var _ = new BusyThreads()) {
        cancel(createTask(() -> file.write(filled(CHUNK, 'a'))));
      }
      assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(file::close);
      var other = AsyncFile.open(Path.of("/dev/full"), WRITE);
      other.write("a");
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(other::close)
          .withMessageStartingWith("Could not close /dev/full: ");
    });
  }

  static boolean hasFullDevice() {
    return Files.isWritable(Path.of("/dev/full"));
  }

  // ---- Closing

  @Test
  void closing_is_not_cut_short() {
    run(() -> {
      var file = path("file").open(CREATE, WRITE);
      file.write("content");
      Task<?> closing;
      try (var _ = new BusyThreads()) {
        closing = createTask(file::close);
        sleep(Duration.ofMillis(1));
        closing.cancel();
        sleep(Duration.ofMillis(1));
        closing.cancel();
        sleep(Duration.ofMillis(1));
        assertThat(closing.done()).isFalse();
      }
      assertThatExceptionOfType(CancelledError.class).isThrownBy(closing::await);
      assertThat(path("file").readText()).isEqualTo("content");
    });
  }

  @Test
  void closing_waits_for_an_operation_that_is_under_way_and_refuses_those_behind_it() {
    run(() -> {
      var file = path("file").open(CREATE, WRITE);
      Task<?> writing;
      Task<?> behind;
      Task<?> closing;
      try (var _ = new BusyThreads()) {
        writing = createTask(() -> file.write(filled(CHUNK, 'a')));
        sleep(Duration.ZERO);
        behind = createTask(() -> file.write("never"));
        sleep(Duration.ofMillis(1));
        closing = createTask(file::close);
        sleep(Duration.ofMillis(1));
        assertThat(closing.done()).isFalse();
      }
      writing.await();
      assertThatIllegalStateException().isThrownBy(behind::await);
      closing.await();
      assertThat(path("file").readText()).isEqualTo("a".repeat(CHUNK));
    });
  }

  @Test
  void closing_waits_for_the_thread_of_an_operation_that_was_cancelled() {
    run(() -> {
      var file = path("file").open(CREATE, WRITE);
      try (var busy = new BusyThreads()) {
        cancel(createTask(() -> file.write(filled(2 * CHUNK, 'a'))));
        var closing = createTask(file::close);
        sleep(Duration.ofMillis(1));
        assertThat(closing.done()).isFalse();
        busy.letGo();
        closing.await();
      }
      assertThat(path("file").readText()).isEqualTo("a".repeat(CHUNK));
    });
  }

  @Test
  void a_task_that_is_cancelled_in_its_loop_closes_its_file() {
    run(() -> {
      path("file").writeText("one\ntwo\n");
      var file = path("file").open();
      var reading = createTask(() -> {
        try (file) {
          for (String line : file.lines()) {
            assertThat(line).isNotNull();
            sleep(Duration.ofHours(1));
          }
        }
      });
      sleep(Duration.ofMillis(20));
      reading.cancel();
      assertThatExceptionOfType(CancelledError.class).isThrownBy(reading::await);
      assertThat(file.toString()).endsWith("closed]");
    });
  }
}
