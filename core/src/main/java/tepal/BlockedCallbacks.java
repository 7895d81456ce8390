// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The callback threads that a loop has abandoned because JDK code suspended them, for the
/// watchdog.
///
/// Written on the loop; read on the watchdog's thread.
final class BlockedCallbacks {
  private final Map<Strand, Entry> entries = new ConcurrentHashMap<>();

  void abandoned(CallbackThread thread) {
    Entry _ = entries.put(thread.strand, new Entry(thread));
  }

  void suspended(Strand strand) {
    Entry entry = entries.get(strand);
    if (entry != null) {
      entry.suspensions++;
      entry.suspended = true;
    }
  }

  void runnableAgain(Strand strand) {
    Entry entry = entries.get(strand);
    if (entry != null) {
      entry.suspended = false;
    }
  }

  void ended(Strand strand) {
    Entry _ = entries.remove(strand);
  }

  @Nullable CallbackThread threadOf(Strand strand) {
    Entry entry = entries.get(strand);
    return entry == null ? null : entry.thread;
  }

  Collection<Entry> all() {
    return entries.values();
  }

  /// One abandoned callback thread.
  static final class Entry {
    final CallbackThread thread;

    // written on the loop, `suspensions` before `suspended`; read by the watchdog
    private int suspensions;
    private volatile boolean suspended;

    // confined to the watchdog's thread: which suspension it looks at, and since when
    private int seen;
    private long sinceNanos;
    private boolean reported;

    Entry(CallbackThread thread) {
      this.thread = thread;
    }

    /// Returns whether the callback has not come back for `limitNanos` and was not reported for
    /// that yet.
    boolean isOverdue(long nowNanos, long limitNanos, boolean late) {
      boolean present = suspended;
      if (!present || suspensions != seen) {
        seen = present ? suspensions : 0;
        reported = false;
        sinceNanos = nowNanos;
      } else if (late) {
        sinceNanos = nowNanos;
      } else if (!reported && nowNanos - sinceNanos >= limitNanos) {
        reported = true;
        return true;
      }
      return false;
    }
  }
}
