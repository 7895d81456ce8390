// SPDX-License-Identifier: Apache-2.0
package tepal.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tepal.CancelledError;
import tepal.EventLoop;
import tepal.sync.Held;
import tepal.sync.Lock;

/// The calls on the pool for one file, one after the other. Confined to the loop, to the
/// operation that has the file's turn.
final class FileCalls {
  /*
   * A call whose task is cancelled goes on. It stays in `running`, and whoever has the next turn waits
   * for it first, so that no two threads are ever at the file, and what it wrote is there. If it failed
   * to write, nobody was told yet: `lost` keeps that for the next write or the close.
   */
  private final Path path;
  private final FileChannel channel;
  private final WriteBehind behind;
  private final boolean append;

  // the last call, until its end is noted, and whether it writes
  private @Nullable PoolCall<?> running;
  private boolean runningWrites;

  // why bytes that were taken are not in the file, and whether somebody was told; null if they are
  private @Nullable Throwable lost;
  private boolean lossTold;

  // while the file is closed: the last cancellation of the task that closes it
  private @Nullable CancelledError cancellation;

  FileCalls(Path path, FileChannel channel, WriteBehind behind, boolean append) {
    this.path = path;
    this.channel = channel;
    this.behind = behind;
    this.append = append;
  }

  /// Writes what was written behind, then calls `call`, both on a thread of the pool.
  /// Suspends the current task until that has ended.
  <T extends @Nullable Object> T run(String what, boolean writes, Callable<T> call) {
    settle();
    WriteBehind.Chunk chunk = behind.take();
    PoolCall<T> started = PoolCall.start(() -> {
      write(chunk);
      return call.call();
    });
    running = started;
    runningWrites = writes || chunk != null;
    started.join();
    noteEnd(started, /* told= */ true);
    T value = started.result(what, path);
    if (chunk != null) {
      behind.reuse(chunk);
    }
    return value;
  }

  private void write(WriteBehind.@Nullable Chunk chunk) throws IOException {
    if (chunk != null) {
      chunk.writeTo(channel, append);
    }
  }

  /// Suspends the current task until no call runs any more.
  private void settle() {
    PoolCall<?> before = running;
    if (before != null) {
      before.join();
      noteEnd(before, /* told= */ false);
    }
  }

  private void noteEnd(PoolCall<?> call, boolean told) {
    running = null;
    Throwable failure = call.failure();
    if (runningWrites && failure != null && lost == null) {
      lost = failure;
      lossTold = told;
    }
  }

  /// Throws if bytes were lost: others must not follow as if they were there.
  void requireNothingLost() {
    settle();
    Throwable failure = lost;
    if (failure != null) {
      lossTold = true;
      throw afterLoss(failure);
    }
  }

  private UncheckedIOException afterLoss(Throwable failure) {
    return new UncheckedIOException(
        "Could not write %s: an earlier write failed".formatted(path),
        failure instanceof IOException e ? e : new IOException(failure));
  }

  // ---- Closing

  /// Closes the file when the operation that has its turn has ended. No cancellation keeps a
  /// step from the next.
  void close(EventLoop loop, Lock turn) {
    if (loop.isClosed()) {
      // The task can wait for nothing any more.
      WriteBehind.Chunk last = behind.take();
      FileThreads.POOL.execute(() -> PoolCall.quietly(path, () -> close(last)));
      return;
    }
    Held held = acquire(turn);
    try {
      PoolCall<?> before = running;
      if (before != null) {
        note(before.joinInAnyCase());
        noteEnd(before, /* told= */ false);
      }
      WriteBehind.Chunk chunk = lost == null ? behind.take() : null;
      PoolCall<@Nullable Object> closing = PoolCall.start(() -> {
        close(chunk);
        return null;
      });
      note(closing.joinInAnyCase());
      tell(closing);
    } finally {
      held.close();
    }
  }

  private void close(WriteBehind.@Nullable Chunk last) throws IOException {
    try (channel) {
      write(last);
    }
  }

  private Held acquire(Lock turn) {
    while (true) {
      try {
        return turn.acquire();
      } catch (CancelledError e) {
        cancellation = e;
      }
    }
  }

  private void note(@Nullable CancelledError e) {
    if (e != null) {
      cancellation = e;
    }
  }

  /// Throws the cancellation, or else what went wrong and nobody was told.
  private void tell(PoolCall<@Nullable Object> closing) {
    RuntimeException failure = failureOf(closing);
    CancelledError cancelled = cancellation;
    if (cancelled != null) {
      if (failure != null) {
        cancelled.addSuppressed(failure);
      }
      throw cancelled;
    }
    if (failure != null) {
      throw failure;
    }
  }

  private @Nullable RuntimeException failureOf(PoolCall<@Nullable Object> closing) {
    Throwable before = lost;
    if (before != null && !lossTold) {
      return afterLoss(before);
    }
    try {
      Object _ = closing.result("close", path);
      return null;
    } catch (RuntimeException e) {
      return e;
    }
  }
}
