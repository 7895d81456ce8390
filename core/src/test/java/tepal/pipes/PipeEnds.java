// SPDX-License-Identifier: Apache-2.0
package tepal.pipes;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import tepal.sync.NamedTasks;

/// Named pipes for tests, and what is left of their ends.
final class PipeEnds {
  private PipeEnds() {}

  /// Makes a named pipe, or skips the test where that is not possible.
  static Path fifo(Path directory) {
    Path fifo = directory.resolve("fifo");
    try {
      Process mkfifo = new ProcessBuilder("mkfifo", fifo.toString()).start();
      assumeTrue(mkfifo.onExit().join().exitValue() == 0, "mkfifo cannot make a named pipe here");
    } catch (IOException e) {
      assumeTrue(false, "There is no mkfifo here: " + e);
    }
    return fifo;
  }

  /// Returns a stream that cannot be read.
  static InputStream failing(String message) {
    return new InputStream() {
      @Override
      public int read() {
        throw new UnsupportedOperationException();
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        throw new IOException(message);
      }
    };
  }

  /// Suspends the current task until no thread is at a pipe and no descriptor is open for `path`.
  static void awaitNoneLeft(Path path) {
    while (busyThreads() > 0 || descriptors(path) > 0) {
      NamedTasks.pass();
    }
  }

  /// Suspends the current task until a thread is in a system call of this package.
  static void awaitBusy() {
    while (busyThreads() == 0) {
      NamedTasks.pass();
    }
  }

  /// Returns how many threads open, read, write or close for this package.
  static long busyThreads() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(each -> each.getKey().getName().startsWith("tepal-blocking-"))
        .filter(each -> Arrays.stream(each.getValue())
            .anyMatch(frame -> frame.getClassName().startsWith("tepal.pipes.")
                || frame.getClassName().startsWith("tepal.blocking.")))
        .count();
  }

  /// Returns how many descriptors this process has open for a path; zero where nobody knows.
  static long descriptors(Path path) {
    File[] open = Objects.requireNonNullElse(new File("/proc/self/fd").listFiles(), new File[0]);
    return Arrays.stream(open).filter(each -> leadsTo(each.toPath(), path)).count();
  }

  private static boolean leadsTo(Path descriptor, Path path) {
    try {
      return Files.readSymbolicLink(descriptor).equals(path);
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }
}
