// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tepal.Asyncio;
import tepal.files.AsyncPath;

/// What a file says, read again when it has changed. Confined to the loop.
final class WatchedFile<T> {
  /** How old an answer may be, by the loop's time. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final AsyncPath path;
  private final Function<String, T> parse;
  private final T ifAbsent;

  private T value;

  // null before the first look
  private @Nullable Duration looked;

  // of what `value` was read from; null if there was nothing to read
  private @Nullable FileTime modified;
  private long size;

  WatchedFile(Path path, Function<String, T> parse, T ifAbsent) {
    this.path = new AsyncPath(path);
    this.parse = parse;
    this.ifAbsent = ifAbsent;
    this.value = ifAbsent;
  }

  /// Returns what the file says. Suspends the current task if it was not looked at for a while.
  T get() {
    Duration now = Asyncio.getRunningLoop().time();
    if (looked == null || now.minus(looked).compareTo(PATIENCE) >= 0) {
      look();
      looked = now;
    }
    return value;
  }

  private void look() {
    try {
      BasicFileAttributes found = path.stat();
      if (!found.lastModifiedTime().equals(modified) || found.size() != size) {
        value = parse.apply(path.readText());
        modified = found.lastModifiedTime();
        size = found.size();
      }
    } catch (UncheckedIOException e) { // not there, or not to be read
      value = ifAbsent;
      modified = null;
    }
  }
}
