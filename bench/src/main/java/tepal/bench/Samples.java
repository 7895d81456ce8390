// SPDX-License-Identifier: Apache-2.0
package tepal.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// What was measured of one thing, by who did it and in the order of the rounds.
final class Samples {
  private final Map<Subject, List<Double>> values = new EnumMap<>(Subject.class);

  void add(Subject subject, double value) {
    boolean _ = values.computeIfAbsent(subject, _ -> new ArrayList<>()).add(value);
  }

  /// Returns the median, or nothing if it was not measured.
  OptionalDouble median(Subject subject) {
    double[] sorted = values.getOrDefault(subject, List.of()).stream()
        .mapToDouble(Double::doubleValue)
        .sorted()
        .toArray();
    int half = sorted.length / 2;
    if (sorted.length == 0) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(
        sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2);
  }

  /// Returns how many times as much `one` took as `other`, by their medians.
  OptionalDouble ratio(Subject one, Subject other) {
    OptionalDouble dividend = median(one);
    OptionalDouble divisor = median(other);
    return dividend.isPresent() && divisor.isPresent()
        ? OptionalDouble.of(dividend.getAsDouble() / divisor.getAsDouble())
        : OptionalDouble.empty();
  }
}
