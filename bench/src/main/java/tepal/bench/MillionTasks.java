// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import tepal.Asyncio;
import tepal.Task;

/// A program: a number of tasks, each of which sleeps a random time below a second.
public final class MillionTasks {
  private MillionTasks() {}

  /// Runs the program and prints what the tasks slept in all, and the most memory it had.
  ///
  /// @param arguments how many tasks
  public static void main(String... arguments) {
    int count = Integer.parseInt(arguments[0]);
    double slept = Asyncio.run(() -> sleepAll(count));
    System.out.printf("%d tasks slept %.0f s in all%n", count, slept);
    System.out.println("max RSS: " + maxResidentBytes());
  }

  /// Returns the seconds that all tasks slept together.
  static double sleepAll(int count) {
    List<Task<Double>> tasks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tasks.add(Asyncio.createTask(MillionTasks::sleepSome));
    }
    return tasks.stream().mapToDouble(Task::await).sum();
  }

  private static double sleepSome() {
    double seconds = RandomGenerator.getDefault().nextDouble();
    Asyncio.sleep(Duration.ofNanos((long) (seconds * 1e9)));
    return seconds;
  }

  /// Returns what Linux says of this process, or 0 elsewhere.
  private static long maxResidentBytes() {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
