// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/// The ways in which users import the library, beside the JDK's packages.
@DisabledIfSystemProperty(
    named = "tepal.mode",
    matches = "portable",
    disabledReason = "the compiler knows no modes")
class ImportStylesTest {

  @Test
  void a_compact_source_file_with_static_imports_compiles() throws IOException {
    assertCompiles("""
        import static tepal.Asyncio.*;

        void main() {
          run(() -> {
            IO.println("Hello ...");
            sleep(Duration.ofSeconds(1));
            IO.println("... World!");
          });
        }
        """);
  }

  @Test
  void in_a_compact_source_file_the_types_of_the_library_go_before_those_of_the_jdk()
      throws IOException {
    assertCompiles("""
        import tepal.*;
        import tepal.queues.*;
        import tepal.sync.*;
        import static tepal.Asyncio.*;

        void main() {
          run(() -> {
            Queue<String> queue = new Queue<>(10);
            Lock lock = new Lock();
            Future<List<String>> all = gather(queue::get, queue::get);
            try (var held = lock.acquire()) {
              queue.putNowait("one " + held);
              queue.putNowait("two");
            }
            try {
              timeout(Duration.ofSeconds(1), () -> all.await());
            } catch (TimeoutException e) {
              IO.println(e.getMessage());
            }
          });
        }
        """);
  }

  @Test
  void the_library_can_be_imported_beside_the_whole_of_java_base() throws IOException {
    assertCompiles("""
        import module java.base;
        import tepal.*;
        import static tepal.Asyncio.*;

        class UserProgram {
          static Future<List<Integer>> both(Map<String, Integer> values) {
            return gather(() -> values.get("a"), () -> values.get("b"));
          }
        }
        """);
  }

  @Test
  void every_type_can_be_imported_on_demand_beside_the_usual_packages() throws IOException {
    String uses = exportedTypes().stream()
        .map(name -> "  Class<?> of%s = %s.class;%n".formatted(name, name))
        .collect(Collectors.joining());

    assertThat(uses).contains("Task.class", "Future.class", "ExceptionGroup.class");
    assertCompiles("""
        import java.io.*;
        import java.math.*;
        import java.net.*;
        import java.nio.file.*;
        import java.time.*;
        import java.util.*;
        import java.util.function.*;
        import java.util.stream.*;
        import tepal.*;

        class UserProgram {
        %s}
        """.formatted(uses));
  }

  @Test
  void single_imports_decide_where_packages_collide() throws IOException {
    assertCompiles("""
        import java.time.Duration;
        import java.util.*;
        import java.util.concurrent.*;
        import tepal.*;
        import tepal.Future;
        import tepal.TimeoutException;
        import tepal.queues.Queue;
        import static tepal.Asyncio.*;

        class UserProgram {
          static String first(Queue<String> queue, Future<String> future) {
            try {
              return waitFor(future, Duration.ofSeconds(1));
            } catch (TimeoutException e) {
              return queue.get();
            }
          }
        }
        """);
  }

  @Test
  void a_class_that_inherits_from_object_writes_wait_with_its_class() throws IOException {
    assertCompiles("""
        import java.util.*;
        import tepal.*;
        import static tepal.Asyncio.*;

        class UserProgram {
          static int countDone(List<Task<String>> tasks) {
            DoneAndPending<String> found = Asyncio.wait(tasks, ReturnWhen.FIRST_COMPLETED);
            return found.done().size();
          }
        }
        """);
  }

  private static void assertCompiles(String source) throws IOException {
    assertThat(UserCode.complaints("UserProgram", source)).isEmpty();
  }

  /// Returns the simple names of the public types of package `tepal`, as their class files say.
  private static List<String> exportedTypes() throws IOException {
    Path classes = Path.of("target", "classes", "tepal");
    try (var files = Files.list(classes)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".class") && !name.contains("$") && !name.contains("-"))
          .map(name -> name.substring(0, name.length() - ".class".length()))
          .filter(ImportStylesTest::isPublic)
          .sorted()
          .toList();
    }
  }

  private static boolean isPublic(String name) {
    try {
      Class<?> type =
          Class.forName("tepal." + name, false, ImportStylesTest.class.getClassLoader());
      return Modifier.isPublic(type.getModifiers());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
