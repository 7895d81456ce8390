// SPDX-License-Identifier: Apache-2.0
package tepal.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tepal.CancelledError;

/// A new file or directory in the system's temporary directory, which is deleted when this is
/// closed.
///
/// ```java
/// try (var temporary = TemporaryPath.directory("report")) {
///   temporary.path().resolve("a.txt").writeText("...");
/// }
/// ```
///
/// Only the user that made it can use it, where the system knows users. Confined to the loop.
/// Mirrors anyio's `NamedTemporaryFile` and `TemporaryDirectory`.
public final class TemporaryPath implements AutoCloseable {
  private static final Path DIRECTORY = Path.of(System.getProperty("java.io.tmpdir", "."));

  private final Path path;
  private boolean closed;

  private TemporaryPath(Path path) {
    this.path = path;
  }

  /// Creates a file. Suspends the current task until it is there.
  ///
  /// If cancelled while waiting, a file that was created is deleted.
  ///
  /// @param prefix how its name begins
  /// @param suffix how its name ends
  /// @return the file, to be closed
  /// @throws UncheckedIOException if it cannot be created
  /// @throws CancelledError if the task is cancelled while waiting
  /// @throws IllegalStateException if the current thread runs no task
  public static TemporaryPath file(String prefix, String suffix) {
    return create(() -> Files.createTempFile(DIRECTORY, prefix, suffix));
  }

  /// Creates a directory. Suspends the current task until it is there.
  ///
  /// If cancelled while waiting, a directory that was created is deleted.
  ///
  /// @param prefix how its name begins
  /// @return the directory, to be closed
  /// @throws UncheckedIOException if it cannot be created
  /// @throws CancelledError if the task is cancelled while waiting
  /// @throws IllegalStateException if the current thread runs no task
  public static TemporaryPath directory(String prefix) {
    return create(() -> Files.createTempDirectory(DIRECTORY, prefix));
  }

  private static TemporaryPath create(Callable<Path> creation) {
    return new TemporaryPath(
        PoolCall.acquire("create something in", DIRECTORY, creation, TemporaryPath::deleteTree));
  }

  /// Returns where it is.
  ///
  /// @return the path
  public AsyncPath path() {
    return new AsyncPath(path);
  }

  /// Deletes the file, or the directory with everything in it, if it is still there. Links
  /// are deleted, not what they lead to.
  ///
  /// Suspends the current task until it is gone, also if it is cancelled meanwhile. Closing
  /// twice does nothing.
  ///
  /// @throws UncheckedIOException if something cannot be deleted
  /// @throws CancelledError if the task was cancelled meanwhile; it is gone all the same
  @Override
  public void close() {
    if (closed) {
      return;
    }
    PoolCall<Boolean> deleting = PoolCall.start(() -> {
      deleteTree(path);
      return true;
    });
    closed = true;
    CancelledError cancellation = deleting.joinInAnyCase();
    if (cancellation == null) {
      boolean _ = deleting.result("delete", path);
    } else {
      Throwable failure = deleting.failure();
      if (failure != null) {
        cancellation.addSuppressed(failure);
      }
      throw cancellation;
    }
  }

  private static void deleteTree(Path root) throws IOException {
    try {
      Path _ = Files.walkFileTree(root, new Deleting());
    } catch (NoSuchFileException e) {
      if (!root.toString().equals(e.getFile())) {
        throw e;
      }
    }
  }

  /// Deletes what it visits.
  private static final class Deleting extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      boolean _ = Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      boolean _ = Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }

  @Override
  public String toString() {
    return "TemporaryPath[%s%s]".formatted(path, closed ? ", deleted" : "");
  }
}
