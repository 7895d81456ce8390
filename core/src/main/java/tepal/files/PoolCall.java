// SPDX-License-Identifier: Apache-2.0
package tepal.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.CancelledError;
import tepal.Future;

/// A call on a thread of the pool. Confined to the loop.
final class PoolCall<T extends @Nullable Object> {
  private final Future<T> future;

  private PoolCall(Future<T> future) {
    this.future = future;
  }

  /// Starts a call that goes on whatever becomes of the task.
  static <T extends @Nullable Object> PoolCall<T> start(Callable<T> call) {
    return new PoolCall<>(Asyncio.getRunningLoop().runInExecutor(FileThreads.POOL, call));
  }

  /// Suspends the current task until the call has ended. If it is cancelled meanwhile, the
  /// call goes on, and can be waited for again.
  void join() {
    if (!future.done()) {
      var _ = Asyncio.wait(List.of(future));
    }
  }

  /// Suspends the current task until the call has ended, however often it is cancelled
  /// meanwhile. Returns the last cancellation.
  @Nullable CancelledError joinInAnyCase() {
    CancelledError cancellation = null;
    while (!future.done()) {
      try {
        join();
      } catch (CancelledError e) {
        cancellation = e;
      }
    }
    return cancellation;
  }

  /// Returns what the call threw; null if it has a value.
  @Nullable Throwable failure() {
    return future.exception();
  }

  /// Returns the value, or throws what the call threw.
  ///
  /// @throws UncheckedIOException if that was an [IOException]
  T result(String what, Path path) {
    try {
      return future.result();
    } catch (CompletionException e) {
      throw e.getCause() instanceof IOException failure ? unchecked(what, path, failure) : e;
    }
  }

  static UncheckedIOException unchecked(String what, Path path, IOException failure) {
    String reason = failure instanceof FileSystemException inFileSystem
        ? inFileSystem.getClass().getSimpleName() + reasonOf(inFileSystem)
        : failure.toString();
    return new UncheckedIOException("Could not %s %s: %s".formatted(what, path, reason), failure);
  }

  private static String reasonOf(FileSystemException failure) {
    String other = failure.getOtherFile();
    String reason = failure.getReason();
    return (other == null ? "" : ", " + other) + (reason == null ? "" : ", " + reason);
  }

  // ---- Calls that are over with their task

  /// Runs a call on the pool and returns its value. Suspends the current task until it has
  /// ended. If it is cancelled meanwhile, a call that has not begun is dropped.
  static <T extends @Nullable Object> T run(String what, Path path, Callable<T> call) {
    Future<T> future = Asyncio.getRunningLoop().runInExecutor(FileThreads.POOL, call);
    try {
      return future.await();
    } catch (CompletionException e) {
      throw e.getCause() instanceof IOException failure ? unchecked(what, path, failure) : e;
    }
  }

  /// What undoes a call.
  @FunctionalInterface
  interface Undo<T> {
    void undo(T value) throws IOException;
  }

  /// Runs a call that makes something, as [#run] does. If the task is cancelled meanwhile,
  /// what is made all the same is unmade, on the pool.
  static <T> T acquire(String what, Path path, Callable<T> make, Undo<T> undo) {
    AtomicReference<@Nullable Object> made = new AtomicReference<>();
    Object abandoned = made;
    try {
      return run(what, path, () -> {
        T value = make.call();
        if (!made.compareAndSet(null, value)) {
          undo.undo(value);
        }
        return value;
      });
    } catch (CancelledError e) {
      @SuppressWarnings("unchecked")
      T value = (T) made.getAndSet(abandoned);
      if (value != null) {
        FileThreads.POOL.execute(() -> quietly(path, () -> undo.undo(value)));
      }
      throw e;
    }
  }

  /// What is done for nobody who could be told of a failure.
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  /// Runs `step` and logs what goes wrong. Called on a thread of the pool.
  static void quietly(Path path, Step step) {
    try {
      step.run();
    } catch (IOException | RuntimeException e) {
      System.getLogger("tepal")
          .log(System.Logger.Level.WARNING, "Could not clean up after a cancellation: " + path, e);
    }
  }
}
