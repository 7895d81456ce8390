// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Calls in executors, and the default executor of a loop. Confined to the loop.
final class WorkerThreads {
  // as concurrent.futures.ThreadPoolExecutor, which asyncio uses
  private static final int MAX_THREADS =
      Math.min(32, Runtime.getRuntime().availableProcessors() + 4);
  private static final long KEEP_ALIVE_SECONDS = 10;

  private final Scheduler scheduler;
  private @Nullable ExecutorService defaultExecutor;
  private boolean shutDown;

  WorkerThreads(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  <T extends @Nullable Object> Future<T> run(@Nullable Executor executor, Callable<T> call) {
    Executor target = executor == null ? defaultExecutor() : executor;
    if (call instanceof Serializable && target instanceof ExecutorService service) {
      // Submitted as it is: an executor that spans processes sends it to another one.
      return JdkFutures.wrapCall(scheduler, service.submit(call));
    }
    Future<T> future = new Future<>(scheduler, "a call in an executor");
    Work<T> work = new Work<>(call, future);
    scheduler.workBegins();
    try {
      target.execute(work);
    } catch (Throwable e) {
      scheduler.workEnds();
      throw e;
    }
    future.addCompletion(work);
    return future;
  }

  void setDefault(ExecutorService executor) {
    defaultExecutor = executor;
  }

  private ExecutorService defaultExecutor() {
    if (shutDown) {
      throw new IllegalStateException("Executor shutdown has been called");
    }
    ExecutorService present = defaultExecutor;
    if (present == null) {
      present = newPool();
      defaultExecutor = present;
    }
    return present;
  }

  private static ExecutorService newPool() {
    AtomicInteger number = new AtomicInteger();
    ThreadFactory threads = work -> {
      Thread thread = new Thread(work, "tepal-worker-" + number.getAndIncrement());
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

  /// Suspends the current task until the default executor has ended.
  void shutdown(@Nullable Duration timeout) {
    Task.requireCurrent("shutdownDefaultExecutor()").requireMaySuspend("the executor's end");
    shutDown = true;
    ExecutorService executor = defaultExecutor;
    if (executor == null) {
      return;
    }
    executor.shutdown();
    Future<@Nullable Void> ended = new Future<>(scheduler, executor);
    Thread waiting = Thread.ofPlatform()
        .daemon()
        .name("tepal-executor-shutdown")
        .unstarted(() -> awaitEnd(executor, ended));
    scheduler.workBegins();
    waiting.start();
    try {
      Asyncio.timeout(timeout, () -> {
        ended.await();
      });
    } catch (TimeoutException e) {
      System.getLogger("tepal")
          .log(
              System.Logger.Level.WARNING,
              "The executor did not finish joining its threads within {0} seconds",
              timeout == null ? 0 : timeout.toSeconds());
    }
  }

  private void awaitEnd(ExecutorService executor, Future<@Nullable Void> ended) {
    try {
      boolean _ = executor.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    scheduler.inbox.push(new Arrival<>(ended, null, null, Scheduler::workEnds));
  }

  /// Lets go of the default executor without waiting for it.
  void close() {
    shutDown = true;
    ExecutorService executor = defaultExecutor;
    if (executor != null) {
      executor.shutdown();
    }
  }

  /// Throws if the call that the current thread runs is wanted no more.
  static void checkCancelled() {
    Work<?> work = Work.CURRENT.get();
    if (work == null) {
      throw new IllegalStateException(
          "checkCancelled() must be called in a call of toThread() or runInExecutor(), but was called on %s,"
                  .formatted(Thread.currentThread())
              + " which runs none");
    }
    if (work.unwanted || work.future.getLoop().isClosed()) {
      throw new CancelledError();
    }
  }

  /// A call in an executor. Not run at all if its future is done before it begins.
  private static final class Work<T extends @Nullable Object> extends Observer implements Runnable {
    private final Callable<T> call;
    private final Future<T> future;

    // the call that a thread runs
    static final ThreadLocal<@Nullable Work<?>> CURRENT = new ThreadLocal<>();

    // set on the loop, read by the executor's thread
    private volatile boolean unwanted;

    Work(Callable<T> call, Future<T> future) {
      this.call = call;
      this.future = future;
    }

    @Override
    public void run() {
      T value = null;
      Throwable failure = null;
      if (!unwanted) {
        Work<?> outer = CURRENT.get(); // of an executor that runs calls on their caller's thread
        CURRENT.set(this);
        try {
          value = call.call();
        } catch (Throwable e) {
          failure = e;
        } finally {
          CURRENT.set(outer);
        }
      }
      future.scheduler.inbox.push(new Arrival<>(future, value, failure, Scheduler::workEnds));
    }

    @Override
    void done(Future<?> done) {
      unwanted = true;
    }
  }
}
