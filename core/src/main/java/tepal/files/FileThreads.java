// SPDX-License-Identifier: Apache-2.0
package tepal.files;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The threads that block where a task must not.
final class FileThreads {
  private static final int MAX_THREADS = Math.max(
      1,
      Integer.getInteger(
          "tepal.fileThreads", Math.min(32, Runtime.getRuntime().availableProcessors() + 4)));
  private static final long KEEP_ALIVE_SECONDS = 10;

  /// Nobody interrupts them: that would close the file that one is at.
  static final Executor POOL = newPool();

  private FileThreads() {}

  private static Executor newPool() {
    AtomicInteger number = new AtomicInteger();
    ThreadFactory threads = work -> {
      Thread thread = new Thread(work, "tepal-file-" + number.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
    ThreadPoolExecutor pool = new ThreadPoolExecutor(
        MAX_THREADS,
        MAX_THREADS,
        KEEP_ALIVE_SECONDS,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        threads);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
