// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A program in a readable form with both its traces, so that a difference can be understood.
final class Explanation {
  private static final String EXPECTED = "CPython";
  private static final String FOUND = "Tepal";

  private Explanation() {}

  static void print(PrintWriter out, Sample sample, Comparison comparison) {
    out.println(sample.id());
    out.println();
    out.print(Listing.of(sample.program()));
    out.println();
    sideBySide(out, comparison);
    out.println();
    out.println(
        comparison.same()
            ? "The traces are the same."
            : "The traces differ from line %d on; lines marked * are in one of them only."
                .formatted(comparison.firstDifference() + 1));
  }

  private static void sideBySide(PrintWriter out, Comparison comparison) {
    List<Comparison.Row> rows = comparison.rows();
    int width = rows.stream()
        .map(Comparison.Row::expected)
        .filter(Objects::nonNull)
        .mapToInt(String::length)
        .reduce(EXPECTED.length(), Math::max);
    row(out, " ", EXPECTED, width, FOUND);
    for (Comparison.Row row : rows) {
      row(out, row.same() ? " " : "*", row.expected(), width, row.found());
    }
  }

  private static void row(
      PrintWriter out, String mark, @Nullable String left, int width, @Nullable String right) {
    String padded = blankIfNull(left) + " ".repeat(width - blankIfNull(left).length());
    out.println((mark + " " + padded + " | " + blankIfNull(right)).stripTrailing());
  }

  private static String blankIfNull(@Nullable String line) {
    return line == null ? "" : line;
  }
}
