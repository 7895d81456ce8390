// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tepal.Asyncio;
import tepal.Task;

/// A program that measures how many bytes of the heap a sleeping task takes, with everything that
/// belongs to it: its future, its thread with the stack, its timer, its place in a list.
public final class SleepingHeap {
  private static final Duration HOUR = Duration.ofHours(1);

  private SleepingHeap() {}

  /// Runs the program and prints the bytes per task.
  ///
  /// @param arguments how many tasks
  public static void main(String... arguments) {
    int count = Integer.parseInt(arguments[0]);
    System.out.println("bytes per task: " + Asyncio.run(() -> bytesPerTask(count)));
  }

  static long bytesPerTask(int count) {
    long before = usedBytes();
    List<Task<?>> tasks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tasks.add(Asyncio.createTask(() -> Asyncio.sleep(HOUR)));
    }
    Asyncio.sleep(Duration.ofMillis(1)); // all have begun to sleep when this comes back
    long bytes = (usedBytes() - before) / count;
    for (Task<?> task : tasks) {
      boolean _ = task.cancel();
    }
    return bytes;
  }

  /// Returns what is left of the heap after collections that find nothing more to free.
  private static long usedBytes() {
    var memory = ManagementFactory.getMemoryMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
