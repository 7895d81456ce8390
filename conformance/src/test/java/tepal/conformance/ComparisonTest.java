// SPDX-License-Identifier: Apache-2.0
package tepal.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tepal.conformance.Comparison.Row;

class ComparisonTest {

  @Test
  void a_line_that_one_side_lacks_shifts_nothing() {
    var comparison = new Comparison(List.of("a", "b", "c"), List.of("a", "c", "d"));

    assertThat(comparison.rows())
        .containsExactly(
            new Row("a", "a"), new Row("b", null), new Row("c", "c"), new Row(null, "d"));
    assertThat(comparison.firstDifference()).isEqualTo(1);
  }

  @Test
  void equal_traces_differ_nowhere() {
    var comparison = new Comparison(List.of("a", "b"), List.of("a", "b"));

    assertThat(comparison.same()).isTrue();
    assertThat(comparison.rows()).allMatch(Row::same);
  }
}
