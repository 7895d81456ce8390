// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Two traces beside each other: the one that is expected, and the one that was found.
///
/// @param expected CPython's trace
/// @param found Tepal's trace
record Comparison(List<String> expected, List<String> found) {
  /// What stands where a trace has no more lines.
  static final String END = "(the trace ends)";

  boolean same() {
    return expected.equals(found);
  }

  /// Returns the index of the first line that differs, which may be the end of one of the traces.
  int firstDifference() {
    int index = 0;
    while (index < expected.size()
        && index < found.size()
        && expected.get(index).equals(found.get(index))) {
      index++;
    }
    return index;
  }

  String expectedAt(int index) {
    return index < expected.size() ? expected.get(index) : END;
  }

  String foundAt(int index) {
    return index < found.size() ? found.get(index) : END;
  }

  /// A line of the side-by-side view. A side is null if the other has a line that it lacks.
  record Row(@Nullable String expected, @Nullable String found) {
    boolean same() {
      return expected != null && expected.equals(found);
    }
  }

  /// Returns the traces side by side, with the lines that both have in the same order in one row.
  ///
  /// A longest common subsequence: an operation that is missing on one side shifts nothing.
  List<Row> rows() {
    int[][] common = commonLengths();
    var rows = new ArrayList<Row>();
    int i = 0;
    int j = 0;
    while (i < expected.size() || j < found.size()) {
      if (i < expected.size() && j < found.size() && expected.get(i).equals(found.get(j))) {
        rows.add(new Row(expected.get(i++), found.get(j++)));
      } else if (j == found.size()
          || (i < expected.size() && common[i + 1][j] >= common[i][j + 1])) {
        rows.add(new Row(expected.get(i++), null));
      } else {
        rows.add(new Row(null, found.get(j++)));
      }
    }
    return rows;
  }

  /// Returns how many lines the traces have in common from each pair of positions on.
  private int[][] commonLengths() {
    int[][] common = new int[expected.size() + 1][found.size() + 1];
    for (int i = expected.size() - 1; i >= 0; i--) {
      for (int j = found.size() - 1; j >= 0; j--) {
        common[i][j] = expected.get(i).equals(found.get(j))
            ? common[i + 1][j + 1] + 1
            : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }
}
