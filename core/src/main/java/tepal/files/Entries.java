// SPDX-License-Identifier: Apache-2.0
package tepal.files;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tepal.CancelledError;

/// What is in a directory, or below it, read 256 entries at a time; see [AsyncPath#list()]
/// and [AsyncPath#walk()].
///
/// ```java
/// try (var entries = AsyncPath.of("logs").list()) {
///   for (AsyncPath each : entries) {
///     IO.println(each.name());
///   }
/// }
/// ```
///
/// Each `hasNext` that needs further entries suspends the current task for one call on a
/// thread of the pool. If it is cancelled meanwhile, no entry is lost, and another `hasNext`
/// goes on. Closed when it was read to its end.
///
/// Not thread-safe: confined to the loop.
public final class Entries implements Iterable<AsyncPath>, AutoCloseable {
  private static final int CHUNK = 256;

  private final Path path;
  private final Callable<Stream<Path>> opening;
  private final Iterator<AsyncPath> iterator = new Reading();

  // entries that were read and not yet given out
  private final ArrayDeque<AsyncPath> read = new ArrayDeque<>();

  // the call that reads the next ones; stays here if its task is cancelled
  private @Nullable PoolCall<List<AsyncPath>> reading;

  // whether a call was started, and whether there are no more; the latter set by close() too
  private boolean begun;
  private boolean ended;

  // what one call after the other touches, on a thread of the pool
  private @Nullable Stream<Path> open;
  private @Nullable Iterator<Path> rest;

  Entries(Path path, Callable<Stream<Path>> opening) {
    this.path = path;
    this.opening = opening;
  }

  /// Returns the iterator, which is the same each time: a second loop goes on where the first
  /// one stopped.
  ///
  /// @return the iterator
  @Override
  public Iterator<AsyncPath> iterator() {
    return iterator;
  }

  private final class Reading implements Iterator<AsyncPath> {
    @Override
    public boolean hasNext() {
      while (read.isEmpty() && !ended) {
        readMore();
      }
      return !read.isEmpty();
    }

    @Override
    public AsyncPath next() {
      if (!hasNext()) {
        throw new NoSuchElementException("Expected another entry, but there is none in " + path);
      }
      return read.remove();
    }
  }

  private void readMore() {
    PoolCall<List<AsyncPath>> call = reading;
    if (call == null) {
      begun = true;
      call = PoolCall.start(this::nextEntries);
      reading = call;
    }
    call.join();
    if (reading == call) {
      reading = null;
      ended |= call.failure() != null;
      List<AsyncPath> entries = call.result("list", path);
      read.addAll(entries);
      ended |= entries.size() < CHUNK;
    }
  }

  // ---- On a thread of the pool

  private List<AsyncPath> nextEntries() throws Exception {
    boolean more = false;
    try {
      Iterator<Path> from = rest;
      if (from == null) {
        Stream<Path> opened = opening.call();
        open = opened;
        from = opened.iterator();
        rest = from;
      }
      List<AsyncPath> entries = new ArrayList<>();
      while (entries.size() < CHUNK && from.hasNext()) {
        entries.add(new AsyncPath(from.next()));
      }
      more = entries.size() == CHUNK;
      return entries;
    } finally {
      if (!more) {
        closeStream();
      }
    }
  }

  private void closeStream() {
    Stream<Path> opened = open;
    if (opened != null) {
      open = null;
      opened.close();
    }
  }

  // ---- Closing

  /// Closes the directory, unless it was read to its end. Suspends the current task until it
  /// is closed, also if it is cancelled meanwhile. The iteration has no further entry then.
  ///
  /// Closing twice does nothing.
  ///
  /// @throws CancelledError if the task was cancelled meanwhile; the directory is closed all
  ///     the same
  @Override
  public void close() {
    read.clear();
    boolean mayBeOpen = begun && !ended;
    ended = true;
    if (!mayBeOpen) {
      return;
    }
    CancelledError first = null;
    PoolCall<List<AsyncPath>> before = reading;
    if (before != null) {
      reading = null;
      first = before.joinInAnyCase();
      Throwable _ = before.failure();
    }
    PoolCall<Boolean> closing = PoolCall.start(() -> {
      closeStream();
      return true;
    });
    CancelledError second = closing.joinInAnyCase();
    boolean _ = closing.result("close", path);
    if (first != null || second != null) {
      throw second == null ? first : second;
    }
  }

  @Override
  public String toString() {
    return "Entries[%s%s]".formatted(path, ended ? ", ended" : "");
  }
}
