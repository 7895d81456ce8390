// SPDX-License-Identifier: Apache-2.0
package tepal.testing;

import java.util.ArrayList;
import java.util.List;

/// Says how what happened differs from what was expected.
final class TrailDifference {
  /*
   * The words that both have in common, in order, are a longest common subsequence, found by
   * dynamic programming in the part where the two differ: its beginning and end are cut off first. Trails
   * are short. Of two that are not, and share nothing at their ends, nothing is found in common.
   */
  private static final int MAX_CELLS = 4_000_000;

  // what is shown of many words that are as expected, and of many differences
  private static final int SHOWN_AROUND_DIFFERENCES = 3;
  private static final int MAX_LINES = 200;

  private static final char MISSING = '-';
  private static final char UNEXPECTED = '+';
  private static final char SAME = ' ';

  private record Line(char sign, String word) {}

  private final List<String> expected;
  private final List<String> actual;
  private final List<Line> lines = new ArrayList<>();

  private TrailDifference(List<String> expected, List<String> actual) {
    this.expected = expected;
    this.actual = actual;
  }

  static String describe(List<String> expected, List<String> actual) {
    TrailDifference difference = new TrailDifference(expected, actual);
    difference.align();
    return difference.text();
  }

  // ---- Which words are in both

  private void align() {
    int shorter = Math.min(expected.size(), actual.size());
    int start = 0;
    while (start < shorter && expected.get(start).equals(actual.get(start))) {
      start++;
    }
    int end = 0;
    while (end < shorter - start
        && expected.get(expected.size() - 1 - end).equals(actual.get(actual.size() - 1 - end))) {
      end++;
    }
    same(expected.subList(0, start));
    alignMiddle(
        expected.subList(start, expected.size() - end), actual.subList(start, actual.size() - end));
    same(expected.subList(expected.size() - end, expected.size()));
  }

  private void alignMiddle(List<String> left, List<String> right) {
    boolean compared = (long) left.size() * right.size() <= MAX_CELLS;
    int[][] common = compared ? commonAfter(left, right) : new int[0][0];
    int i = 0;
    int j = 0;
    while (i < left.size() || j < right.size()) {
      boolean both = i < left.size() && j < right.size();
      if (both && compared && left.get(i).equals(right.get(j))) {
        lines.add(new Line(SAME, left.get(i++)));
        j++;
      } else if (j == right.size()
          || (both && (!compared || common[i + 1][j] >= common[i][j + 1]))) {
        lines.add(new Line(MISSING, left.get(i++)));
      } else {
        lines.add(new Line(UNEXPECTED, right.get(j++)));
      }
    }
  }

  /// Returns how many words `left` from `i` on and `right` from `j` on have in common, in order.
  private static int[][] commonAfter(List<String> left, List<String> right) {
    int[][] common = new int[left.size() + 1][right.size() + 1];
    for (int i = left.size() - 1; i >= 0; i--) {
      for (int j = right.size() - 1; j >= 0; j--) {
        common[i][j] = left.get(i).equals(right.get(j))
            ? common[i + 1][j + 1] + 1
            : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }

  private void same(List<String> words) {
    words.forEach(word -> lines.add(new Line(SAME, word)));
  }

  // ---- How it is shown

  private String text() {
    StringBuilder text = new StringBuilder(
        "Expected another trail (- is missing, + is not expected, > is the first difference):");
    boolean differed = false;
    int shown = 0;
    for (int i = 0; i < lines.size() && shown < MAX_LINES; i++, shown++) {
      Line line = lines.get(i);
      int skipped = skippedAt(i);
      if (skipped > 0) {
        text.append("\n    ... ").append(skipped).append(" as expected");
        i += skipped - 1;
        continue;
      }
      boolean first = line.sign != SAME && !differed;
      differed |= first;
      text.append(first ? "\n> " : "\n  ").append(line.sign).append(' ').append(line.word);
      text.append(note(i));
    }
    return text.append(shown == MAX_LINES ? "\n    ..." : "").toString();
  }

  /// Returns how many lines from this one on are left out, as they are far from any difference.
  private int skippedAt(int index) {
    int start = index;
    while (start > 0 && lines.get(start - 1).sign == SAME) {
      start--;
    }
    int end = index;
    while (end < lines.size() && lines.get(end).sign == SAME) {
      end++;
    }
    int from = start == 0 ? 0 : start + SHOWN_AROUND_DIFFERENCES;
    int to = end == lines.size() ? end : end - SHOWN_AROUND_DIFFERENCES;
    return index == from && to - from > 1 ? to - from : 0;
  }

  private String note(int index) {
    Line line = lines.get(index);
    if (line.sign == UNEXPECTED) {
      int missing = lines.indexOf(new Line(MISSING, line.word));
      if (missing >= 0) {
        return missing > index ? " (too early)" : " (too late)";
      }
      return expected.contains(line.word) ? " (too often)" : "";
    }
    if (line.sign == MISSING && lines.indexOf(new Line(UNEXPECTED, line.word)) < 0) {
      return actual.contains(line.word) ? " (too seldom)" : " (did not happen)";
    }
    return "";
  }
}
