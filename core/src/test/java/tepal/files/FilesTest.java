// SPDX-License-Identifier: Apache-2.0
package tepal.files;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import tepal.Asyncio;

/// A directory to work in, and ways to keep the threads of files busy.
abstract class FilesTest {
  @TempDir
  Path directory = Path.of("");

  AsyncPath path(String name) {
    return new AsyncPath(directory.resolve(name));
  }

  /// Keeps all threads of the pool until it is closed, so that what a test starts has not
  /// begun.
  static final class BusyThreads implements AutoCloseable {
    private static final int MORE_THAN_THERE_ARE = 64;

    private final CountDownLatch free = new CountDownLatch(1);
    private final AtomicInteger begun = new AtomicInteger();

    BusyThreads() {
      for (int i = 0; i < MORE_THAN_THERE_ARE; i++) {
        FileThreads.POOL.execute(this::block);
      }
      Asyncio.toThread(() -> {
        while (begun.get() == 0) {
          Thread.onSpinWait();
        }
      });
    }

    private void block() {
      begun.incrementAndGet();
      boolean waiting = true;
      while (waiting) {
        try {
          free.await();
          waiting = false;
        } catch (InterruptedException e) {
          throw new AssertionError("A thread of files was interrupted", e);
        }
      }
    }

    void letGo() {
      free.countDown();
    }

    @Override
    public void close() {
      letGo();
    }
  }
}
