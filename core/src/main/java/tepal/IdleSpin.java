// SPDX-License-Identifier: Apache-2.0
package tepal;

/// Whether a loop that has run out of work looks out for more before it sleeps.
final class IdleSpin {
  /*
   * To be woken takes a thread some 5 to 10 µs, more than most of what it is woken for. Where another
   * thread answers at once (a short call in an executor, a queue between threads) that is nearly all of the
   * time. So a loop whose last sleep was short looks out before the next one, for no longer than that.
   * If it looked out in vain it sleeps at once until a sleep was short again: what an idle loop
   * burns in vain is bounded by what its sleeps have shown to be worth it.
   *
   * Not with one processor, where nobody could answer meanwhile, and not where the loop waits for I/O,
   * which nobody would look at.
   *
   * Confined to whoever turns the loop.
   */
  private static final long MOST_NANOS = 40_000;

  private static final boolean POSSIBLE = Runtime.getRuntime().availableProcessors() > 1;

  // whether the last sleep, or the last look-out, was ended by something that came in soon
  private boolean worthwhile;

  /// Looks out until something comes in, and returns whether something did. Returns at once if
  /// that is not to be expected.
  ///
  /// @param limitNanos how long the loop may sleep at most
  boolean lookOut(Inbox inbox, long limitNanos) {
    if (!worthwhile || limitNanos < MOST_NANOS) {
      return false;
    }
    long begin = System.nanoTime();
    while (inbox.isEmpty() && System.nanoTime() - begin < MOST_NANOS) {
      Thread.onSpinWait();
    }
    worthwhile = !inbox.isEmpty();
    return worthwhile;
  }

  /// Notes how a sleep has ended.
  void slept(long nanos, boolean woken) {
    worthwhile = POSSIBLE && woken && nanos < MOST_NANOS;
  }
}
