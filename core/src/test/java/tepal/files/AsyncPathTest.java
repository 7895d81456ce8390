// SPDX-License-Identifier: Apache-2.0
package tepal.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.run;
import static tepal.Asyncio.sleep;

import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tepal.CancelledError;

/// Paths and what is there.
class AsyncPathTest extends FilesTest {

  @Test
  void a_path_is_looked_at_without_a_task() {
    var path = AsyncPath.of("a", "b.txt");

    assertThat(path.name()).isEqualTo("b.txt");
    assertThat(path.parent()).isEqualTo(AsyncPath.of("a"));
    assertThat(AsyncPath.of("a").parent()).isNull();
    assertThat(AsyncPath.of("a").resolve("b.txt")).isEqualTo(path).hasToString("a/b.txt");
    assertThat(path.path()).isEqualTo(Path.of("a/b.txt"));
    assertThat(path).isGreaterThan(AsyncPath.of("a", "a.txt"));
  }

  @Test
  void a_file_is_written_read_and_looked_at() {
    run(() -> {
      var file = path("file");
      assertThat(file.exists()).isFalse();
      file.writeText("grün");
      file.writeText("!", APPEND);
      assertThat(file.readText()).isEqualTo("grün!");
      assertThat(file.exists() && file.isFile() && !file.isDirectory()).isTrue();
      assertThat(file.stat().size()).isEqualTo(6);
      file.writeBytes(new byte[] {(byte) 0xFC});
      assertThat(file.readText(ISO_8859_1)).isEqualTo("ü");
      assertThat(file.readBytes()).containsExactly(0xFC);
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(file::readText)
          .withCauseInstanceOf(MalformedInputException.class)
          .withMessageStartingWith("Could not read " + file + ": ");
    });
  }

  @Test
  void files_are_copied_renamed_and_deleted() {
    run(() -> {
      path("a").writeText("content");
      assertThat(path("a").copy(path("b"))).isEqualTo(path("b"));
      assertThat(path("b").rename(path("c"))).isEqualTo(path("c"));
      assertThat(path("b").exists()).isFalse();
      assertThat(path("c").readText()).isEqualTo("content");
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() -> path("a").rename(path("c")))
          .withCauseInstanceOf(FileAlreadyExistsException.class);
      path("a").rename(path("c"), REPLACE_EXISTING);
      path("c").delete();
      assertThat(path("c").deleteIfExists()).isFalse();
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(path("c")::delete)
          .withMessage("Could not delete " + path("c") + ": NoSuchFileException");
    });
  }

  @Test
  void directories_are_made_and_deleted_when_they_are_empty() {
    run(() -> {
      path("d").mkdir();
      path("d").resolve("e").resolve("f").mkdirs();
      assertThat(path("d").resolve("e").isDirectory()).isTrue();
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(path("d")::mkdir)
          .withCauseInstanceOf(FileAlreadyExistsException.class);
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(path("d")::delete)
          .withCauseInstanceOf(DirectoryNotEmptyException.class);
      path("d").resolve("file").touch();
      path("d").resolve("file").touch();
      assertThat(path("d").resolve("file").stat().size()).isZero();
    });
  }

  @Test
  void an_operation_that_is_cancelled_before_it_begins_is_not_done() {
    run(() -> {
      try (var _ = new BusyThreads()) {
        var writing = createTask(() -> path("file").writeText("content", CREATE));
        sleep(Duration.ofMillis(1));
        writing.cancel();
        assertThatExceptionOfType(CancelledError.class).isThrownBy(writing::await);
      }
      assertThat(path("file").exists()).isFalse();
    });
  }

  // ---- Entries

  private void makeFiles(int count) {
    for (int i = 0; i < count; i++) {
      path("file" + i).touch();
    }
  }

  @Test
  void the_entries_of_a_directory_are_read_in_chunks() {
    run(() -> {
      for (int count : new int[] {0, 1, 256, 257}) {
        try (var temporary = TemporaryPath.directory("tepal")) {
          for (int i = 0; i < count; i++) {
            temporary.path().resolve("file" + i).touch();
          }
          List<String> names = new ArrayList<>();
          for (AsyncPath each : temporary.path().list()) {
            names.add(each.name());
          }
          assertThat(names).hasSize(count).doesNotHaveDuplicates();
        }
      }
    });
  }

  @Test
  void a_walk_comes_to_everything_below_a_directory_before_what_is_in_it() {
    run(() -> {
      path("a").resolve("b").mkdirs();
      path("a").resolve("b").resolve("file").touch();

      assertThat(path("a").walk())
          .containsExactly(
              path("a"), path("a").resolve("b"), path("a").resolve("b").resolve("file"));
    });
  }

  @Test
  void what_is_no_directory_cannot_be_listed() {
    run(() -> {
      var entries = path("missing").list();
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(entries.iterator()::hasNext)
          .withMessage("Could not list " + path("missing") + ": NoSuchFileException")
          .withCauseInstanceOf(NoSuchFileException.class);
      assertThat(entries.iterator().hasNext()).isFalse();
      entries.close();
    });
  }

  @Test
  void a_half_read_directory_is_closed_and_has_no_more_entries() {
    run(() -> {
      makeFiles(300);
      var entries = new AsyncPath(directory).list();
      try (entries) {
        assertThat(entries.iterator().next().name()).startsWith("file");
      }
      assertThat(entries.iterator().hasNext()).isFalse();
      assertThat(entries).hasToString("Entries[" + directory + ", ended]");
      try (var unread = new AsyncPath(directory).list()) {
        assertThat(unread).hasToString("Entries[" + directory + "]");
      }
    });
  }

  @Test
  void a_cancelled_look_loses_no_entry() {
    run(() -> {
      makeFiles(300);
      List<String> names = new ArrayList<>();
      try (var entries = new AsyncPath(directory).list()) {
        try (var _ = new BusyThreads()) {
          var looking = createTask(entries.iterator()::hasNext);
          sleep(Duration.ofMillis(1));
          looking.cancel();
          assertThatExceptionOfType(CancelledError.class).isThrownBy(looking::await);
        }
        entries.forEach(each -> names.add(each.name()));
      }
      assertThat(names).hasSize(300).doesNotHaveDuplicates();
    });
  }

  @Test
  void closing_a_directory_waits_for_a_look_that_was_cancelled() {
    run(() -> {
      makeFiles(3);
      var entries = new AsyncPath(directory).list();
      try (var busy = new BusyThreads()) {
        var looking = createTask(entries.iterator()::hasNext);
        sleep(Duration.ofMillis(1));
        looking.cancel();
        var closing = createTask(entries::close);
        sleep(Duration.ofMillis(1));
        closing.cancel();
        sleep(Duration.ofMillis(1));
        assertThat(closing.done()).isFalse();
        busy.letGo();
        assertThatExceptionOfType(CancelledError.class).isThrownBy(closing::await);
      }
    });
  }

  // ---- Temporary files and directories

  @Test
  void a_temporary_file_is_there_until_it_is_closed() {
    run(() -> {
      AsyncPath path;
      try (var temporary = TemporaryPath.file("tepal", ".txt")) {
        path = temporary.path();
        path.writeText("content");
        assertThat(path.name()).startsWith("tepal").endsWith(".txt");
      }
      assertThat(path.exists()).isFalse();
    });
  }

  @Test
  void a_temporary_directory_is_deleted_with_what_is_in_it_but_not_with_what_links_lead_to()
      throws Exception {
    run(() -> {
      path("kept").writeText("content");
      TemporaryPath temporary = TemporaryPath.directory("tepal");
      try (temporary) {
        temporary.path().resolve("a").resolve("b").mkdirs();
        temporary.path().resolve("a").resolve("file").touch();
        tepal.Asyncio.toThread(() -> java.nio.file.Files.createSymbolicLink(
            temporary.path().resolve("link").path(), path("kept").path()));
      }
      temporary.close();
      assertThat(temporary.path().exists()).isFalse();
      assertThat(path("kept").readText()).isEqualTo("content");
    });
  }

  @Test
  void a_temporary_file_that_is_gone_already_can_be_closed() {
    run(() -> {
      try (var temporary = TemporaryPath.file("tepal", "")) {
        temporary.path().delete();
      }
    });
  }

  @Test
  void a_temporary_directory_is_deleted_also_if_the_task_is_cancelled_meanwhile() {
    run(() -> {
      TemporaryPath temporary = TemporaryPath.directory("tepal");
      try (var busy = new BusyThreads()) {
        var closing = createTask(temporary::close);
        sleep(Duration.ofMillis(1));
        closing.cancel();
        sleep(Duration.ofMillis(1));
        busy.letGo();
        assertThatExceptionOfType(CancelledError.class).isThrownBy(closing::await);
      }
      assertThat(temporary.path().exists()).isFalse();
    });
  }

  @Test
  void a_temporary_file_whose_creation_is_cancelled_is_not_left_behind() {
    run(() -> {
      for (int round = 0; round < 100; round++) {
        var creating = createTask(() -> TemporaryPath.file("tepal-cancelled", ""));
        for (int i = 0; i <= round % 5; i++) {
          sleep(Duration.ZERO);
        }
        if (!creating.cancel()) {
          creating.result().close();
        }
      }
      sleep(Duration.ofMillis(1));
      List<String> left = new ArrayList<>();
      do {
        left.clear();
        for (AsyncPath each : AsyncPath.of(System.getProperty("java.io.tmpdir")).list()) {
          if (each.name().startsWith("tepal-cancelled")) {
            left.add(each.name());
          }
        }
      } while (!left.isEmpty()); // until the threads have undone it, or the test's time is over
    });
  }
}
