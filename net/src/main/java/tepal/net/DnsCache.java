// SPDX-License-Identifier: Apache-2.0
package tepal.net;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What name servers said, for as long as it holds. Confined to the loop.
final class DnsCache {
  /*
   * What was used least recently goes first. Names that do not exist are kept apart, so that
   * a storm of them does not push out those that do. No timer removes what has expired: it is
   * found to be old when it is asked for, or pushed out.
   */

  /** How many names of each kind are kept. */
  static final int MAX_NAMES = 1000;

  /// What was asked.
  ///
  /// @param host in lower case
  /// @param type of the records
  record Question(String host, int type) {
    /// The name of the task that asks.
    @Override
    public String toString() {
      return "resolve " + host;
    }
  }

  private record Kept(DnsResult result, Duration until) {}

  private final Map<Question, Kept> present = new Bounded();
  private final Map<Question, Kept> missing = new Bounded();

  private static final class Bounded extends LinkedHashMap<Question, Kept> {
    private static final long serialVersionUID = 1L;

    Bounded() {
      super(16, 0.75f, /* accessOrder= */ true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Question, Kept> eldest) {
      return size() > MAX_NAMES;
    }
  }

  @Nullable DnsResult get(Question question, Duration now) {
    Kept entry = present.get(question);
    if (entry == null) {
      entry = missing.get(question);
    }
    return entry == null || entry.until.compareTo(now) <= 0 ? null : entry.result;
  }

  void put(Question question, DnsResult result, Duration now) {
    (result.isEmpty() ? present : missing).remove(question);
    if (!result.life().isZero()) {
      (result.isEmpty() ? missing : present)
          .put(question, new Kept(result, now.plus(result.life())));
    }
  }

  void clear() {
    present.clear();
    missing.clear();
  }

  int size() {
    return present.size() + missing.size();
  }
}
