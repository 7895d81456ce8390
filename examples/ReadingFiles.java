// SPDX-License-Identifier: Apache-2.0
//
// Files whose operations suspend the task: written, copied and read by lines while others run.
//
//   ./tepal run examples/ReadingFiles.java

import static tepal.Asyncio.*;

import java.nio.file.StandardOpenOption;
import tepal.TaskGroup;
import tepal.files.AsyncPath;
import tepal.files.TemporaryPath;

void main() {
  run(() -> {
    try (var temporary = TemporaryPath.directory("example")) {
      AsyncPath directory = temporary.path();
      TaskGroup.run(group -> {
        group.createTask(() -> write(directory.resolve("a.txt"), 1_000));
        group.createTask(() -> write(directory.resolve("b.txt"), 2_000));
      });
      directory.resolve("a.txt").copy(directory.resolve("c.txt"));

      try (var entries = directory.list()) {
        var counts = new TreeMap<String, Integer>();
        for (AsyncPath each : entries) {
          counts.put(each.name(), countLines(each));
        }
        IO.println(counts);
      }
    }
  });
}

void write(AsyncPath path, int lines) {
  try (var file = path.open(StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
    for (int i = 1; i <= lines; i++) {
      file.write("line " + i + "\n"); // 64 KiB at a time go to the file
    }
  }
}

int countLines(AsyncPath path) {
  int count = 0;
  try (var file = path.open()) {
    for (String line : file.lines()) {
      count += line.startsWith("line ") ? 1 : 0;
    }
  }
  return count;
}
