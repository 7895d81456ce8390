// SPDX-License-Identifier: Apache-2.0
package tepal;

import java.util.ArrayList;
import java.util.List;

/// A table with aligned columns, for a fixed-width font.
final class TextTable {
  // of a cell; a longer one is cut
  private static final int MAX_WIDTH = 60;

  private final List<String[]> rows = new ArrayList<>();

  TextTable(String... titles) {
    rows.add(titles);
  }

  void add(String... cells) {
    for (int i = 0; i < cells.length; i++) {
      if (cells[i].length() > MAX_WIDTH) {
        cells[i] = cells[i].substring(0, MAX_WIDTH - 3) + "...";
      }
    }
    rows.add(cells);
  }

  /// Returns the titles, a rule, and the rows.
  List<String> lines() {
    int[] widths = new int[rows.getFirst().length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (String[] row : rows) {
      lines.add(line(row, widths));
      if (lines.size() == 1) {
        lines.add("-".repeat(lines.getFirst().length()));
      }
    }
    return lines;
  }

  private static String line(String[] row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.length; i++) {
      line.append(row[i]).repeat(' ', widths[i] - row[i].length() + 2);
    }
    return line.toString().stripTrailing();
  }
}
