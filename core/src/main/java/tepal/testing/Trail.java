// SPDX-License-Identifier: Apache-2.0
package tepal.testing;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tepal.EventLoop;

/// What happened in a test, in words and in order.
///
/// Tasks, callbacks and other threads leave words behind; the test asserts all of them at once,
/// so that what happened too often, too early or not at all shows as well:
///
/// ```java
/// Trail trail = new Trail();
/// gather(
///     () -> { sleep(Duration.ofSeconds(2)); trail.add("slow"); },
///     () -> { sleep(Duration.ofSeconds(1)); trail.add("fast"); })
///     .await();
/// trail.assertIs("fast", "slow");
/// ```
///
/// May be used from any thread; adding a word neither blocks nor suspends. Holds 100,000 words at
/// most.
public final class Trail {
  private static final int MAX_WORDS = 100_000;

  // added by any thread, taken by the one that asserts
  private final ConcurrentLinkedQueue<String> words = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();

  // what is put before each word, or null
  private final @Nullable Supplier<Duration> time;

  /// Creates a trail without words.
  public Trail() {
    this(null);
  }

  private Trail(@Nullable Supplier<Duration> time) {
    this.time = time;
  }

  /// Creates a trail that puts the loop's time, in seconds, before each word: `1.5 s: retry`.
  ///
  /// @param loop the loop; under a virtual clock its time begins at 0
  /// @return the trail
  public static Trail timed(EventLoop loop) {
    return new Trail(loop::time);
  }

  /// Notes that something happened. May be called from any thread; returns immediately.
  ///
  /// @param word the word for it
  /// @throws IllegalStateException if there are 100,000 words already that were not asserted
  public void add(String word) {
    Objects.requireNonNull(word, "word");
    if (size.incrementAndGet() > MAX_WORDS) {
      size.decrementAndGet();
      throw new IllegalStateException(
          "Expected a test that leaves %d words at most, but there is one more: %s"
              .formatted(MAX_WORDS, word));
    }
    words.add(time == null ? word : seconds(time.get()) + " s: " + word);
  }

  private static String seconds(Duration time) {
    return BigDecimal.valueOf(time.toNanos(), 9).stripTrailingZeros().toPlainString();
  }

  /// Returns a callback that notes that something happened, and does nothing else.
  ///
  /// @param word the word for it
  /// @return the callback
  public Runnable adding(String word) {
    return () -> add(word);
  }

  /// Returns what happened since the last assertion. May be called from any thread.
  ///
  /// @return the words, in order; a copy
  public List<String> words() {
    return List.copyOf(words);
  }

  /// Asserts what happened since the last assertion, in order, and forgets it.
  ///
  /// The error shows both side by side: what was expected and did not happen, and what happened
  /// and was not expected, with the first difference marked.
  ///
  /// May be called from any thread.
  ///
  /// @param expected the words; none for nothing
  /// @throws AssertionError if something else happened
  public void assertIs(String... expected) {
    List<String> actual = new ArrayList<>();
    for (String word = words.poll(); word != null; word = words.poll()) {
      size.decrementAndGet();
      actual.add(word);
    }
    if (!actual.equals(List.of(expected))) {
      throw new AssertionError(TrailDifference.describe(List.of(expected), actual));
    }
  }

  @Override
  public String toString() {
    return "Trail" + words;
  }
}
