// SPDX-License-Identifier: Apache-2.0
package tepal.process;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// A pipe that has a name for a child to be started with: what a child's output comes
/// through.
final class NamedPipe {
  /*
   * The JDK's own pipes end with the child: its reaper takes what is in them when the child exits and
   * closes them [1], so that what a grandchild writes later is lost. It can be kept out by whoever
   * holds the stream's monitor, but a child that ends at once is sometimes faster than that; and a
   * read from such a pipe can be ended by nobody. A pipe with a name is a file to the JDK, which it
   * opens for the child and forgets. A read through a channel ends when that is closed.
   *
   * The JDK cannot make such pipes, `mkfifo` can: several at once, in a directory of this process, and
   * they are used again. Where that does not work the JDK's have to do.
   *
   * A pipe is opened for reading and writing first, which does not wait for anybody; that keeps the
   * other ends from waiting, and is closed when the child has its end. From then on the end of the
   * pipe is the end of all who may write to it.
   *
   * [1] JDK 25, ProcessImpl.ProcessPipeInputStream.processExited
   */
  private static final int MADE_AT_ONCE = 16;

  private static final Queue<Path> FREE = new ConcurrentLinkedQueue<>();

  // ---- guarded by the class

  private static boolean impossible = !ExitCode.POSIX;

  // null before there is one, and if it is gone
  private static @Nullable Path directory;

  private static int made;

  // ----

  private final Path path;
  private final RandomAccessFile both;
  private final InputStream reading;

  private NamedPipe(Path path) throws IOException {
    this.path = path;
    this.both = new RandomAccessFile(path.toFile(), "rw");
    try {
      this.reading = Files.newInputStream(path);
    } catch (Throwable e) {
      both.close();
      throw e;
    }
  }

  /// Returns a pipe that nobody else has, or null where there can be none. Blocks.
  static @Nullable NamedPipe open() {
    for (Path path = FREE.poll(); path != null; path = FREE.poll()) {
      NamedPipe pipe = openOrNull(path);
      if (pipe != null) {
        return pipe;
      }
    }
    Path made = makeOrNull();
    return made == null ? null : openOrNull(made);
  }

  /// Returns null if somebody has tidied the directory up.
  private static @Nullable NamedPipe openOrNull(Path path) {
    try {
      // Or opening it would make a file of that name.
      boolean there = Files.readAttributes(path, BasicFileAttributes.class).isOther();
      return there ? new NamedPipe(path) : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static synchronized @Nullable Path makeOrNull() {
    while (!impossible) {
      boolean inNewDirectory = directory == null;
      try {
        List<Path> pipes = make();
        FREE.addAll(pipes.subList(1, pipes.size()));
        return pipes.getFirst();
      } catch (IOException e) {
        directory = null;
        impossible = inNewDirectory;
      }
    }
    return null;
  }

  private static List<Path> make() throws IOException {
    Path parent = directory;
    if (parent == null) {
      parent = Files.createTempDirectory("tepal-");
      deleteAtExit(parent);
      directory = parent;
    }
    List<Path> pipes = new ArrayList<>();
    List<String> command = new ArrayList<>(List.of("mkfifo", "-m", "600"));
    for (int i = 0; i < MADE_AT_ONCE; i++) {
      Path pipe = parent.resolve("pipe" + made++);
      pipes.add(pipe);
      command.add(pipe.toString());
    }
    Process mkfifo = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(Redirect.DISCARD)
        .start();
    if (ExitCode.await(mkfifo) != 0) {
      throw new IOException("Expected mkfifo to make named pipes in " + parent);
    }
    return pipes;
  }

  /// Not by `deleteOnExit`, which remembers each file that ever was.
  private static void deleteAtExit(Path parent) {
    Thread deleting = Thread.ofPlatform().name("tepal-pipes-exit").unstarted(() -> {
      try (var pipes = Files.newDirectoryStream(parent)) {
        for (Path pipe : pipes) {
          Files.deleteIfExists(pipe);
        }
        Files.deleteIfExists(parent);
      } catch (IOException e) {
        // It is the system's temporary directory.
      }
    });
    try {
      Runtime.getRuntime().addShutdownHook(deleting);
    } catch (IllegalStateException e) {
      // The process ends already.
    }
  }

  /// Where the child is to write to.
  Redirect writingEnd() {
    return Redirect.to(path.toFile());
  }

  /// What comes from the child. Closing it ends a read on another thread.
  InputStream stream() {
    return reading;
  }

  /// Leaves the writing end to the child, which has it now.
  void connected() {
    closeQuietly(both);
  }

  /// Lets the pipe be used again. To be called when nobody can write to it any more.
  void release() {
    closeQuietly(both);
    closeQuietly(reading);
    FREE.add(path);
  }

  /// Closes the pipe for good, as others may still write to it.
  void discard() {
    closeQuietly(both);
    closeQuietly(reading);
    closeQuietly(() -> Files.deleteIfExists(path));
  }

  private static void closeQuietly(Closeable closed) {
    try {
      closed.close();
    } catch (IOException e) {
      // Nobody needs it any more.
    }
  }
}
