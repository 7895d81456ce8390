// SPDX-License-Identifier: Apache-2.0
package tepal.files;

import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tepal.CancelledError;

/// A path, with operations on what is there that suspend the task that calls them.
///
/// ```java
/// var notes = AsyncPath.of("notes.txt");
/// notes.writeText("first\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
/// IO.println(notes.readText());
/// ```
///
/// What only looks at the path returns immediately: [#resolve], [#parent()], [#name()]. Every
/// operation on files suspends the current task until a thread of the pool has done it. If
/// cancelled while waiting, it throws at once: an operation that has not begun is not done,
/// and one that has begun is done to its end. What goes wrong is an [UncheckedIOException]
/// with the path in its message and the JDK's own exception, such as
/// [java.nio.file.NoSuchFileException], as its cause.
///
/// Immutable; may be used by any loop. Mirrors anyio's
/// [`Path`](https://anyio.readthedocs.io/en/stable/api.html#anyio.Path).
///
/// @param path the path itself, for the JDK
public record AsyncPath(Path path) implements Comparable<AsyncPath> {

  /// Creates a path.
  ///
  /// @param path the path itself
  public AsyncPath {
    Objects.requireNonNull(path, "path");
  }

  /// Returns the path that the words are; see [Path#of(String, String...)].
  ///
  /// @param first the first word
  /// @param more further words, each of which is below the one before
  /// @return the path
  public static AsyncPath of(String first, String... more) {
    return new AsyncPath(Path.of(first, more));
  }

  // ---- The path itself

  /// Returns the path that `other` is, seen from this one.
  ///
  /// @param other a relative path; an absolute one is returned itself
  /// @return the path
  public AsyncPath resolve(String other) {
    return new AsyncPath(path.resolve(other));
  }

  /// Returns the path without its last part.
  ///
  /// @return the path; null if there is none
  public @Nullable AsyncPath parent() {
    Path parent = path.getParent();
    return parent == null ? null : new AsyncPath(parent);
  }

  /// Returns the last part of the path.
  ///
  /// @return the name; empty for a root
  public String name() {
    Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }

  @Override
  public int compareTo(AsyncPath other) {
    return path.compareTo(other.path);
  }

  /// Returns the path as text.
  @Override
  public String toString() {
    return path.toString();
  }

  // ---- What is there

  /// Returns whether something is there. A link counts as what it leads to.
  ///
  /// @return whether it exists
  /// @throws CancelledError if the task is cancelled while waiting
  public boolean exists() {
    return run("look at", () -> Files.exists(path));
  }

  /// Returns whether a regular file is there.
  ///
  /// @return whether it is one
  /// @throws CancelledError if the task is cancelled while waiting
  public boolean isFile() {
    return run("look at", () -> Files.isRegularFile(path));
  }

  /// Returns whether a directory is there.
  ///
  /// @return whether it is one
  /// @throws CancelledError if the task is cancelled while waiting
  public boolean isDirectory() {
    return run("look at", () -> Files.isDirectory(path));
  }

  /// Returns size, times and kind of what is there, as they are now.
  ///
  /// @return the attributes
  /// @throws UncheckedIOException if nothing is there
  /// @throws CancelledError if the task is cancelled while waiting
  public BasicFileAttributes stat() {
    return run("look at", () -> Files.readAttributes(path, BasicFileAttributes.class));
  }

  // ---- Whole files

  /// Opens the file; see [AsyncFile#open(Path, OpenOption...)].
  ///
  /// @param options how to open it; none for reading
  /// @return the file, to be closed
  /// @throws UncheckedIOException if it cannot be opened
  /// @throws CancelledError if the task is cancelled while waiting
  public AsyncFile open(OpenOption... options) {
    return AsyncFile.open(path, options);
  }

  /// Reads the file as UTF-8.
  ///
  /// @return the text
  /// @throws UncheckedIOException if it cannot be read, or is not UTF-8
  /// @throws CancelledError if the task is cancelled while waiting
  public String readText() {
    return readText(StandardCharsets.UTF_8);
  }

  /// Reads the file as text.
  ///
  /// @param charset how it is encoded
  /// @return the text
  /// @throws UncheckedIOException if it cannot be read, or is not text in this charset
  /// @throws CancelledError if the task is cancelled while waiting
  public String readText(Charset charset) {
    return run("read", () -> Files.readString(path, charset));
  }

  /// Reads the file.
  ///
  /// @return the bytes
  /// @throws UncheckedIOException if it cannot be read
  /// @throws CancelledError if the task is cancelled while waiting
  public byte[] readBytes() {
    return run("read", () -> Files.readAllBytes(path));
  }

  /// Writes text to the file as UTF-8; see [#writeBytes].
  ///
  /// @param text the text
  /// @param options how to open it
  /// @throws UncheckedIOException if it cannot be written
  /// @throws CancelledError if the task is cancelled while waiting; the file may be written
  ///     then, in part or in whole
  public void writeText(String text, OpenOption... options) {
    writeBytes(text.getBytes(StandardCharsets.UTF_8), options);
  }

  /// Writes bytes to the file.
  ///
  /// @param bytes the bytes, not to be changed until this returns
  /// @param options how to open it; none to create it, or to replace what is in it
  /// @throws UncheckedIOException if it cannot be written
  /// @throws CancelledError if the task is cancelled while waiting; the file may be written
  ///     then, in part or in whole
  public void writeBytes(byte[] bytes, OpenOption... options) {
    Path _ = run("write", () -> Files.write(path, bytes, options));
  }

  /// Creates an empty file if nothing is there.
  ///
  /// @throws UncheckedIOException if it cannot be created
  /// @throws CancelledError if the task is cancelled while waiting
  public void touch() {
    Object _ = run("create", () -> {
      Files.newByteChannel(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
          .close();
      return path;
    });
  }

  // ---- Directories

  /// Returns what is in the directory, in no particular order.
  ///
  /// Returns immediately; the directory is opened by the first `hasNext` of the iteration,
  /// which throws if it cannot be.
  ///
  /// @return the entries, for one pass, to be closed if they are not read to the end
  @SuppressWarnings("StreamResourceLeak") // the entries close it
  public Entries list() {
    return new Entries(path, () -> Files.list(path));
  }

  /// Returns this and what is below it, a directory before what is in it.
  ///
  /// Returns immediately, as [#list()] does. Links are not followed.
  ///
  /// @return the entries, for one pass, to be closed if they are not read to the end
  @SuppressWarnings("StreamResourceLeak") // the entries close it
  public Entries walk() {
    return new Entries(path, () -> Files.walk(path));
  }

  /// Creates a directory.
  ///
  /// @param attributes its attributes
  /// @throws UncheckedIOException if it cannot be created, or something is there
  /// @throws CancelledError if the task is cancelled while waiting
  public void mkdir(FileAttribute<?>... attributes) {
    Path _ = run("create", () -> Files.createDirectory(path, attributes));
  }

  /// Creates a directory and those above it, as far as they are missing.
  ///
  /// @param attributes the attributes of those that are created
  /// @throws UncheckedIOException if one cannot be created
  /// @throws CancelledError if the task is cancelled while waiting
  public void mkdirs(FileAttribute<?>... attributes) {
    Path _ = run("create", () -> Files.createDirectories(path, attributes));
  }

  // ---- Deleting, moving, copying

  /// Deletes a file or an empty directory.
  ///
  /// @throws UncheckedIOException if it cannot be deleted, or is not there
  /// @throws CancelledError if the task is cancelled while waiting
  public void delete() {
    Object _ = run("delete", () -> {
      Files.delete(path);
      return path;
    });
  }

  /// Deletes a file or an empty directory if it is there.
  ///
  /// @return whether it was there
  /// @throws UncheckedIOException if it cannot be deleted
  /// @throws CancelledError if the task is cancelled while waiting
  public boolean deleteIfExists() {
    return run("delete", () -> Files.deleteIfExists(path));
  }

  /// Moves what is here; see [Files#move(Path, Path, CopyOption...)].
  ///
  /// @param target where to
  /// @param options such as [java.nio.file.StandardCopyOption#REPLACE_EXISTING]
  /// @return the target
  /// @throws UncheckedIOException if it cannot be moved, or something is there
  /// @throws CancelledError if the task is cancelled while waiting
  public AsyncPath rename(AsyncPath target, CopyOption... options) {
    return new AsyncPath(run("rename", () -> Files.move(path, target.path, options)));
  }

  /// Copies a file, or a directory without what is in it; see [Files#copy(Path, Path,
  /// CopyOption...)].
  ///
  /// @param target where to
  /// @param options such as [java.nio.file.StandardCopyOption#REPLACE_EXISTING]
  /// @return the target
  /// @throws UncheckedIOException if it cannot be copied, or something is there
  /// @throws CancelledError if the task is cancelled while waiting; the target may be there
  ///     then
  public AsyncPath copy(AsyncPath target, CopyOption... options) {
    return new AsyncPath(run("copy", () -> Files.copy(path, target.path, options)));
  }

  private <T> T run(String what, Callable<T> call) {
    return PoolCall.run(what, path, call);
  }
}
