// SPDX-License-Identifier: Apache-2.0
package tepal;

import static org.assertj.core.api.Assertions.assertThat;
import static tepal.Asyncio.createTask;
import static tepal.Asyncio.sleep;
import static tepal.InTask.pass;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What closed loops leave behind: nothing.
class LeakTest {
  private static final int LOOPS = 1_000;
  private static final Duration HOURS = Duration.ofHours(2);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir
  private Path directory;

  @Test
  void a_thousand_closed_loops_leave_no_thread() throws IOException {
    useLoop(); // starts the threads that all loops share
    long platform = platformThreads();
    long virtual = virtualThreads();

    for (int i = 0; i < LOOPS; i++) {
      useLoop();
    }

    eventually(() -> platformThreads() <= platform);
    eventually(() -> virtualThreads() <= virtual);
  }

  @Test
  void loops_that_are_closed_with_pending_tasks_leave_no_thread() throws IOException {
    abandonTasks();
    long virtual = virtualThreads();

    for (int i = 0; i < LOOPS / 10; i++) {
      abandonTasks();
    }

    eventually(() -> virtualThreads() <= virtual);
  }

  @Test
  void closed_loops_and_their_tasks_are_collected() {
    List<WeakReference<?>> left = new ArrayList<>();
    for (int i = 0; i < LOOPS / 10; i++) {
      left.addAll(useLoop());
      left.addAll(abandonTasks());
    }

    eventually(() -> isCollected(left));
  }

  @Test
  void tasks_and_futures_of_a_running_loop_are_collected_when_they_are_done() {
    List<WeakReference<?>> left = new ArrayList<>();
    Asyncio.run(() -> {
      for (int i = 0; i < LOOPS; i++) {
        var task = createTask(() -> sleep(Duration.ofNanos(1)));
        left.add(new WeakReference<>(task));
        left.add(new WeakReference<>(task.thread()));
        task.await();
      }
      pass(3);
      eventually(() -> isCollected(left));
    });
  }

  private static List<WeakReference<?>> useLoop() {
    List<WeakReference<?>> made = new ArrayList<>();
    Asyncio.run(() -> {
      var loop = Asyncio.getRunningLoop();
      var task = createTask(() -> sleep(HOURS));
      made.add(new WeakReference<>(loop));
      made.add(new WeakReference<>(task));
      loop.callSoon(() -> {});
      loop.callLater(HOURS, () -> {});
      pass(2);
      assertThat(Asyncio.<String, RuntimeException>toThread(() -> "value")).isEqualTo("value");
    });
    return made;
  }

  private static List<WeakReference<?>> abandonTasks() {
    List<WeakReference<?>> made = new ArrayList<>();
    try (var loop = EventLoop.builder().build()) {
      loop.setExceptionHandler((_, _) -> {});
      made.add(new WeakReference<>(loop));
      for (int i = 0; i < 10; i++) {
        made.add(new WeakReference<>(loop.createTask(() -> sleep(HOURS))));
      }
      loop.runUntilComplete(() -> pass(2));
    }
    return made;
  }

  private static boolean isCollected(List<WeakReference<?>> references) {
    System.gc();
    return references.stream().allMatch(each -> each.get() == null);
  }

  private static long platformThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("tepal-"))
        .count();
  }

  /// Counts the virtual threads of the process.
  private long virtualThreads() {
    try {
      Path dump = Files.createTempFile(directory, "threads", ".json");
      Files.delete(dump);
      var diagnostics = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      diagnostics.dumpThreads(dump.toString(), ThreadDumpFormat.JSON);
      try (var lines = Files.lines(dump)) {
        return lines.filter(line -> line.contains("\"virtual\": true")).count();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      JdkCode.parkFor(Duration.ofMillis(20));
    }
  }
}
