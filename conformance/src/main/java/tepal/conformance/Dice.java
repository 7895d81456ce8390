// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// The random choices of one generated program. The same seed gives the same choices on every JDK.
final class Dice {
  private static final int SHORT_TICKS = 12;
  private static final int LONG_TICKS = 990;

  private final SplittableRandom random;
  private final Set<Long> usedTicks = new HashSet<>();

  Dice(long seed) {
    random = new SplittableRandom(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /// Returns a number from `least` to `most`, both included.
  int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  boolean percent(int probability) {
    return random.nextInt(100) < probability;
  }

  <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  @SafeVarargs
  final <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /// Returns one of the choices, each as often as its weight is big.
  <T> T weighted(List<Weighted<T>> choices) {
    int left = random.nextInt(choices.stream().mapToInt(Weighted::weight).sum());
    for (Weighted<T> choice : choices) {
      left -= choice.weight();
      if (left < 0) {
        return choice.value();
      }
    }
    throw new AssertionError("weights do not add up");
  }

  /// A choice and how often to take it.
  record Weighted<T>(int weight, T value) {}

  /// Returns a length of time that the program has nowhere else, so that its timers hardly ever
  /// meet.
  long ticks() {
    while (true) {
      long ticks = between(1, percent(40) ? SHORT_TICKS : LONG_TICKS);
      if (usedTicks.add(ticks)) {
        return ticks;
      }
      if (usedTicks.size() > SHORT_TICKS) {
        return longTicks();
      }
    }
  }

  private long longTicks() {
    long ticks = between(SHORT_TICKS + 1, LONG_TICKS);
    while (!usedTicks.add(ticks)) {
      ticks++;
    }
    return ticks;
  }
}
